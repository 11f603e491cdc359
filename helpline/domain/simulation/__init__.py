"""The line on a virtual clock: arrivals, listeners and patience in, waits and goodbyes out.

The order of the queue and the choice of listeners are the live ones (`queue`, `assigning`).
A chat is so many minutes of work; each of two held at once goes at `together` of the speed of one.
Minutes are floats since the start. What it says holds for its assumptions: it ranks policies and
foretells no real line.
"""

from .outcome import Outcome, Report, Shown, as_text, late
from .running import repeated, simulate
from .scenario import MIX, Scenario, compared

__all__ = [
    "MIX", "Outcome", "Report", "Scenario", "Shown", "as_text", "compared", "late", "repeated",
    "simulate",
]  # fmt: skip
