"""What people and jobs may do: gather, decide, keep, tell."""
