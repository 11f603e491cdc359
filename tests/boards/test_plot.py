"""Plots: every figure has its bar, its name and its number."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from helpline.boards import plot

SVG = "{http://www.w3.org/2000/svg}"


def test_bars_are_as_long_as_their_shares_and_say_them():
    drawn = ElementTree.fromstring(
        plot.shares("Late", {"in turn": {"critical": 0.5, "high": 0.25}, "surge": {"critical": 0}})
    )
    widths = [float(bar.get("width")) for bar in drawn.findall(f"{SVG}rect")[1:]]
    said = [text.text for text in drawn.findall(f"{SVG}text")]

    assert widths[0] == 2 * widths[1]
    assert widths[2] == 0
    assert said == [
        "Late", "in turn", "critical", "50.0%", "high", "25.0%", "surge", "critical", "0.0%",
    ]  # fmt: skip
    assert drawn.find(f"{SVG}title").text == "Late"


def test_names_are_shown_literally():
    assert "&lt;b&gt;" in plot.shares("<b>", {"&": {"a": 1}})


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_what_is_no_share_is_refused(share):
    with pytest.raises(ValueError, match="not a share"):
        plot.shares("Late", {"x": {"critical": share}})
