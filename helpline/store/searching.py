"""Looking through the directory by its words: FTS5 on SQLite, tsvector on PostgreSQL.

Two statements: which words of the directory one may have meant, and what has them all. Both
databases give what was found in the order of `standing`, so that a page is found without reading
the rest. What somebody looks for is bound to the statement and stands in no log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import Table, TextClause, bindparam, select, text

from helpline.domain import directory, search
from helpline.domain.directory import EMERGENCY, NOTHING, PAGE, Found, Wish
from helpline.domain.resources import Resource, Shown
from helpline.domain.search import Term
from helpline.store import resources
from helpline.store.tables import ResourceKey, ResourceRow
from helpline.store.transaction import Transaction

ROWS: Table = ResourceRow.__table__  # type: ignore[attr-defined]
KEYS: Table = ResourceKey.__table__  # type: ignore[attr-defined]
FEW = 300
LOOKED_THROUGH = 1000  # at most, where most of them are shut now

_LIKE = select(KEYS.c.word).where(KEYS.c.key.in_(bindparam("keys", expanding=True))).distinct()
_COLUMNS = ", ".join(f"resources.{each.name}" for each in ROWS.c)
_OF_AGE = """
    resources.shown
    AND (CAST(:age AS INTEGER) IS NULL OR COALESCE(resources.youngest, 0) <= :age)
    AND (CAST(:age AS INTEGER) IS NULL OR COALESCE(resources.oldest, :age) >= :age)
"""


def _statement(said: str) -> TextClause:
    return text(said).columns(*ROWS.c)  # type: ignore[return-value]


_BY_WORDS = {
    "sqlite": _statement(
        f"""SELECT {_COLUMNS} FROM resource_words
        CROSS JOIN resources ON resources.standing = resource_words.rowid
        WHERE resource_words MATCH :match AND resource_words.rowid > :after AND {_OF_AGE}
        ORDER BY resource_words.rowid LIMIT :most"""
    ),
    "postgresql": _statement(
        # Few have a rare word: all of them, and then their order. Many have a common one: in
        # their order, until there are enough. PostgreSQL cannot tell which from a beginning.
        f"""WITH few AS MATERIALIZED (
            SELECT standing FROM resource_words
            WHERE words @@ CAST(:match AS tsquery) AND standing > :after LIMIT {FEW}
        )
        (
            SELECT {_COLUMNS} FROM few JOIN resources ON resources.standing = few.standing
            WHERE (SELECT count(*) FROM few) < {FEW} AND {_OF_AGE}
            ORDER BY resources.standing LIMIT :most
        ) UNION ALL (
            SELECT {_COLUMNS} FROM resource_words
            JOIN resources ON resources.standing = resource_words.standing
            WHERE (SELECT count(*) FROM few) = {FEW}
            AND resource_words.words @@ CAST(:match AS tsquery)
            AND resource_words.standing > :after AND {_OF_AGE}
            ORDER BY resource_words.standing LIMIT :most
        )"""
    ),
}
_BY_ORDER = _statement(
    f"""SELECT {_COLUMNS} FROM resources
    WHERE resources.standing > :after AND {_OF_AGE} ORDER BY resources.standing LIMIT :most"""
)
# The last answer leans on no index: what was never indexed is found too.
_EMERGENCY = _statement(f"SELECT {_COLUMNS} FROM resources WHERE shown AND emergency")
_WHATEVER = _statement(f"SELECT {_COLUMNS} FROM resources WHERE shown LIMIT :most")


def find(tx: Transaction, wish: Wish, now: datetime) -> Found:
    """What fits best of all that visitors may see, widened until there is something."""
    terms: dict[bool, list[Term]] = {}

    def look(wider: Wish) -> list[Shown]:
        if wider in (EMERGENCY, NOTHING):
            return directory.ranked(_last(tx, wider), wider, now)
        if not wider.query:
            return _page(tx, wider, [], now)
        for forgiving in (False, True):  # a word that is there may still be a slip
            if forgiving not in terms:
                terms[forgiving] = _terms(tx, wider.query, forgiving=forgiving)
            found = _page(tx, wider, terms[forgiving], now) if terms[forgiving] else []
            if found or terms[forgiving] == terms.get(not forgiving):
                return found
        return []

    return directory.find(look, wish)


def _terms(tx: Transaction, query: str, *, forgiving: bool) -> list[Term]:
    """Each word with those it may have been meant for: all, or of words that nobody wrote."""
    typed = search.typed(query)
    asked = set().union(*(search.keys(word) for word in typed))
    known = set(tx.run(_LIKE, keys=sorted(asked)).scalars()) if asked else set()
    return [
        Term(word, search.likes(word, known) if forgiving or word not in known else ())
        for word in typed
    ]


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
    dialect = tx.session.get_bind().dialect.name
    bound = {"age": wish.age, "after": after, "most": most}
    match = _match(dialect, wish, terms)
    rows = tx.run(_BY_WORDS[dialect], match=match, **bound) if match else tx.run(_BY_ORDER, **bound)
    return ((row.standing, resources.read(row)) for row in rows)


def _last(tx: Transaction, wish: Wish) -> Iterable[Resource]:
    rows = tx.run(_EMERGENCY) if wish.emergency else tx.run(_WHATEVER, most=PAGE)
    return [resources.read(row) for row in rows]


def _match(dialect: str, wish: Wish, terms: list[Term]) -> str:
    """The question in the database's own words; each of ours has only letters and digits."""
    begins, either, both = {
        "sqlite": ('"{}"*', " OR ", " AND "),
        "postgresql": ("'{}':*", " | ", " & "),
    }[dialect]
    whole = begins.rstrip(":*")
    groups = [[whole.format(each) for each in marks] for marks in search.marks_of(wish)]
    groups += [
        [begins.format(term.word), *(whole.format(each) for each in term.likes)] for term in terms
    ]
    return both.join(f"({either.join(group)})" for group in groups)


def countries(tx: Transaction) -> list[str]:
    """The countries of what visitors may see."""
    shown = select(ROWS.c.country).where(ROWS.c.shown).distinct()
    return sorted(tx.run(shown).scalars())
