"""The listener's door."""
