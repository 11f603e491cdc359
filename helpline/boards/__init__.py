"""What one person may see, as plain dicts: first paint and every resync."""
