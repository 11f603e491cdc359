"""`flask …` commands: the same actions, for hands."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from helpline import clock
from helpline.actions import entering, exchanging, forgetting, furnishing
from helpline.boards import exchange as exchange_board
from helpline.boards import plot
from helpline.domain import callouts, care, emergency, errors, silence, simulation, triage
from helpline.domain.access import Role
from helpline.domain.triage import checks, explain, learning, suite
from helpline.domain.urgency import Level
from helpline.store import exchange, packs, published
from helpline.store.transaction import Store

people = AppGroup("people", help="Volunteers and coordinators.")
line = AppGroup("line", help="The line itself.")
resources = AppGroup("resources", help="The directory of crisis resources.")
rules = AppGroup("triage", help="The word rules that find urgent messages.")

ROLES = [str(each) for each in Role]


def store() -> Store:
    found: Store = current_app.extensions["helpline"].store
    return found


# -- the line ---------------------------------------------------------------------------------


@line.command("setup")
@click.argument("name")
@click.option("--zone", required=True, help="IANA zone, such as Europe/Dublin.")
@click.option("--country", required=True, help="Two letters, such as IE.")
@click.option("--language", "languages", multiple=True, default=("en",))
def setup_line(name: str, zone: str, country: str, languages: tuple[str, ...]) -> None:
    """Makes the line: its name, zone, country and languages."""
    _or_say(
        furnishing.set_up_line,
        store(),
        name=name,
        zone=zone,
        country=country,
        languages=list(languages),
        now=clock.now(),
    )
    click.echo(f"{name} is set up. Next: flask people add, flask resources load.")


@line.command("policy")
@click.argument("name", type=click.Choice(furnishing.POLICIES))
@click.argument("on", type=click.BOOL)
def set_policy(name: str, on: bool) -> None:
    """Turns a policy of the line on or off; what the pages promise follows it at once."""
    _or_say(furnishing.set_policy, store(), name, on, now=clock.now())
    click.echo(f"{name}: {'on' if on else 'off'}")


@line.command("care")
@click.argument("name", type=click.Choice(tuple(care.SETTINGS)))
@click.argument("number", type=int)
def set_care(name: str, number: int) -> None:
    """Minutes of the pause after a critical chat, or how many of them on one shift; 0: none."""
    _or_say(furnishing.set_care, store(), name, number, now=clock.now())
    click.echo(f"{name}: {number}")


@line.command("emergency")
@click.argument("name", type=click.Choice(emergency.SWITCHES))
@click.argument("on", type=click.BOOL)
def set_emergency(name: str, on: bool) -> None:
    """In which ways listeners may call the emergency services; the page follows at once."""
    numbers = {name: int(on)}
    _or_say(furnishing.tune, store(), "emergency", numbers, now=clock.now())
    click.echo(f"{name}: {'on' if on else 'off'}")


@line.command("call-out")
@click.argument("name", type=click.Choice(tuple(callouts.SETTINGS)))
@click.argument("number", type=int)
def set_call_outs(name: str, number: int) -> None:
    """When people off shift are asked to help, how many at once, how often, and until when.

    In minutes, people or hours; a `call_out_after` of 0: nobody is asked by the line itself.
    """
    _or_say(furnishing.set_call_outs, store(), name, number, now=clock.now())
    click.echo(f"{name}: {number}")


@line.command("door")
@click.argument("minutes", type=int)
def set_door_limit(minutes: int) -> None:
    """The longest wait before the door says so to whoever comes and shows other help; 0: none."""
    _or_say(furnishing.set_door_limit, store(), minutes, now=clock.now())
    click.echo(f"door limit: {minutes} minutes" if minutes else "door limit: none")


@line.command("canary")
@click.argument("minutes", type=int)
def set_canary(minutes: int) -> None:
    """How often a chat of our own proves the way of a visitor's; 0: never."""
    _or_say(furnishing.set_canary, store(), minutes, now=clock.now())
    click.echo(f"canary: every {minutes} minutes" if minutes else "canary: never")


@line.command("silence")
@click.argument("name", type=click.Choice(tuple(silence.SETTINGS)))
@click.argument("number", type=int)
def set_silence(name: str, number: int) -> None:
    """Minutes until each step of a visitor's silence, or the factor while their page is hidden."""
    _or_say(furnishing.set_silence, store(), name, number, now=clock.now())
    click.echo(f"{name}: {number}")


@line.command("forget")
def forget() -> None:
    """Destroys the keys of chats whose time has come; the sweep does the same each minute."""
    click.echo(f"{forgetting.forget_due(store(), now=clock.now())} forgotten")


