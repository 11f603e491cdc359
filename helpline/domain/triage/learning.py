"""Learning the weights of the second reader from labelled messages; see `likeness`.

A linear support vector machine with squared hinge loss, by dual coordinate descent (Hsieh and
others, ICML 2008, algorithm 1): small, exact, and the same on every machine.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from . import match
from .lexicon import Pack
from .likeness import Likeness, signs
from .normalise import Line
from .suite import must

Example: TypeAlias = tuple[Line, bool]  # a message as it is read, and whether it speaks of risk
Row: TypeAlias = tuple[set[str], bool]

_COST = 2.0
_ROUNDS = 40
_SETTLED = 1e-3  # a round that moves nothing by more is the last
_FOLDS = 5
_SEED = 20261123
_VERSION_LETTERS = 8
_DIGITS = 2
_LEAST_WEIGHT = 0.05  # lighter signs are left out: they change nothing that a person would notice
FALSE_ALARMS = 0.03  # of harmless messages not learned from, those that may reach the bound


@dataclass(frozen=True, slots=True)
class Trial:
    """How the learner did on messages it was not shown, fold by fold, at the bound it chose."""

    found: int
    at_risk: int
    false: int
    harmless: int


def learn_all(
    packs: Sequence[Pack], rows: Iterable[Mapping[str, Any]]
) -> list[tuple[Likeness, Trial]]:
    """The weights of each pack's language, from labelled messages in all of them; see `suite`.

    A message counts for the language it is read in; of two with the same text the last counts.
    ValueError when a language lacks messages of a kind.
    """
    matcher = match.for_packs(tuple(packs))
    by_text = {row["text"]: row for row in rows}
    read = [(matcher.read(text)[0], must(row)) for text, row in by_text.items()]
    return [
        learn(
            pack.language,
            [
                (line, wanted == "flag")
                for line, wanted in read
                if line.language == pack.language and wanted != "either"
            ],
        )
        for pack in matcher.packs
    ]


def learn(language: str, examples: Sequence[Example]) -> tuple[Likeness, Trial]:
    """The weights from all examples, with the bound that unseen ones call for.

    ValueError without an example of each kind.
    """
    rows = [(signs([word.text for word in line.words]), risk) for line, risk in examples]
    if len({risk for _, risk in rows}) < 2:
        raise ValueError(f"{language}: learning needs messages with risk and without")
    unseen = _weighed_unseen(rows)
    harmless = sorted((weight for weight, risk in unseen if not risk), reverse=True)
    bound = harmless[int(len(harmless) * FALSE_ALARMS)]
    at_risk = [weight for weight, risk in unseen if risk]
    base, weights = _fit(rows)
    kept = {
        sign: round(weight, _DIGITS)
        for sign, weight in sorted(weights.items())
        if abs(weight) >= _LEAST_WEIGHT
    }
    learned = (round(bound, _DIGITS), round(base, _DIGITS), kept)
    return (
        Likeness(language, _version_of(learned), *learned),
        Trial(
            sum(weight >= bound for weight in at_risk), len(at_risk),
            sum(weight >= bound for weight in harmless), len(harmless),
        ),
    )  # fmt: skip


def _weighed_unseen(rows: Sequence[Row]) -> list[tuple[float, bool]]:
    """Each message weighed by what was learned from the other folds."""
    order = list(range(len(rows)))
    random.Random(_SEED).shuffle(order)
    weighed = []
    for fold in range(_FOLDS):
        held = set(order[fold::_FOLDS])
        base, weights = _fit([row for nth, row in enumerate(rows) if nth not in held])
        for nth in sorted(held):
            found, risk = rows[nth]
            weight = sum(weights.get(sign, 0.0) for sign in found)
            weighed.append((base + weight / math.sqrt(len(found)), risk))
    return weighed


def _fit(rows: Sequence[Row]) -> tuple[float, dict[str, float]]:
    """(base, weights). A message counts as one, however long; both kinds count the same in all."""
    numbers: dict[str, int] = {}
    messages = [
        ([numbers.setdefault(sign, len(numbers)) for sign in sorted(found)], risk)
        for found, risk in rows
    ]
    at_risk = sum(risk for _, risk in rows)
    slack = {
        True: at_risk / (_COST * len(rows)),
        False: (len(rows) - at_risk) / (_COST * len(rows)),
    }
    weights, base = [0.0] * len(numbers), 0.0
    held_by = [0.0] * len(rows)  # how much each message holds the boundary in its place
    order, chance = list(range(len(rows))), random.Random(_SEED)
    for _ in range(_ROUNDS):
        chance.shuffle(order)
        furthest = 0.0
        for nth in order:
            found, risk = messages[nth]
            side, length = (1 if risk else -1), 1 / math.sqrt(len(found))
            seen = base + length * sum([weights[number] for number in found])
            short = side * seen - 1 + slack[risk] * held_by[nth]
            moved = max(0.0, held_by[nth] - short / (2 + slack[risk])) - held_by[nth]
            if not moved:
                continue
            held_by[nth] += moved
            furthest = max(furthest, abs(moved))
            base += side * moved
            for number in found:
                weights[number] += side * moved * length
        if furthest < _SETTLED:
            break
    return base, {sign: weights[number] for sign, number in numbers.items()}


def _version_of(learned: tuple[float, float, Mapping[str, float]]) -> str:
    content = json.dumps(learned, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:_VERSION_LETTERS]
