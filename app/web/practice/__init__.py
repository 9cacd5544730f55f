"""The therapist's rooms."""
