"""The administration: who may be trusted, and what went wrong."""
