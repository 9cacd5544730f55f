"""Imported calendars and the secret feed of a practice."""
