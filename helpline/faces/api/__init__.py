"""The planning API."""
