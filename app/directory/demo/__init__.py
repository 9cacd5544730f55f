"""Fictional therapists at real towns, for trying the product out and for measuring it."""
