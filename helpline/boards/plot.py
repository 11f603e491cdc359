"""Plots made by the server: bars in an SVG that reads well in light, dark and print."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

_BAR, _GAP, _ROW = 14, 4, 22  # pixels
_NAMES, _SCALE, _FIGURES = 190, 320, 60  # widths: what a bar is of, the whole of 100 %, its figure
# As on the boards: told apart by lightness too, and named in words beside every bar.
_COLOURS = ("#8a1c1c", "#a65f00", "#5b6470", "#2f6f8f")


def shares(title: str, of: Mapping[str, Mapping[str, float]]) -> str:
    """An SVG of shares from 0 to 1: for each group its bars, as {group: {bar: share}}.

    ValueError for a share that is none.
    """
    height = _ROW * 2 + sum(_ROW + len(bars) * (_BAR + _GAP) + _GAP for bars in of.values())
    width = _NAMES + _SCALE + _FIGURES
    svg = Element("svg", {
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {width} {height}", "role": "img",
        "width": str(width), "height": str(height), "font-family": "sans-serif", "font-size": "12",
    })  # fmt: skip
    SubElement(svg, "title").text = title
    SubElement(svg, "rect", {"width": "100%", "height": "100%", "fill": "#ffffff"})
    _text(svg, 8, _ROW, title, weight="bold")
    down = _ROW * 2
    for group, bars in of.items():
        _text(svg, 8, down, group, weight="bold")
        down += _GAP * 2
        for nth, (name, share) in enumerate(bars.items()):
            _bar(svg, down, name, share, _COLOURS[nth % len(_COLOURS)])
            down += _BAR + _GAP
        down += _ROW - _GAP
    return tostring(svg, encoding="unicode")


def _bar(svg: Element, down: int, name: str, share: float, colour: str) -> None:
    if not 0 <= share <= 1:
        raise ValueError(f"{name}: {share} is not a share")
    _text(svg, _NAMES - 8, down + _BAR - 3, name, anchor="end")
    place = {"x": str(_NAMES), "y": str(down), "height": str(_BAR), "fill": colour}
    SubElement(svg, "rect", place | {"width": f"{share * _SCALE:.1f}"})
    _text(svg, _NAMES + share * _SCALE + 6, down + _BAR - 3, f"{share:.1%}")


def _text(
    svg: Element, x: float, y: float, words: str, *, anchor: str = "start", weight: str = "normal"
) -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "fill": "#1a1a1a"}
    SubElement(svg, "text", place | {"text-anchor": anchor, "font-weight": weight}).text = words