# -- people -----------------------------------------------------------------------------------


@people.command("add")
@click.argument("email")
@click.argument("name")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), required=True)
@click.option("--language", "languages", multiple=True, default=("en",))
@click.option("--skill", "skills", multiple=True)
@click.option("--seats", type=click.IntRange(1, 2), default=1, show_default=True)
@click.option("--surge", is_flag=True, help="Opted in, and trained, for a surge seat.")
def add_person(
    email: str,
    name: str,
    roles: tuple[str, ...],
    languages: tuple[str, ...],
    skills: tuple[str, ...],
    seats: int,
    surge: bool,
) -> None:
    """Adds a person and prints a password, once."""
    password = secrets.token_urlsafe(12)
    _or_say(
        entering.add_person,
        store(),
        email=email,
        name=name,
        roles=list(roles),
        languages=list(languages),
        skills=list(skills),
        seats=seats,
        takes_surge=surge,
        password=password,
        now=clock.now(),
    )
    click.echo(password)


@people.command("token")
@click.argument("email")
def token(email: str) -> None:
    """Prints a token for a client without a browser, good for 12 hours."""
    click.echo(_or_say(entering.make_token, store(), email, now=clock.now()))


@people.command("second-factor")
@click.argument("email")
def second_factor(email: str) -> None:
    """Sets up an authenticator for this person and prints its secret, once."""
    click.echo(_or_say(entering.set_up_second_factor, store(), email))


@people.command("password")
@click.argument("email")
def new_password(email: str) -> None:
    """Gives a new password, printed once, and signs the person out everywhere."""
    password = secrets.token_urlsafe(12)
    _or_say(entering.set_password, store(), email, password, now=clock.now())
    click.echo(password)


# -- resources --------------------------------------------------------------------------------


@resources.command("load")
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path), required=True)
def load_resources(files: tuple[Path, ...]) -> None:
    """Loads verified resources from YAML files; all of them, or none."""
    entries = [entry for file in files for entry in packs.parsed(file.read_text("utf-8"))]
    count = _or_say(furnishing.load_resources, store(), entries, now=clock.now())
    click.echo(f"{count} resources")


@resources.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--replace", is_flag=True, help="Remove what --from brought before and is not here.")
@click.option("--from", "origin", default=exchanging.PARTNER, show_default=True, help="Whose data.")
def import_resources(path: Path, dry_run: bool, replace: bool, origin: str) -> None:
    """Imports HSDS: a JSON file, a folder of CSV files or a zip of them; all of it, or nothing.

    What comes in is shown to visitors only when a coordinator has verified it here. Ends with 1,
    and changes nothing, when anything in it is wrong.
    """
    found = _or_say(
        exchanging.bring,
        store(),
        None,
        exchange.read_path(path),
        origin=origin,
        takes_away=replace,
        dry_run=dry_run,
        now=clock.now(),
    )
    told = exchange_board.report("en", found, shown=None)
    for line_ in (f"warning: {each}" for each in told["warnings"]):
        click.echo(line_, err=True)
    if found.refused:
        sys.exit("\n".join([*told["errors"], "Nothing was imported."]))
    for line_ in told["changes"] if dry_run else ():
        click.echo(line_)
    counts = ", ".join(f"{told[n]} {n}" for n in ("added", "changed", "removed", "unchanged"))
    click.echo(f"{counts}{'; nothing was changed: a dry run' if dry_run else ''}")


@resources.command("export")
@click.option("--json", "as_json", is_flag=False, flag_value="-", type=click.Path(path_type=Path))
@click.option("--csv", "folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Also what visitors do not see.")
def export_resources(as_json: Path | None, folder: Path | None, everything: bool) -> None:
    """Exports HSDS: --json FILE (without a file to standard output), --csv FOLDER, or both.

    What visitors see, as it was verified here; with --all every record, as it came.
    """
    if as_json is None and folder is None:
        raise click.UsageError("Say --json [FILE] or --csv FOLDER.")
    records = exchanging.taken_out(store(), everything=everything)
    if as_json is not None:
        text = exchange.as_json(records)
        if str(as_json) == "-":
            click.echo(text, nl=False)
        else:
            as_json.write_text(text, "utf-8")
    if folder is not None:
        for path in exchange.write_folder(records, folder):
            click.echo(path, err=True)


# -- triage -----------------------------------------------------------------------------------


