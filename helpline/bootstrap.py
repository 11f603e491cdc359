"""Builds the house: store, faces, voices, jobs. Knows everything, holds no rule."""

from __future__ import annotations

import contextlib
import gc
import logging
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import Babel
from flask_socketio import SocketIO
from werkzeug.middleware.proxy_fix import ProxyFix

from helpline import cli, clock, jobs, runtime
from helpline.actions import keeping, proving
from helpline.boards.wording import TRANSLATIONS
from helpline.canary import Canary
from helpline.domain import errors, events, triage
from helpline.domain.triage.likeness import LIKENESS
from helpline.faces import headers, identity, language, pages, wire
from helpline.faces.api.ahead import ahead
from helpline.faces.api.directory import directory as directory_api
from helpline.faces.api.pages import api
from helpline.faces.api.reports import reports
from helpline.faces.api.requests import requests
from helpline.faces.calendar import calendar
from helpline.faces.coordinator.pages import coordinator
from helpline.faces.coordinator.socket import CoordinatorNamespace
from helpline.faces.door import door
from helpline.faces.gate import Gate
from helpline.faces.house import House
from helpline.faces.limits import Limits
from helpline.faces.listener.contact_plans import contact_plans
from helpline.faces.listener.following_up import pages as follow_ups
from helpline.faces.listener.left import left
from helpline.faces.listener.pages import pages as listener
from helpline.faces.listener.shift_change import shift_change
from helpline.faces.listener.sign_offs import pages as sign_offs
from helpline.faces.listener.socket import ListenerNamespace
from helpline.faces.mailbox import mailbox
from helpline.faces.ops import ops
from helpline.faces.visitor.pages import blueprint as visitor
from helpline.faces.visitor.return_pages import blueprint as way_back
from helpline.faces.visitor.socket import VisitorNamespace
from helpline.faces.volunteer.pages import volunteer
from helpline.live import Live
from helpline.neighbours import Neighbours
from helpline.pager import Pager
from helpline.rosterer import LOOKS_EVERY as ROSTERER_LOOKS_EVERY
from helpline.rosterer import Rosterer
from helpline.settings import Settings
from helpline.store import alone, codes, engines, migrations, packs, published, resources
from helpline.store.engines import ask_slowly, is_as_set, open_engine
from helpline.store.transaction import Store
from helpline.store.vault import Vault
from helpline.store.writer import Writer

log = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent
LEXICON = ROOT / "seed_data" / "lexicon"
VECTORS = ROOT / "tests" / "vectors"
FRAME_AT_MOST = 64 * 1024
BEAT_EVERY = 10  # seconds
PING_EVERY = PONG_WITHIN = 10  # seconds; a line that does not answer is closed
CATCHES_UP_EVERY = 1  # second
SKEW_AT_MOST = timedelta(seconds=1)
DRAIN_WITHIN = 5  # seconds
SQLITE = "sqlite:///"
SLOW_ANSWER = 0.3  # seconds that the database is asked to take, once, before we listen
A_MOMENT = SLOW_ANSWER / 30
TIME_EVERY = 60  # seconds
CANARY_LOOKS_EVERY = 10  # seconds
BREATH = 0.003  # seconds between two patterns: an eighth of the time is spent on them
OFF_BY_LITTLE = timedelta(seconds=0.1)  # less may be the way to the database and back

AS_IT_MUST_BE = {
    "sqlite": "SQLite does not run in WAL with synchronous=FULL and secure_delete.",
    "postgresql": "PostgreSQL must be 15 or newer, a database in UTF8, "
    "with fsync, full_page_writes and synchronous_commit on.",
}


class Places(logging.Formatter):
    """Of an exception, where it happened and its kind: what it says may quote somebody."""

    def formatException(self, ei: Any) -> str:
        kind, _, trace = ei
        return "".join(traceback.format_tb(trace)) + getattr(kind, "__name__", "")


class NotProven(Exception):
    """Something that durability rests on is not as it must be; the server does not start."""


