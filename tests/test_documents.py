"""What the documents point at is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.server import ROOT

DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
NAMED_TEST = re.compile(
    r"`((?:journeys|promises|faces|store|actions|boards|domain)/(?:[\w]+/)*test_\w+\.py)`"
)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path):
    for link in LINK.findall(document.read_text("utf-8")):
        if "://" not in link and not link.startswith("mailto:"):
            assert (document.parent / link).exists(), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_test_that_is_named_exists(document: Path):
    for name in NAMED_TEST.findall(document.read_text("utf-8")):
        assert (ROOT / "tests" / name).exists(), name
