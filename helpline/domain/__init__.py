"""The nouns and rules of the line: plain Python, pure functions of (facts, now)."""
