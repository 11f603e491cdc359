"""What an import found and would change, in words: a line for each problem and each change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helpline.boards.wording import N_, say
from helpline.domain.hsds import Key, Problem
from helpline.domain.hsds.comparing import Report

Board = dict[str, Any]

SHOWN = 200  # problems and changes each; a page with more is read by nobody

# what is wrong with a value, by the code of a `Problem`
SENTENCES = {
    "no_object": N_("This is no object of the specification."),
    "no_list": N_("This has to be a list."),
    "no_table": N_("This is no table of the specification. It is passed over."),
    "bad_header": N_("The first line has to name each column once."),
    "no_csv": N_("This line cannot be read as CSV."),
    "no_json": N_("This file cannot be read as JSON."),
    "no_zip": N_("This file cannot be read as a zip of CSV files."),
    "not_utf8": N_("This file is not written in UTF-8."),
    "too_large": N_("This is too large."),
    "nothing": N_("There is nothing to import here."),
    "cells": N_("This line has %(found)s cells, and the first has %(expected)s."),
    "missing": N_("This is required."),
    "twice": N_("This id stands already in %(first)s."),
    "said_twice": N_("%(first)s says something else: '%(one)s', and here '%(other)s'."),
    "two_places": N_("It belongs to '%(one)s', and here to '%(other)s'."),
    "refers_to": N_("No %(kind)s has the id '%(id)s'."),
    "refers_to_any": N_("Nothing has the id '%(id)s'."),
    "no_organization": N_("No organization is named."),
    "no_text": N_("'%(value)s' is no text."),
    "no_id": N_("'%(value)s' is no id."),
    "no_number": N_("'%(value)s' is no number."),
    "number_as_text": N_("'%(value)s' should be text. It is kept as text."),
    "text_as_number": N_("'%(value)s' should be a number. It is kept as a number."),
    "no_date": N_("'%(value)s' is no day. Write it as 2027-03-29."),
    "no_moment": N_("'%(value)s' is no time. Write it as 2027-03-29T18:00:00Z."),
    "no_time": N_("'%(value)s' is no time. Write it as 18:00."),
    "no_url": N_("'%(value)s' is no address of the web. It begins with https:// or http://."),
    "no_email": N_("'%(value)s' is no email address."),
    "no_phone": N_("'%(value)s' is no number that can be dialled."),
    "phone_as_number": N_("'%(value)s' has to be text: a number loses its leading zeros."),
    "phone_in_quotes": N_(
        "%(value)s stands in quotation marks. It is kept, but nobody is sent there."
    ),
    "no_days": N_("'%(value)s' names no days. Write MO,TU or 1SA."),
    "nth_of_a_week": N_("A week has only one of each day; 1SA belongs to a monthly rule."),
    "no_numbers": N_("'%(value)s' is no list of numbers. Write 2,3,4."),
    "none_of": N_("'%(value)s' is none of: %(allowed)s."),
    "half_open": N_("Opening and closing time go together."),
    "no_rule": N_("This says no days and no times. Its hours are not known."),
    "bad_rule": N_("These fields together are no rule that a calendar can read."),
    "never_open": N_("By this rule it is never open."),
    "weeks_of_a_rule": N_("Numbers of weeks belong to yearly rules only."),
    "no_zone": N_(
        "The zone is not known: an offset does not say what holds when clocks change. Its hours "
        "are not used until somebody says the zone."
    ),
}

# what the rules of verifying and of hours refuse; the classes hold the sentences
REFUSALS = (
    N_(
        "Visitors cannot be shown this yet: say how to reach it, when, where and in which language."
    ),
    N_("Please give each way on a line of its own, such as call: 116 123."),
    N_("Please give codes, separated by commas, such as en, es."),
    N_("Please give an address of the web that begins with https://."),
    N_("Please give the sentence in each language on a line of its own, such as es: …"),
    N_("Please give hours such as Mo-Fr 09:00-17:00, one line each, or the word always."),
)


def words(language: str, problem: Problem) -> str:
    """ "phones.csv line 14: number: '0800 CALL' is no number that can be dialled." """
    place = [each for each in (problem.where, problem.field) if each]
    return ": ".join([*place, say(language, SENTENCES[problem.code], **problem.values)])


def report(language: str, found: Report, shown: int | None = SHOWN) -> Board:
    """Errors and warnings, the counts, and the changes line by line; `more` were left out."""
    changes = found.changes
    told = list(_changes(language, found))
    errors = [words(language, each) for each in found.problems if each.fatal]
    warnings = [words(language, each) for each in found.problems if not each.fatal]
    return {
        "refused": found.refused,
        "errors": errors[:shown],
        "warnings": warnings[:shown],
        "added": len(changes.added),
        "changed": len(changes.changed),
        "removed": len(changes.removed),
        "unchanged": changes.unchanged,
        "changes": told[:shown],
        "more": sum(len(each[shown:]) for each in (errors, warnings, told) if shown),
    }


def _changes(language: str, found: Report) -> Iterator[str]:
    changes = found.changes

    def named(key: Key) -> str:
        body = changes.bodies.get(key, {})
        name = body.get("name") or body.get("number") or ""
        return f"{key[0]} {key[1]} {name}".strip()

    for key in changes.added:
        yield say(language, N_("added: %(record)s"), record=named(key))
    for key, fields in changes.changed.items():
        for field, (before, after) in fields.items():
            yield say(
                language,
                N_("changed: %(record)s: %(field)s: '%(before)s' becomes '%(after)s'"),
                record=named(key),
                field=field,
                before="" if before is None else before,
                after="" if after is None else after,
            )
    for key in changes.removed:
        yield say(language, N_("removed: %(record)s"), record=named(key))