@dataclass(slots=True)
class Built:
    """Everything that runs, for whoever serves it."""

    app: Flask
    store: Store
    sio: SocketIO
    jobs: jobs.Jobs
    live: Live
    neighbours: Neighbours | None
    hear: Callable[[Sequence[events.Event]], None]
    pager: Pager
    canary: Canary
    rosterer: Rosterer
    visitors: VisitorNamespace
    listeners: ListenerNamespace
    coordinators: CoordinatorNamespace
    gate: Gate


def be_the_only_server(settings: Settings) -> None:
    """Before the store is opened to serve it. On PostgreSQL there may be several.

    Raises NotProven with a sentence for whoever runs the line.
    """
    database = _sqlite_file(settings)
    if database is None:
        return
    try:
        alone.hold(database)
    except alone.AnotherServer:
        raise NotProven(
            f"Another server already runs on {database}: one SQLite file takes one. Stop it first; "
            "for several, let HELPLINE_DATABASE_URL name PostgreSQL (docs/running.md)."
        ) from None


def _sqlite_file(settings: Settings) -> Path | None:
    """Where SQLite keeps the line, in a folder that is there."""
    if not settings.database_url.startswith(SQLITE):
        return None
    file = Path(settings.database_url.removeprefix(SQLITE))
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def open_store(settings: Settings, seeds: Sequence[triage.Pack] | None = None) -> Store:
    """The store, migrated, with these packs or those that came with the software. Tells nobody
    until `build` connects it.

    Raises NotProven when there is no database.
    """
    _sqlite_file(settings)
    engine = open_engine(settings.database_url)
    try:
        engines.reach(engine)
    except engines.OutOfReach as why:
        raise NotProven(f"The database of HELPLINE_DATABASE_URL does not answer: {why}") from None
    migrations.upgrade(engine)
    read = packs.load_folder(LEXICON) if seeds is None else seeds
    store = Store(engine, Vault(settings.key_dir), packs=read)
    resources.index(store)
    return store


def create_app(settings: Settings, store: Store | None = None) -> Flask:
    """The WSGI app alone, for tests and commands: no loop runs."""
    return build(settings, store or open_store(settings, packs.OnDemand(LEXICON))).app


def build(settings: Settings, store: Store) -> Built:
    app = Flask(
        "helpline",
        static_folder=str(ROOT / "helpline" / "static"),
        template_folder=str(ROOT / "templates"),
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-helpline" if settings.secure_cookies else "helpline",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        MAX_CONTENT_LENGTH=FRAME_AT_MOST,
        MAX_FORM_MEMORY_SIZE=FRAME_AT_MOST,
        BABEL_TRANSLATION_DIRECTORIES=str(TRANSLATIONS),
        BABEL_DEFAULT_LOCALE="en",
    )
    live = Live(clock.now)
    redis, secret = settings.redis_url, settings.secret_key
    neighbours = Neighbours(redis, secret, clock.now) if redis else None
    house = House(
        store=store,
        live=live,
        limits=Limits(on=settings.limits),
        offload=runtime.offload,
        ready=lambda: unwell(store, settings, neighbours),
        weakened=lambda: weakened(store),
        demo=settings.demo,
        embed_origins=settings.embed_origins,
        public_origin=settings.public_origin,
        metrics_token=settings.metrics_token,
        vectors=lambda: packs.load_vectors(VECTORS),
        codes=codes.Codes(settings.secret_key),
        calls=bool(settings.page_urls) or settings.demo,
        canary=lambda: proving.last_through(store),
    )
    app.extensions["helpline"] = house
    _furnish(app)
    built = _connect(settings, app, store, house, neighbours)
    if settings.proxy_hops:  # around everything, so that sockets too come from where they come
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    return built


def _furnish(app: Flask) -> None:
    """Blueprints, sign-in, languages, headers, refusals."""
    Babel(app, locale_selector=language.choose)
    identity.logins.init_app(app)
    for blueprint in (
        visitor,
        way_back,
        listener,
        left,
        follow_ups,
        volunteer,
        shift_change,
        sign_offs,
        contact_plans,
        calendar,
        coordinator,
        api,
        ahead,
        directory_api,
        reports,
        requests,
        door,
        mailbox,
        ops,
    ):
        app.register_blueprint(blueprint)
    for commands in (cli.line, cli.people, cli.resources, cli.rules, cli.simulate):
        app.cli.add_command(commands)
    app.before_request(pages.read_the_form)
    app.after_request(headers.add)
    app.register_error_handler(errors.Refused, pages.refused)
    app.register_error_handler(Exception, pages.broken)
    app.jinja_env.globals.update(
        page_language=language.page_language,
        page_languages=language.page_languages,
        page_direction=language.page_direction,
        csrf_token=identity.csrf_token,
        has_vendor=pages.has_vendor,
    )


