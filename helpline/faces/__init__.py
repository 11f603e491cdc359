"""Doors: parse, call one action, answer. No rule lives here."""
