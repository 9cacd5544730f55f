"""Sign-up, sign-in and everything about one's own account."""
