"""The coordinator's door."""
