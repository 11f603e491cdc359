"""The practice week: a believable line, loaded from seed_data through the same actions."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from helpline.actions import (
    answering,
    asking,
    declaring,
    directing,
    entering,
    furnishing,
    judging,
    listening,
    offering,
    planning,
    qualifying,
    rotating,
    serving,
    visiting,
)
from helpline.domain import changes, forecast, walltime
from helpline.domain import demand as demand_rules
from helpline.domain.access import Role, Who
from helpline.domain.chat import Closing
from helpline.domain.demand import Counted
from helpline.domain.reports import Visit
from helpline.domain.roster import Change
from helpline.domain.urgency import Level
from helpline.store import demand, packs, reports
from helpline.store import shifts as rota
from helpline.store.secrets import new_id
from helpline.store.transaction import Store

SEED = Path(__file__).parent.parent / "seed_data"
DEMAND_UNTIL = timedelta(days=4)  # before now: the sweep counts the chats of the week itself
PLANNED_AHEAD = timedelta(days=15)  # before the week that is shown
Entry = Mapping[str, Any]


def seed(store: Store, *, now: datetime) -> None:
    """Fills an empty store with the practice week; a store that has a line is left alone."""
    if furnishing.is_set_up(store):
        return
    week = _read("practice.yaml")
    furnishing.set_up_line(store, **week["line"], now=now)
    load_directory(store, now=now)
    furnishing.load_quick_replies(store, _read("quick_replies.yaml"))
    people = {each["email"]: _person(store, each, now) for each in week["people"]}
    cora = people["cora@example.org"]
    planned = now - PLANNED_AHEAD
    for shift in week["shifts"]:
        _shift(store, cora, shift, people, planned)
    for need in week["needs"]:
        for weekday in range(7):
            planning.set_need(store, cora, weekday, **need, now=planned)
    _days(store, cora, week["days"], people, now)
    for chat in week["chats"]:
        _past_chat(store, chat, people, now)
    directing.own_everything(store, people["sol@example.org"], now=now)
    for wish in week["wishes"]:
        _wish(store, people, wish, now)
    _past_demand(store, week["line"]["zone"], week["demand"], now)


def _wish(store: Store, people: Mapping[str, Who], wish: Entry, now: datetime) -> None:
    """What one volunteer says of themselves, and what a coordinator keeps of them."""
    who, today = people[wish["who"]], now.date()
    for said in wish.get("hours", ()):
        serving.say_when(store, who, **said, now=now)
    if "free_in" in wish:
        day = today + timedelta(days=wish["free_in"])
        serving.keep_free(store, who, day, day, now=now)
    if "off_in" in wish:
        day = today + timedelta(days=wish["off_in"])
        asking.ask_time_off(store, who, day, day + timedelta(days=6), now=now)
    for name, days in wish.get("checks", {}).items():
        cora, until = people["cora@example.org"], today + timedelta(days=days)
        qualifying.keep(store, cora, who.id, name, today, until, now=now)


def _past_demand(store: Store, zone: str, expected: Entry, now: datetime) -> None:
    """Eight weeks of counts as the sweep would have left them: more in the evening, and by chance
    that comes out the same every time."""
    chance = random.Random(0)
    counted, came = [], []
    for hour in walltime.hours(zone, now - forecast.LOOKS_BACK, now - DEMAND_UNTIL):
        weekday = walltime.local(zone, hour.starts_at).weekday()
        mean = expected["by_hour"][hour.hour] * expected["by_weekday"][weekday]
        arrived = sum(chance.random() < mean / 60 for _ in range(60))
        answered = sum(chance.random() < expected["answered"] for _ in range(arrived))
        counted.append(
            Counted(
                demand_rules.begin_of_hour(zone, hour.starts_at),
                arrived,
                answered,
                arrived - answered,
                answered * expected["talk_minutes"],
                60,
            )
        )
        came += _past_visits(hour.starts_at, arrived, answered, expected)
    with store.transaction() as tx:
        demand.begin_with(tx, counted)
        reports.begin_with(tx, came)


def _past_visits(hour: datetime, arrived: int, answered: int, expected: Entry) -> list[Visit]:
    """Those who came in this hour, for reports: times and codes, by chance of the hour itself."""
    chance = random.Random(int(hour.timestamp()))

    def drawn(name: str) -> str:
        return str(chance.choices(list(expected[name]), list(expected[name].values()))[0])

    found = []
    for nth in range(arrived):
        at = hour + timedelta(minutes=chance.uniform(0, 60))
        waited = timedelta(minutes=chance.expovariate(1 / expected["wait_minutes"]))
        talked = timedelta(minutes=chance.expovariate(1 / expected["talk_minutes"]))
        is_left, feeling = nth >= answered, drawn("feelings")
        found.append(
            Visit(
                arrived_at=at,
                answered_at=None if is_left else at + waited,
                ended_at=at + waited + (timedelta() if is_left else talked),
                left=is_left,
                level=Level.from_word(drawn("levels")),
                outcome="visitor_left" if is_left else drawn("outcomes"),
                feeling=None if is_left or feeling == "none" else feeling,
            )
        )
    return found


def sign_ins() -> list[tuple[str, str]]:
    """Who may sign in to the practice site, and how: printed, because nobody is protected by it."""
    people = _read("practice.yaml")["people"]
    return [(each["email"], each["password"]) for each in people if each.get("password")]


def load_directory(store: Store, *, now: datetime) -> int:
    """Every verified resource of seed_data/resources."""
    files = sorted((SEED / "resources").glob("*.yaml"))
    entries = [entry for file in files for entry in packs.parsed(file.read_text("utf-8"))]
    return furnishing.load_resources(store, entries, now=now)


def _read(name: str) -> Any:
    return packs.parsed((SEED / name).read_text("utf-8"))


def _person(store: Store, entry: Entry, now: datetime) -> Who:
    made = entering.add_person(
        store,
        email=entry["email"],
        name=entry["name"],
        roles=list(entry["roles"]),
        languages=list(entry["languages"]),
        skills=list(entry.get("skills", [])),
        seats=entry.get("seats", 2),
        password=entry.get("password"),
        now=now,
    )
    who = Who(made.id, made.name, frozenset(made.roles))
    if entry.get("may_be_asked"):
        answering.choose_when(store, who, entry["may_be_asked"], now=now)
    return who


def _shift(store: Store, cora: Who, shift: Entry, people: Mapping[str, Who], now: datetime) -> None:
    """One pattern for each weekday, with its people, from the day after it was planned."""
    since = (now + timedelta(days=1)).date()
    for weekday in shift.get("weekdays", range(7)):
        pattern_id = planning.add_pattern(
            store,
            cora,
            shift["title"],
            weekday,
            time.fromisoformat(shift["starts"]),
            time.fromisoformat(shift["ends"]),
            since,
            now=now,
        )
        for role in (Role.LISTENER, Role.LEAD):
            for email in shift.get(f"{role}s", []):
                _book(store, cora, pattern_id, people[email], role, since, now)
        turns = [[people[email].id for email in turn] for turn in shift.get("turns", [])]
        if turns:
            rotating.rotate(store, cora, pattern_id, turns, Role.LISTENER, since, now=now)


def _days(store: Store, cora: Who, days: Entry, people: Mapping[str, Who], now: datetime) -> None:
    """Somebody's time off, a day on which the line is closed, and an evening that needs more."""
    with store.reading() as tx:
        today = changes.today(rota.plan(tx), now)
    for off in days["away"]:
        first, last = (today + timedelta(days=off[each]) for each in ("from", "to"))
        person = people[off["email"]].id
        planning.override(
            store, cora, None, first, Change.REMOVE, person, until_date=last, now=now
        )  # fmt: skip
    for day in days["special"]:
        on_date = today + timedelta(days=day["in"])
        declaring.declare_day(store, cora, on_date, day["name"], day["kind"], now=now)
    for need in days["needs"]:
        on_date = today + timedelta(days=need["in"])
        hours = {name: value for name, value in need.items() if name != "in"}
        declaring.set_date_need(store, cora, on_date, **hours, now=now)


