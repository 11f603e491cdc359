"""Looking through the directory by its words: FTS5 on SQLite, tsvector on PostgreSQL.

Two statements: which words of the directory one may have meant, and what has them all. Both
databases give what was found in the order of `standing`, so that a page is found without reading
the rest. What somebody looks for is bound to the statement and stands in no log.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Table, Text, TextClause, column, text

from helpline.domain import directory, search
from helpline.domain.directory import EMERGENCY, NOTHING, PAGE, Found, Wish
from helpline.domain.resources import Resource, Shown
from helpline.domain.search import Term
from helpline.store import resources
from helpline.store.resources import LISTS, MOST_NEAR
from helpline.store.tables import ResourceRow
from helpline.store.transaction import Transaction

ROWS: Table = ResourceRow.__table__  # type: ignore[attr-defined]
LOOKED_THROUGH = 1000  # at most, where most of them are shut now
BEGUN = 20  # words that begin with what was typed and are named; else the index's own beginnings
AFTER_ALL = "\U0010ffff"  # behind every word that begins so

# Lists stay the JSON that they are: `resources.read_text` reads what it has not read before.
_KEPT = [each for each in ROWS.c if each.name != "found_by"]
_SHOWN = [column(it.name, Text if it.name in LISTS else it.type) for it in _KEPT]
_COLUMNS = ", ".join(
    f"CAST(resources.{it.name} AS TEXT) AS {it.name}"
    if it.name in LISTS
    else f"resources.{it.name}"
    for it in _KEPT
)
_OF_AGE = """
    resources.shown
    AND (CAST(:age AS INTEGER) IS NULL OR COALESCE(resources.youngest, 0) <= :age)
    AND (CAST(:age AS INTEGER) IS NULL OR COALESCE(resources.oldest, :age) >= :age)