def _connect(
    settings: Settings, app: Flask, store: Store, house: House, neighbours: Neighbours | None
) -> Built:
    """The Socket.IO server and its three namespaces, and the voices that speak after a commit."""
    silent = logging.getLogger("helpline.wire.silent")
    silent.disabled = True  # the libraries would log frames, and frames hold words
    sio = SocketIO(
        app,
        async_mode=runtime.mode(),
        async_handlers=False,
        transports=["websocket"],
        allow_upgrades=False,
        cookie=None,
        cors_allowed_origins=lambda origin, environ: identity.is_our_origin(origin, environ, house),
        cors_credentials=False,
        max_http_buffer_size=FRAME_AT_MOST,
        ping_interval=PING_EVERY,
        ping_timeout=PONG_WITHIN,
        logger=silent,
        engineio_logger=silent,
        manage_session=False,
        json=wire.Json,
    )
    visitors = VisitorNamespace(house)
    listeners = ListenerNamespace(house, app)
    coordinators = CoordinatorNamespace(house, app)
    for namespace in (visitors, listeners, coordinators):
        sio.server.register_namespace(namespace)

    sweeps = jobs.Jobs(store, alone=engines.has_one_server(store.engine))
    nudge = sweeps.nudge if settings.nudges else lambda _: None

    def hear(happened: Sequence[events.Event]) -> None:
        house.live.tell(happened)
        nudge(happened)

    def tell(happened: Sequence[events.Event]) -> None:
        hear(happened)
        if neighbours is not None:
            neighbours.tell(happened)

    store.tell = tell
    return Built(
        app=app,
        store=store,
        sio=sio,
        jobs=sweeps,
        live=house.live,
        neighbours=neighbours,
        hear=hear,
        pager=Pager(
            store, settings.page_urls, demo=settings.demo, clock=clock.now, ways=settings.ways
        ),
        canary=Canary(store, house.canaries, clock.now),
        rosterer=Rosterer(store, clock=clock.now),
        visitors=visitors,
        listeners=listeners,
        coordinators=coordinators,
        gate=Gate(sio.server),
    )


