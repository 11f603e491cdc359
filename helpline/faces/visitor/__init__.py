"""The visitor's door."""
