"""What a form that searches the directory offers, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

from helpline.boards.wording import N_

Choices = list[tuple[str, str]]

TOPICS = {
    "suicide": N_("Thoughts of suicide"),
    "crisis": N_("A crisis"),
    "abuse": N_("Violence or abuse"),
    "children": N_("Children and young people"),
    "lgbt": N_("Being lesbian, gay, bi or trans"),
    "listening": N_("Somebody who listens"),
    "emergency": N_("An emergency"),
}
WAYS = {
    "call": N_("Call"),
    "text": N_("Text"),
    "chat": N_("Chat"),
    "web": N_("Web"),
    "visit": N_("Visit"),
}
COSTS = {"free": N_("Free"), "local": N_("As a local call")}


def offered() -> dict[str, Choices]:
    tables = {"topics": TOPICS, "ways": WAYS, "costs": COSTS}
    return {name: [(code, _(said)) for code, said in of.items()] for name, of in tables.items()}