"""


def _statement(said: str) -> TextClause:
    return text(said).columns(*_SHOWN)  # type: ignore[return-value]


_BY_WORDS = {
    "sqlite": _statement(
        f"""SELECT {_COLUMNS} FROM resource_words
        CROSS JOIN resources ON resources.standing = resource_words.rowid
        WHERE resource_words MATCH :match AND resource_words.rowid > :after AND {_OF_AGE}
        ORDER BY resource_words.rowid LIMIT :most"""
    ),
    # `standing_first` knows two ways and which is the shorter (migration 0003).
    "postgresql": _statement(
        f"""SELECT {_COLUMNS} FROM standing_first(
            CAST(:match AS tsquery), CAST(:rough AS tsquery), :after, :age, :most
        ) AS found(standing) JOIN resources ON resources.standing = found.standing
        ORDER BY resources.standing"""
    ),
}
_BY_ORDER = _statement(
    f"""SELECT {_COLUMNS} FROM resources
    WHERE resources.standing > :after AND {_OF_AGE} ORDER BY resources.standing LIMIT :most"""
)
# The last answers find what was never indexed too.
_EMERGENCY = _statement(
    f"""SELECT {_COLUMNS} FROM resources WHERE shown AND standing < {resources.NO_EMERGENCY}
    UNION ALL
    SELECT {_COLUMNS} FROM resources WHERE shown AND emergency AND standing IS NULL"""
)
_WHATEVER = _statement(f"SELECT {_COLUMNS} FROM resources WHERE shown LIMIT :most")

# From one country to the next in their index, past the thousands that each has.
_COUNTRIES = text(
    """WITH RECURSIVE known(country) AS (
        SELECT min(country) FROM resources
        UNION ALL
        SELECT (SELECT min(country) FROM resources WHERE resources.country > known.country)
        FROM known WHERE known.country IS NOT NULL
    )
    SELECT country FROM known
    WHERE EXISTS (SELECT 1 FROM resources WHERE resources.country = known.country AND shown)
    ORDER BY country"""
)
_LISTED = text("SELECT word FROM resource_keys WHERE key >= :from AND key < :to AND key = word")


@cache
def _vocabulary(dialect: str, words: int) -> TextClause:
    """Of so many words those of the directory that share a key with one, under None, and those
    that begin with one, under its number: one statement, and always the same for as many."""
    among = {"sqlite": "IN (SELECT value FROM json_each(:keys))", "postgresql": "= ANY (:keys)"}
    begun = (
        f"""UNION ALL SELECT * FROM (
            SELECT {at}, word FROM resource_keys
            WHERE key >= :from{at} AND key < :to{at} AND key = word LIMIT {BEGUN + 1}
        ) AS begun{at}"""
        for at in range(words)
    )
    alike = f"SELECT NULL AS begun, word FROM resource_keys WHERE key {among[dialect]}"
    return text(f"{alike} {' '.join(begun)}")


def find(tx: Transaction, wish: Wish, now: datetime) -> Found:
    """What fits best of all that visitors may see, widened until there is something."""
    ways = _understood(tx, wish.query) if wish.query else []

    def look(wider: Wish) -> list[Shown]:
        if wider in (EMERGENCY, NOTHING):
            return directory.ranked(_last(tx, wider), wider, now)
        if not wider.query:
            return _page(tx, wider, [], now)
        return next((found for terms in ways if (found := _page(tx, wider, terms, now))), [])

    return directory.find(look, wish)


def near(tx: Transaction, country: str, language: str) -> list[Resource]:
    """What `domain/resources.fitting` chooses from: of the country; where it has nothing, every
    emergency number and who speaks the language; and where there is none either, whatever."""
    here = resources.of_country(tx, country)
    if here:
        return here
    speaking = (each for _, each in _rows(tx, Wish(language=language), [], -1, MOST_NEAR))
    found = {each.id: each for each in (*_last(tx, EMERGENCY), *speaking)}
    return list(found.values()) or _last(tx, NOTHING)


def _understood(tx: Transaction, query: str) -> list[list[Term]]:
    """Each word with those it may have been meant for: of words that nobody wrote; then of all,
    since a word that is there may still be a slip. Only what may find anything."""
    typed = search.typed(query)
    if not typed:
        return []
    alike, begun = _words(tx, typed)
    ways: list[list[Term]] = []
    for forgiving in (False, True):
        terms = [
            Term(word, some, search.likes(word, alike) if forgiving or word not in alike else ())
            for word, some in zip(typed, begun, strict=True)
        ]
        if terms not in ways and not any(each.is_nowhere for each in terms):
            ways.append(terms)
    return ways


def _words(
    tx: Transaction, typed: Sequence[str]
) -> tuple[Collection[str], list[tuple[str, ...] | None]]:
    """The words of the directory that share a key with one of these, and for each those that
    begin with it."""
    dialect = _dialect(tx)
    keys = sorted(set().union(*(search.keys(word) for word in typed)))
    bound: dict[str, Any] = {"keys": json.dumps(keys) if dialect == "sqlite" else keys}
    for at, word in enumerate(typed):
        bound |= {f"from{at}": word, f"to{at}": word + AFTER_ALL}
    alike: set[str] = set()
    begun: list[list[str]] = [[] for _ in typed]
    for row in tx.run(_vocabulary(dialect, len(typed)), **bound):
        if row.begun is None:
            alike.add(row.word)
        else:
            begun[row.begun].append(row.word)
    return alike, [tuple(sorted(some)) if len(some) <= BEGUN else None for some in begun]


def _page(tx: Transaction, wish: Wish, terms: list[Term], now: datetime) -> list[Shown]:
    """The first page of what has all the words; looks on where what it finds is shut."""
    found: list[Shown] = []
    most, after, seen = PAGE, -1, 0
    while len(found) < PAGE and seen < LOOKED_THROUGH:
        rows = list(_rows(tx, wish, terms, after, most))
        found += directory.ranked((each for _, each in rows), wish, now)
        if len(rows) < most:
            break
        after, seen, most = rows[-1][0], seen + len(rows), 10 * PAGE
    return found[:PAGE]


def _rows(
    tx: Transaction, wish: Wish, terms: list[Term], after: int, most: int
) -> Iterator[tuple[int, Resource]]:
    dialect = _dialect(tx)
    bound: dict[str, Any] = {"age": wish.age, "after": after, "most": most}
    statement = _BY_ORDER
    if match := _match(dialect, wish, terms):
        statement, bound["match"] = _BY_WORDS[dialect], match
        if dialect == "postgresql":
            bound["rough"] = _match(dialect, wish, [each.alone for each in terms])
    rows = tx.run(statement, **bound)
    return ((row.standing, resources.read_text(row)) for row in rows)


def _last(tx: Transaction, wish: Wish) -> list[Resource]:
    rows = tx.run(_EMERGENCY) if wish.emergency else tx.run(_WHATEVER, most=MOST_NEAR)
    return [resources.read_text(row) for row in rows]


def _match(dialect: str, wish: Wish, terms: list[Term]) -> str:
    """The question in the database's own words; each of ours has only letters and digits."""
    begins, either, both = {
        "sqlite": ('"{}"*', " OR ", " AND "),
        "postgresql": ("'{}':*", " | ", " & "),
    }[dialect]
    whole = begins.rstrip(":*")
    groups = [[whole.format(each) for each in marks] for marks in search.marks_of(wish)]
    for term in terms:
        named = [begins.format(term.word)] if term.begun is None else map(whole.format, term.begun)
        groups.append([*named, *map(whole.format, term.likes)])
    return both.join(f"({either.join(group)})" for group in groups)


def _dialect(tx: Transaction) -> str:
    return tx.session.get_bind().dialect.name


def countries(tx: Transaction) -> list[str]:
    """The countries of what visitors may see."""
    return list(tx.run(_COUNTRIES).scalars())


def regions(tx: Transaction, country: str = "") -> list[str]:
    """The regions that services of a country are for, or of all countries, by their codes."""
    return sorted(search.codes(_marks(tx, search.listing("r", country))))


def languages(tx: Transaction) -> list[str]:
    """The languages that the directory's services understand."""
    return sorted(search.codes(_marks(tx, search.listing("l"))))


def _marks(tx: Transaction, beginning: str) -> list[str]:
    bound = {"from": beginning, "to": beginning + AFTER_ALL}
    return list(tx.run(_LISTED, **bound).scalars())
