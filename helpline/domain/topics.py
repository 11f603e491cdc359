"""What a listener may be spared for a day: topics that ask for care, by the categories of flags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from . import errors

# topic -> how the categories begin that belong to it
TOPICS: Mapping[str, tuple[str, ...]] = {
    "minors": ("child",),
    "abuse": ("abuse",),
    "self_harm": ("self_harm",),
    "suicide": (
        "ideation",
        "plan",
        "preparation",
        "imminent",
        "in_progress",
        "recent_attempt",
        "not_existing",
        "burden",
        "farewell",
    ),
    "violence": ("violence", "harm_to_others"),
    "loss": ("bereaved",),
}


def of(categories: Iterable[str]) -> frozenset[str]:
    """The topics that flags of these categories speak of."""
    given = tuple(categories)
    return frozenset(
        topic
        for topic, begins in TOPICS.items()
        if any(category.startswith(begins) for category in given)
    )


def require_known(topics: Iterable[str]) -> list[str]:
    """In their own order, each once. Refused with `bad_request` for an unknown one."""
    chosen = set(topics)
    if not chosen <= set(TOPICS):
        raise errors.BadRequest(field="topics")
    return [each for each in TOPICS if each in chosen]
