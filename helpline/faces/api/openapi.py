"""The API's description, written by hand; a test holds it against the routes."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

DAY: Schema = {"type": "string", "format": "date", "example": "2027-03-29"}
WALL_TIME: Schema = {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$", "example": "18:00"}
INSTANT: Schema = {
    "type": "string",
    "format": "date-time",
    "description": "RFC 3339 with an offset; a time without one is refused.",
}
ID: Schema = {"type": "string"}
WEEKDAY: Schema = {"type": "integer", "minimum": 0, "maximum": 6, "description": "Monday is 0."}
HOUR: Schema = {"type": "integer", "minimum": 0, "maximum": 24}
COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": 99}
ROLE: Schema = {"type": "string", "enum": ["listener", "lead"], "default": "listener"}
MAYBE_DAY: Schema = {**DAY, "nullable": True}
ANY: Schema = {"type": "object"}

RHYTHM: dict[str, Schema] = {
    "title": {"type": "string", "minLength": 1, "maxLength": 80},
    "weekday": WEEKDAY,
    "starts": WALL_TIME,
    "ends": {**WALL_TIME, "description": "At or before the start: on the next day."},
    "every_weeks": {"type": "integer", "minimum": 1, "maximum": 52, "default": 1},
    "nth": {
        "type": "integer",
        "enum": [1, 2, 3, 4, -1],
        "nullable": True,
        "description": "In place of weeks: the n-th such weekday of each month; -1 is the last.",
    },
    "off_on_holidays": {"type": "boolean", "default": False},
}
LANGUAGES: Schema = {"type": "array", "items": {"type": "string"}, "example": ["es"]}
HEADS: dict[str, Schema] = {
    "from_hour": HOUR,
    "to_hour": HOUR,
    "listeners": COUNT,
    "leads": {**COUNT, "default": 0},
    "minors": {**COUNT, "default": 0, "description": "How many of all are trained for minors."},
    "languages": {**LANGUAGES, "description": "Each is to be spoken by somebody."},
}
LAYER: dict[str, Schema] = {
    "on_date": DAY,
    "until_date": {**MAYBE_DAY, "description": "The last of several days."},
    "kind": {"type": "string", "enum": ["add", "remove", "replace", "cancel"]},
    "person_id": {**ID, "nullable": True},
    "in_place_of": {**ID, "nullable": True, "description": "Whom a replacement replaces."},
    "role": ROLE,
}


def _object(properties: dict[str, Schema], *required: str) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _list(name: str) -> Schema:
    return _object({name: {"type": "array", "items": ANY}}, name)


def _path(*names: str) -> list[Schema]:
    return [{"name": name, "in": "path", "required": True, "schema": ID} for name in names]


def _query(**schemas: Schema) -> list[Schema]:
    return [
        {"name": name.rstrip("_"), "in": "query", "required": False, "schema": schema}
        for name, schema in schemas.items()
    ]


def _does(
    summary: str,
    answer: Schema,
    *,
    status: int = 200,
    body: Schema | None = None,
    parameters: list[Schema] | None = None,
    open_to_all: bool = False,
) -> Schema:
    operation: Schema = {
        "summary": summary,
        "parameters": parameters or [],
        "responses": {
            str(status): {
                "description": summary,
                "content": {"application/json": {"schema": answer}},
            },
            "default": {"$ref": "#/components/responses/Refused"},
        },
    }
    if body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": body}},
        }
    if open_to_all:
        operation["security"] = []
    return operation


WINDOW = _query(from_=INSTANT, to=INSTANT)
PATTERN = _object({"pattern": ID}, "pattern")
BOOKING = _object({"booking": ID}, "booking")
CHANGE = _object({"change": ID}, "change")
STATE = _object({"state": {"type": "string"}}, "state")
CHECK = _object({"check": ID}, "check")
ROTATION = _object({"rotation": ID}, "rotation")

PATHS: dict[str, dict[str, Schema]] = {
    "/openapi.json": {"get": _does("This description", ANY, open_to_all=True)},
    "/resources": {
        "get": _does(
            "The directory: what waits to be verified, and at most 100 entries that fit",
            _object({"waiting": {"type": "array"}, "found": {"type": "array"}}, "waiting", "found"),
            parameters=_query(country={"type": "string"}, find={"type": "string"}),
        ),
    },
    "/resources/{resource_id}": {
        "get": _does(
            "One entry, with what whoever sent it says now",
            ANY,
            parameters=_path("resource_id"),
        ),
    },
    "/patterns": {
        "get": _does("Every shift that still recurs, with who is booked", _list("patterns")),
        "post": _does(
            "Plan a recurring shift, in the line's wall time",
            PATTERN,
            status=201,
            body=_object(
                {**RHYTHM, "first_date": DAY, "last_date": MAYBE_DAY},
                "title", "weekday", "starts", "ends", "first_date",
            ),
        ),
    },
    "/patterns/{pattern_id}": {
        "get": _does(
            "One shift: bookings, one-day changes, the next days",
            ANY,
            parameters=_path("pattern_id"),
        ),
    },
    "/patterns/{pattern_id}/change": {
        "post": _does(
            "Change a shift from a day on; the answer names the pattern under which it goes on",
            PATTERN,
            parameters=_path("pattern_id"),
            body=_object(
                {**RHYTHM, "from_date": DAY}, "from_date", "title", "weekday", "starts", "ends"
            ),
        ),
    },
    "/patterns/{pattern_id}/end": {
        "post": _does(
            "Say the last day on which a shift may start",
            PATTERN,
            parameters=_path("pattern_id"),
            body=_object({"last_date": DAY}, "last_date"),
        ),
    },
    "/patterns/{pattern_id}/bookings": {
        "post": _does(
            "Book a person on every shift of a pattern between two days",
            BOOKING,
            status=201,
            parameters=_path("pattern_id"),
            body=_object(
                {"person_id": ID, "role": ROLE, "first_date": DAY, "last_date": MAYBE_DAY},
                "person_id", "first_date",
            ),
        ),
    },
    "/bookings/{booking_id}/end": {
        "post": _does(
            "End a booking with a day, or without one before the next shift",
            BOOKING,
            parameters=_path("booking_id"),
            body=_object({"last_date": MAYBE_DAY}),
        ),
    },
    "/patterns/{pattern_id}/changes": {
        "post": _does(
            "Change one day or several: add, remove or replace a person, or cancel the shift",
            CHANGE,
            status=201,
            parameters=_path("pattern_id"),
            body=_object(LAYER, "on_date", "kind"),
        ),
    },
    "/changes/{change_id}": {
        "delete": _does("Lift a one-day change", CHANGE, parameters=_path("change_id")),
    },
    "/shifts": {
        "get": _does("Who serves when, as spans of UTC", _list("shifts"), parameters=WINDOW),
    },
    "/gaps": {
        "get": _does("Where cover is below need, and why", _list("gaps"), parameters=WINDOW),
    },
    "/overrides": {
        "get": _does("Every change over a shift that is still to come", _list("overrides")),
        "post": _does(
            "Change one day or several, of one shift or, without a pattern, of all of them",
            CHANGE,
            status=201,
            body=_object({"pattern": {**ID, "nullable": True}, **LAYER}, "on_date", "kind"),
        ),
    },
    "/overrides/{change_id}": {
        "delete": _does(
            "Lift a change; what of it is over stays as it was",
            CHANGE,
            parameters=_path("change_id"),
        ),
    },
    "/rotations": {
        "get": _does("Who follows whom on which shift", _list("rotations")),
        "post": _does(
            "Let groups take turns on a shift, each so many times in a row",
            ROTATION,
            status=201,
            body=_object(
                {
                    "pattern": ID,
                    "groups": {"type": "array", "items": {"type": "array", "items": ID}},
                    "role": ROLE,
                    "shifts_each": {"type": "integer", "minimum": 1, "maximum": 52, "default": 1},
                    "first_date": DAY,
                    "last_date": MAYBE_DAY,
                },
                "pattern", "groups", "first_date",
            ),
        ),
    },
    "/rotations/{rotation_id}/end": {
        "post": _does(
            "End a rotation with a day, or without one before the next shift",
            ROTATION,
            parameters=_path("rotation_id"),
            body=_object({"last_date": MAYBE_DAY}),
        ),
    },
    "/special-days": {
        "get": _does("Holidays, and the organisation's own days", _list("special_days")),
        "post": _does(
            "Declare a day of the organisation's own: a holiday, or one on which it is closed",
            ANY,
            status=201,
            body=_object(
                {
                    "on_date": DAY,
                    "name": {"type": "string", "minLength": 1, "maxLength": 80},
                    "kind": {"type": "string", "enum": ["holiday", "closed"]},
                },
                "on_date", "name", "kind",
            ),
        ),
    },
    "/special-days/{on_date}": {
        "delete": _does("Withdraw a day of one's own", ANY, parameters=_path("on_date")),
    },
    "/special-days/calendar": {
        "post": _does(
            "Say whose public holidays the line keeps; without a country none",
            ANY,
            body=_object({"country": {"type": "string"}, "region": {"type": "string"}}, "country"),
        ),
    },
    "/needs": {
        "get": _does(
            "What each hour of the week needs, and what dates need in its place",
            _object(
                {each: {"type": "array", "items": ANY} for each in ("needs", "dates")},
                "needs", "dates",
            ),
        ),
        "post": _does(
            "Set the need of some hours of a weekday",
            ANY,
            body=_object(
                {"weekday": WEEKDAY, **HEADS}, "weekday", "from_hour", "to_hour", "listeners"
            ),
        ),
    },
    "/needs/dates": {
        "post": _does(
            "Set what one date needs in some hours, in place of its weekday's need",
            ANY,
            status=201,
            body=_object(
                {"on_date": DAY, **HEADS, "why": {"type": "string", "maxLength": 80}},
                "on_date", "from_hour", "to_hour", "listeners",
            ),
        ),
    },
    "/needs/dates/{need_id}": {
        "delete": _does(
            "Remove the need of a date", _object({"need": ID}), parameters=_path("need_id")
        ),
    },
    "/needs/{need_id}": {
        "delete": _does("Remove a need", _object({"need": ID}), parameters=_path("need_id")),
    },
    "/forecast": {
        "get": _does(
            "How many chats and listeners each hour of the week will take, told from the line's "
            "own history, beside the need, and where that is too low",
            ANY,
        ),
    },
    "/reports": {
        "get": _does(
            "Waits, answers, risk, outcomes, hand-offs and feedback of the last whole weeks; null "
            "is hidden, since a group is small or would tell a small one",
            ANY,
            parameters=_query(weeks={"type": "integer", "enum": [4, 13, 26, 52], "default": 13}),
        ),
    },
    "/roster": {
        "get": _does("The rosters that were suggested last, and how far they are", ANY),
        "post": _does(
            "Ask for a roster of one to four weeks; it is thought out beside the server",
            _object({"roster": ID}, "roster"),
            status=202,
            body=_object(
                {
                    "first_date": DAY,
                    "weeks": {"type": "integer", "minimum": 1, "maximum": 4, "default": 1},
                    "may_move": {
                        "type": "integer",
                        "enum": [0, 1],
                        "default": 0,
                        "description": "1: bookings that nobody confirmed may be taken back.",
                    },
                },
                "first_date",
            ),
        ),
    },
    "/roster/{roster_id}": {
        "get": _does(
            "What it changes, shift by shift, and for each hour that stays open what binds",
            ANY,
            parameters=_path("roster_id"),
        ),
    },
    "/roster/{roster_id}/publish": {
        "post": _does(
            "Make it the plan, all of it or nothing",
            _object({"changes": COUNT}, "changes"),
            parameters=_path("roster_id"),
        ),
    },
    "/roster/{roster_id}/drop": {
        "post": _does(
            "Drop it; whoever thinks about it stops",
            _object({"roster": ID}, "roster"),
            parameters=_path("roster_id"),
        ),
    },
    "/people": {
        "get": _does("Who may be booked, with roles, languages and skills", _list("people")),
    },
    "/requests": {
        "get": _does(
            "Swaps, covers, time off and shifts taken; what waits for a coordinator first",
            _list("requests"),
        ),
    },
    "/swaps": {
        "get": _does("The requests in which a shift passes from one to another", _list("swaps")),
    },
    "/requests/{request_id}/approve": {
        "post": _does("Approve what waits for you", STATE, parameters=_path("request_id")),
    },
    "/requests/{request_id}/refuse": {
        "post": _does("Do not approve it", STATE, parameters=_path("request_id")),
    },
    "/availability": {
        "get": _does(
            "By name: hours of the week that people like or not, days that they keep free",
            _list("availability"),
        ),
    },
    "/hours": {
        "get": _does("By name: served hours, weighed hours, and an even share", _list("people")),
    },
    "/checks": {
        "get": _does("Trainings and checks by person, and what everybody must have", ANY),
        "post": _does(
            "Say what everybody who takes a shift must have",
            ANY,
            body=_object({"checks": {"type": "array", "items": {"type": "string"}}}, "checks"),
        ),
    },
    "/people/{person_id}/checks": {
        "post": _does(
            "Keep a training or check of somebody; the same name again renews it",
            CHECK,
            status=201,
            parameters=_path("person_id"),
            body=_object(
                {
                    "name": {"type": "string", "minLength": 1, "maxLength": 40},
                    "given_on": DAY,
                    "valid_until": MAYBE_DAY,
                },
                "name", "given_on",
            ),
        ),
    },
    "/checks/{check_id}": {
        "delete": _does("It does not count any more", CHECK, parameters=_path("check_id")),
    },
}  # fmt: skip

DESCRIPTION: Schema = {
    "openapi": "3.0.3",
    "info": {
        "title": "Planning of a crisis-chat helpline",
        "version": "1",
        "description": "For coordinators. Times are ISO 8601 UTC; days and wall times are the "
        "line's own. A browser sends the session cookie and, with every change, the page's CSRF "
        "token; a tool sends a staff token from `flask people token EMAIL`.",
    },
    "servers": [{"url": "/api/v1"}],
    "security": [{"token": []}, {"cookie": [], "csrf": []}],
    "paths": PATHS,
    "components": {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "cookie": {"type": "apiKey", "in": "cookie", "name": "helpline"},
            "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
        },
        "responses": {
            "Refused": {
                "description": "Nothing was changed.",
                "content": {
                    "application/json": {
                        "schema": _object(
                            {
                                "error": _object(
                                    {
                                        "code": {"type": "string"},
                                        "message": {"type": "string"},
                                        "field": {"type": "string", "nullable": True},
                                    },
                                    "code", "message", "field",
                                )
                            },
                            "error",
                        )
                    }
                },
            }
        },
    },
}  # fmt: skip