@rules.command("explain")
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def explain_text(text: str, as_json: bool) -> None:
    """Shows the level of a text, how it was read, every rule that matched and the cues around."""
    explained = explain.explain(text, _packs())
    click.echo(json.dumps(explained) if as_json else explain.as_text(explained))


@rules.command("check")
@click.argument("pack", type=click.Path(exists=True, path_type=Path))
def check(pack: Path) -> None:
    """Reads a pack as the server would, beside the others, and says what is wrong with it.

    Ends with the entries that no labelled message of the project shows alone.
    """
    try:
        loaded = packs.load_file(pack)
    except triage.BadPack as bad:
        sys.exit(str(bad))
    others = [other for other in _packs() if other.language != loaded.language]
    loaded = loaded.beside(_packs())
    problems = checks.problems(loaded, others)
    if problems:
        sys.exit("\n".join(problems))
    click.echo(f"{loaded.label}: {len(loaded.entries)} entries")
    unshown = suite.unshown(_vectors(), [*others, loaded])
    alone = [entry.id for entry in loaded.entries if entry.id in unshown]
    click.echo(f"shown alone by no message: {' '.join(alone) or 'none'}")


@rules.command("learn")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def learn(folder: Path, files: Sequence[Path]) -> None:
    """Learns the second reader of each pack in FOLDER anew, from FILES of labelled messages.

    Writes when every language is learned; a fault before leaves all files as they were.
    """
    try:
        rows = [row for file in files for row in packs.rows_of(file) if "turns" not in row]
        everything = learning.learn_all(packs.load_folder(folder), rows)
    except ValueError as fault:  # a pack that cannot be used, a language without messages
        sys.exit(str(fault))
    for learned, trial in everything:
        click.echo(
            f"{packs.keep_likeness(folder, learned)}: {learned.label}, {len(learned.weights)} "
            f"signs; of messages it had not seen it finds {trial.found} of {trial.at_risk} with "
            f"risk, {trial.false} of {trial.harmless} without"
        )


@rules.command("suite")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def run_suite(file: Path, as_json: bool) -> None:
    """Runs a file of labelled messages or conversations and prints what was found."""
    report = suite.report(packs.rows_of(file), _packs())
    click.echo(json.dumps(report) if as_json else suite.as_text(report))


# -- what if ----------------------------------------------------------------------------------


@click.command("simulate")
@click.option("--load", default=1.0, show_default=True, help="Share of the seats in demand.")
@click.option("--listeners", default=8, show_default=True)
@click.option("--seats", type=click.IntRange(1, 2), default=2, show_default=True)
@click.option("--days", type=click.IntRange(1), default=20, show_default=True, help="Of a run.")
@click.option("--runs", type=click.IntRange(2), default=4, show_default=True)
@click.option("--seed", default=1, show_default=True, help="Of the first run.")
@click.option("--plot", "picture", type=click.Path(path_type=Path), help="An SVG to write.")
def simulate(
    load: float, listeners: int, seats: int, days: int, runs: int, seed: int, picture: Path | None
) -> None:
    """Waits and goodbyes under several policies, on a virtual clock with the line's own rules.

    It ranks policies and foretells no real line: what it assumes stands in
    `helpline/domain/simulation/scenario.py`. Late: over 60 seconds, or gone before anybody came;
    ± is the standard error over the runs.
    """
    base = simulation.Scenario(
        load=load, listeners=listeners, seats=seats, days=days, seed=seed, care=care.care({})
    )
    shares: dict[str, dict[str, float]] = {}
    for name, scenario in simulation.compared(base).items():
        reports = simulation.repeated(scenario, runs)
        click.echo(simulation.as_text(name, reports))
        shares[name] = {
            level.word: simulation.late(reports, level)[0] for level in sorted(Level, reverse=True)
        }
    if picture:
        title = f"Late (over a minute, or gone) at load {load:g}, {listeners} listeners"
        picture.write_text(plot.shares(title, shares), "utf-8")


def _vectors() -> Sequence[suite.Row]:
    """The labelled messages that came with the software."""
    return list(current_app.extensions["helpline"].vectors())


def _packs() -> Sequence[triage.Pack]:
    """The packs that speak on this line now."""
    with store().reading() as tx:
        return published.current(tx)


def _or_say(action: Any, *args: Any, **kwargs: Any) -> Any:
    """The action's answer; a refusal becomes a sentence and a failing exit."""
    try:
        return action(*args, **kwargs)
    except errors.Refused as refused:
        where = f" ({refused.field})" if refused.field else ""
        sys.exit(f"{refused.message}{where}")
