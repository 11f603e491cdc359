"""The volunteer's own door: their shifts, what they say of themselves, what they ask of others."""