def _book(
    store: Store, cora: Who, pattern_id: str, who: Who, role: Role, since: date, now: datetime
) -> None:
    planning.book(store, cora, pattern_id, who.id, role, since, now=now)


def _past_chat(store: Store, chat: Entry, people: Mapping[str, Who], now: datetime) -> None:
    """A conversation of the last days: the same way through the house, at an earlier time."""
    at = now - timedelta(hours=chat["hours_ago"])
    listener = people[chat["listener"]]
    opened = visiting.open_chat(
        store, visiting.Opening(new_id(), text=chat["says"][0], language="en"), now=at
    )
    listening.get_ready(store, listener, now=at)
    at += timedelta(seconds=chat.get("waited_s", 40))
    listening.be_here(store, listener, now=at)
    offer = offering.assign(store, people["cora@example.org"], opened.chat_id, listener.id, now=at)
    listening.accept(store, listener, offer, now=at)
    for text in chat["says"][1:]:
        at += timedelta(minutes=2)
        visiting.say(store, opened.token, new_id(), text, now=at)
    for text in chat["answers"]:
        at += timedelta(minutes=1)
        listening.say(store, listener, opened.chat_id, new_id(), text, now=at)
    if chat.get("assessed"):
        level, reason = Level.from_word(chat["assessed"]), chat["reason"]
        judging.assess(store, listener, opened.chat_id, level, reason, now=at)
    at += timedelta(minutes=10)
    closing = Closing(chat["outcome"])
    listening.close(store, listener, opened.chat_id, closing, None, now=at)
    if chat.get("feeling"):
        visiting.give_feedback(store, opened.token, chat["feeling"], None, now=at)
    listening.go_away(store, listener, now=at + timedelta(minutes=1))
    listening.end_wrap_ups(store, now=at + timedelta(minutes=10))
