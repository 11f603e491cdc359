"""Figures made by the server: columns and lines in an SVG that takes its colours from the page.

Each has a title that says the finding, and stands beside its table. What is hidden is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor, log10
from xml.etree.ElementTree import Element, SubElement, tostring

Series = Mapping[str, Sequence[float | None]]

_WIDTH, _HEIGHT = 640, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 32, 28  # room for the scale, the legend and the labels
_WIDE, _HIGH = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
_STEPS = 4  # of the scale
_LABELS = 12  # at most so many below, so that none lies over another


def columns(title: str, labels: Sequence[str], series: Series) -> str:
    """Side by side for each label a column of every series."""
    svg, top = _frame(title, labels, series)
    slot = _WIDE / max(1, len(labels))
    thick = slot * 0.8 / max(1, len(series))
    for nth, values in enumerate(series.values()):
        for at, value in enumerate(values):
            if value:
                high = value / top * _HIGH
                SubElement(svg, "rect", _numbers(
                    x=_LEFT + slot * (at + 0.1) + thick * nth, y=_TOP + _HIGH - high,
                    width=thick, height=high,
                ) | {"class": f"series-{nth}"})  # fmt: skip
    return tostring(svg, encoding="unicode")


def lines(title: str, labels: Sequence[str], series: Series) -> str:
    """A line for every series, broken where a value is not shown; each value has its dot."""
    svg, top = _frame(title, labels, series)
    slot = _WIDE / max(1, len(labels))
    for nth, values in enumerate(series.values()):
        for run in _unbroken(values):
            points = [
                (_LEFT + slot * (at + 0.5), _TOP + _HIGH - value / top * _HIGH) for at, value in run
            ]
            drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            SubElement(svg, "polyline", {"points": drawn, "class": f"line-{nth}"})
            for x, y in points:
                SubElement(svg, "circle", _numbers(cx=x, cy=y, r=4) | {"class": f"series-{nth}"})
    return tostring(svg, encoding="unicode")


def _frame(title: str, labels: Sequence[str], series: Series) -> tuple[Element, float]:
    """The SVG with its title, legend and scale, and what its top stands for."""
    svg = Element("svg", {"viewBox": f"0 0 {_WIDTH} {_HEIGHT}", "role": "img", "class": "figure"})
    SubElement(svg, "title").text = title
    top = _round_up(max((value for each in series.values() for value in each if value), default=0))
    for step in range(_STEPS + 1):
        y = _TOP + _HIGH * (1 - step / _STEPS)
        SubElement(
            svg, "line", _numbers(x1=_LEFT, x2=_LEFT + _WIDE, y1=y, y2=y) | {"class": "grid"}
        )
        _text(svg, _LEFT - 6, y + 4, f"{top * step / _STEPS:g}", "end")
    every = ceil(len(labels) / _LABELS) or 1
    for at in range(0, len(labels), every):
        x = _LEFT + _WIDE / len(labels) * (at + 0.5)
        _text(svg, x, _HEIGHT - 8, labels[at], "middle")
    across = float(_LEFT)
    for nth, name in enumerate(series):
        SubElement(
            svg, "rect", _numbers(x=across, y=6, width=12, height=12) | {"class": f"series-{nth}"}
        )
        _text(svg, across + 18, 16, name, "start")
        across += 40 + 7.5 * len(name)
    return svg, top


def _round_up(most: float) -> float:
    """The next number above whose quarters read well."""
    if most <= _STEPS:
        return float(_STEPS)
    unit = 10.0 ** floor(log10(most))
    return next(unit * each for each in (1, 2, 4, 6, 8, 10) if unit * each >= most)


def _unbroken(values: Sequence[float | None]) -> Iterable[list[tuple[int, float]]]:
    run: list[tuple[int, float]] = []
    for at, value in enumerate([*values, None]):
        if value is not None:
            run.append((at, value))
        elif run:
            yield run
            run = []


def _numbers(**values: float) -> dict[str, str]:
    return {name: f"{value:.1f}" for name, value in values.items()}


def _text(svg: Element, x: float, y: float, words: str, anchor: str) -> None:
    SubElement(svg, "text", _numbers(x=x, y=y) | {"text-anchor": anchor}).text = words
