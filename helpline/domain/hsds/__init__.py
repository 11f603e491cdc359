"""The Human Services Data Specification 3.0: reading it, writing it, and what of it we use."""

from .kinds import Body, Key
from .problems import Problem
from .reading import Reading, read_json, read_tables

__all__ = ["Body", "Key", "Problem", "Reading", "read_json", "read_tables"]