def start(built: Built) -> None:
    """Starts every loop of this process, and the log that they write."""
    to_the_log = logging.StreamHandler()
    to_the_log.setFormatter(Places("%(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(to_the_log)
    keep_time(built.store)
    keeping.take_in(built.store, LEXICON, now=clock.now())
    writer = Writer(built.store)
    writer.start()
    built.store.writer = writer
    built.live.start(built.store, built.sio.server)
    if built.neighbours is not None:
        built.neighbours.start(built.hear)
    built.jobs.add("beats", BEAT_EVERY, lambda: _beat(built))
    built.jobs.add("gate", 5, lambda: built.gate.sweep(clock.now()))
    built.jobs.add("catching up", CATCHES_UP_EVERY, lambda: _catch_up(built))
    built.jobs.add("time", TIME_EVERY, lambda: keep_time(built.store))
    built.jobs.add_for_one("pager", jobs.BESIDE["pager"], built.pager.deliver)
    built.jobs.add_for_one("canary voice", CANARY_LOOKS_EVERY, built.canary.go_if_due)
    built.jobs.add_for_one("rosters", ROSTERER_LOOKS_EVERY, built.rosterer.look)
    built.jobs.start()
    gc.freeze()  # what lasts as long as the process is not looked through for garbage again


def warm_up(store: Store) -> None:
    """Makes every pattern of the packs that speak, with everybody else first: about six seconds of
    CPU that would otherwise be spent while the first visitors wait."""
    with store.reading() as tx:
        packs = published.current(tx)
    for _ in triage.made_ready(packs):
        runtime.sleep(BREATH)
    gc.freeze()


def keep_time(store: Store) -> None:
    """All who serve one database go by its clock: a lease written here is judged elsewhere too."""
    asked = clock.here()
    said = engines.clock_of(store.engine)
    if said is None:
        return
    ahead = said - (asked + (clock.here() - asked) / 2)
    if abs(ahead - clock.offset()) > OFF_BY_LITTLE:
        clock.correct_by(ahead)


def _beat(built: Built) -> None:
    now = clock.now()
    built.visitors.beat(now)
    built.visitors.close_unbound(now)
    built.listeners.beat(now)
    for staff in (built.listeners, built.coordinators):
        staff.let_go_of_revoked(now)


def _catch_up(built: Built) -> None:
    missed = built.live.catch_up()
    if missed:
        built.visitors.are_here(missed, clock.now())


def drain(built: Built) -> None:
    """Stops taking, lets what is under way end, says goodbye."""
    built.jobs.stop()
    built.rosterer.stop()
    runtime.sleep(0.2)
    built.gate.let_everybody_go()
    runtime.sleep(0.2)


# -- proof ------------------------------------------------------------------------------------


def prove(store: Store) -> None:
    """Before listening: the disk settings read back, keys open, packs load.

    Raises NotProven with a sentence for whoever runs the line.
    """
    if not is_as_set(store.engine):
        raise NotProven(AS_IT_MUST_BE[store.engine.dialect.name])
    if not loop_goes_on(store):
        raise NotProven(
            "A question to the database stops everybody else until it is answered: "
            "leave PSYCOPG_WAIT_FUNC out of the environment."
        )
    if not migrations.is_current(store.engine):
        raise NotProven("The database has other tables than this version of the program.")
    store.vault.prove()
    triage.assess("ready?", store.packs)  # read once now, not for the first visitor
    try:
        codes.words()
    except codes.NotTheList:
        raise NotProven("The word list of return codes is not whole: install xkcdpass.") from None
    if not store.packs:
        raise NotProven("No language pack could be loaded: triage would not see anybody.")


def loop_goes_on(store: Store) -> bool:
    """Whether others go on while the database takes its time. SQLite answers in this process, and
    shortly: there is nothing to wait for."""
    if store.engine.dialect.name == "sqlite":
        return True
    beats: list[None] = []
    answered = runtime.event()

    def beat() -> None:
        while not answered.wait(A_MOMENT):
            beats.append(None)

    runtime.spawn(beat)
    try:
        ask_slowly(store.engine, SLOW_ANSWER)
    finally:
        answered.set()
    return len(beats) >= 3  # of thirty: on a crowded machine a few are late


def unwell(store: Store, settings: Settings, neighbours: Neighbours | None) -> list[str]:
    """What readiness finds wrong, by name."""
    found: list[str] = []
    try:
        found += jobs.late(store, clock.now())
    except Exception:
        found.append("database")
    try:
        store.vault.prove()
    except Exception:
        found.append("keys")
    if neighbours is not None and not neighbours.hears:
        found.append("redis")
    if abs(clock.offset()) > SKEW_AT_MOST:
        found.append("clock")
    return found


def weakened(store: Store) -> list[str]:
    """What works less well, by name, and is no reason to keep visitors from this process."""
    found = [f"{LIKENESS}:{pack.language}" for pack in store.packs if pack.unread]
    with contextlib.suppress(Exception):  # no database is said elsewhere
        found += ["canary"] if proving.is_late(store, clock.now()) else []
    return found


def serve(settings: Settings, built: Built, sign_ins: Sequence[tuple[str, str]] = ()) -> None:
    """Listens, says so on a line of its own, and serves until told to stop."""
    listener: Any = runtime.listen(settings.host, settings.port)
    port = listener.getsockname()[1]
    built.canary.lives_at(settings.host, port)

    def ready() -> None:
        print(f"helpline ready http://{settings.host}:{port}", flush=True)
        for email, password in sign_ins:
            print(f"sign-in {email} {password}", flush=True)
        if not settings.demo:  # practice begins sooner without, and every test of ours is one
            runtime.spawn(warm_up, built.store)

    runtime.serve(listener, built.app, lambda: drain(built), ready)
