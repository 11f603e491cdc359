"""The sockets' boundary, against a real server: who gets in, who is put out, what tells nothing."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta

import pytest
import requests
import socketio
import websocket
from sqlalchemy import update

from helpline import clock
from helpline.actions import entering
from helpline.domain.access import TABLE, Role
from helpline.store import offers, people
from helpline.store.tables import Chat, Person
from tests.promises.practice import House, client_id, serving
from tests.server import Client

pytestmark = pytest.mark.sockets

NAMESPACES = {"/listener": "enter_console", "/coordinator": "enter_dashboard"}
FOREIGN = "https://elsewhere.example"
SOON = 15  # seconds; the deadlines of this server are some seconds at most


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.full)]
)
def house(request, weeks, tmp_path_factory):
    folder = tmp_path_factory.mktemp("boundary") / "house"
    with serving(weeks(request.param), folder, fault="short_deadlines") as served:
        yield served
        assert re.findall(r"Traceback|ERROR", served.log.read_text()) == []


@pytest.fixture
def hired(house):
    """A person of these roles who is nobody else's; their short name."""
    made: list[str] = []

    def hire(*roles: Role) -> str:
        name = f"new{client_id()[:8].lower()}"
        entering.add_person(
            house.store,
            email=f"{name}@example.org",
            name=name,
            roles=[str(role) for role in roles],
            languages=["en"],
            skills=[],
            seats=1,
            password=None,
            now=clock.now(),
        )
        made.append(name)
        return name

    return hire


def knock(
    house: House, namespace: str, auth: object = None, *, origin: str = "", cookie: str = ""
) -> str:
    """`in`, the code of the refusal, or `shut` when there was not even an answer in words."""
    refusals: list[str] = []
    says_where = {"origin": origin} if origin else {"suppress_origin": True}
    io = socketio.Client(reconnection=False, websocket_extra_options=says_where)

    def refused(why: object) -> None:
        refusals.append(why["data"]["code"] if isinstance(why, dict) else "shut")

    io.on("connect_error", refused, namespace=namespace)
    try:
        io.connect(
            house.url,
            namespaces=[namespace],
            auth=auth,
            headers={"Cookie": cookie} if cookie else {},
            transports=["websocket"],
            wait_timeout=SOON,
        )
    except socketio.exceptions.ConnectionError:
        return refusals[0]
    io.disconnect()
    return "in"


def is_put_out(client: Client) -> bool:
    until = time.monotonic() + SOON
    while client.io.connected and client.namespace in client.io.namespaces:
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


# -- coming in --------------------------------------------------------------------------------


@pytest.mark.parametrize("namespace", NAMESPACES)
@pytest.mark.parametrize("roles", [(), *((role,) for role in Role), tuple(Role)])
def test_a_role_opens_the_doors_that_the_table_says(house, hired, namespace, roles):
    token = house.token(hired(*roles))
    expected = "in" if TABLE[NAMESPACES[namespace]][0] & set(roles) else "not_allowed"

    assert knock(house, namespace, {"token": token}) == expected


@pytest.mark.parametrize("namespace", NAMESPACES)
@pytest.mark.parametrize(
    "auth",
    [
        None,
        {},
        [],
        "token",
        {"token": ""},
        {"token": "guessed"},
        {"token": None},
        {"token": ["x"]},
        {"csrf": "guessed"},
    ],
    ids=str,
)
def test_without_a_pass_nobody_comes_in(house, namespace, auth):
    assert knock(house, namespace, auth) == "not_signed_in"


def test_a_pass_is_over_when_it_was_revoked_or_has_expired(house, hired):
    name = hired(Role.LISTENER)
    email, now = f"{name}@example.org", clock.now()
    good = house.token(name)
    expired = entering.make_token(house.store, email, now=now - timedelta(hours=12))
    assert knock(house, "/listener", {"token": good}) == "in"

    entering.sign_out_everywhere(house.store, house.person_id(name), now=now)

    assert knock(house, "/listener", {"token": good}) == "not_signed_in"
    assert knock(house, "/listener", {"token": expired}) == "not_signed_in"


def test_a_visitors_token_is_no_pass(house):
    visitor = house.visitor()
    token = visitor.ask("open", client_id=client_id(), text="hello")["token"]

    assert knock(house, "/listener", {"token": token}) == "not_signed_in"
    visitor.close()


@pytest.mark.parametrize("namespace", ["/visitor", *NAMESPACES])
def test_a_page_of_somebody_else_gets_no_answer(house, namespace):
    auth = {"token": house.token("cora" if namespace == "/coordinator" else "sol")}
    assert knock(house, namespace, auth) == "in"
    assert knock(house, namespace, auth, origin=house.url) == "in"

    assert knock(house, namespace, auth, origin=FOREIGN) == "shut"
    assert knock(house, namespace, auth, origin="null") == "shut"
    assert knock(house, namespace, auth, origin=house.url + ".elsewhere.example") == "shut"


def signed_in(house: House, name: str) -> tuple[str, str]:
    """The cookie and the CSRF token of a browser in which this person has signed in."""
    with requests.Session() as browser:
        email = f"{name}@example.org"
        page = browser.get(house.url + "/sign-in", timeout=SOON).text
        form = {"csrf_token": csrf_in(page), "email": email, "password": house.sign_ins[email]}
        page = browser.post(house.url + "/sign-in", form, timeout=SOON).text
        held = "; ".join(f"{each.name}={each.value}" for each in browser.cookies)
        return held, csrf_in(page)


def csrf_in(page: str) -> str:
    found = re.search(r'name="csrf[-_]token"[^>]* (?:value|content)="([^"]+)"', page)
    assert found
    return found[1]


def test_a_cookie_counts_only_with_our_origin_and_the_csrf_token(house):
    cookie, csrf = signed_in(house, "leo")
    ours, auth = house.url, {"csrf": csrf}

    assert knock(house, "/listener", auth, cookie=cookie, origin=ours) == "in"
    assert knock(house, "/listener", auth, cookie=cookie) == "not_signed_in"
    assert knock(house, "/listener", None, cookie=cookie, origin=ours) == "not_signed_in"
    assert knock(house, "/listener", {"csrf": "x"}, cookie=cookie, origin=ours) == "not_signed_in"
    assert knock(house, "/listener", {"csrf": ""}, cookie=cookie, origin=ours) == "not_signed_in"
    assert knock(house, "/listener", auth, origin=ours) == "not_signed_in"
    assert knock(house, "/listener", auth, cookie=cookie + "x", origin=ours) == "not_signed_in"
    assert knock(house, "/listener", auth, cookie=cookie, origin=FOREIGN) == "shut"
    assert knock(house, "/coordinator", auth, cookie=cookie, origin=ours) == "not_allowed"


def test_a_form_without_its_csrf_token_does_nothing(house):
    cookie, csrf = signed_in(house, "cora")
    form = {"do": "set_line", "open": "0", "reason": "forged"}

    for forged in (form, form | {"csrf_token": "x"}):
        for path in ("/coordinator", "/sign-out"):
            answer = requests.post(
                house.url + path,
                forged,
                headers={"Cookie": cookie},
                timeout=SOON,
                allow_redirects=False,
            )
            assert answer.status_code == 400

    page = requests.get(house.url + "/coordinator", headers={"Cookie": cookie}, timeout=SOON)
    assert page.status_code == 200
    assert csrf_in(page.text) == csrf


# -- being put out ----------------------------------------------------------------------------


def demote(house: House, name: str) -> None:
    with house.store.transaction() as tx:
        row = people.by_email(tx, f"{name}@example.org")
        tx.session.execute(update(Person).where(Person.id == row.id).values(roles=[]))


@pytest.mark.parametrize(
    "namespace, role", [("/listener", Role.LISTENER), ("/coordinator", Role.COORDINATOR)]
)
def test_who_lost_the_role_is_refused_at_the_next_event_and_put_out(house, hired, namespace, role):
    name = hired(role)
    client = house.staff(name, namespace)
    assert client.ask("sync")["ok"]

    demote(house, name)

    refused = client.ask("sync")
    assert refused["error"]["code"] == "not_allowed"
    assert "board" not in refused
    assert is_put_out(client)
    assert knock(house, namespace, {"token": house.token(name)}) == "not_allowed"


def test_who_lost_the_role_and_says_nothing_is_put_out_too(house, hired):
    name = hired(Role.LISTENER)
    client = house.staff(name)

    demote(house, name)

    assert is_put_out(client)


@pytest.mark.parametrize("speaks", [True, False])
def test_who_was_signed_out_is_put_out(house, hired, speaks):
    name = hired(Role.LISTENER)
    client = house.staff(name)

    entering.sign_out_everywhere(house.store, house.person_id(name), now=clock.now())

    if speaks:
        assert client.ask("sync")["error"]["code"] == "not_allowed"
    assert is_put_out(client)


def test_a_visitor_who_binds_to_no_chat_is_let_go_and_one_who_does_stays(house):
    silent, bound = house.visitor(), house.visitor()
    assert bound.ask("open", client_id=client_id(), text="hello")["ok"]

    assert is_put_out(silent)

    assert bound.ask("say", client_id=client_id(), text="still here")["ok"]
    bound.close()


def raw(house: House, *frames: str) -> websocket.WebSocket:
    """A connection without a client library."""
    address = house.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    made = websocket.create_connection(address, timeout=SOON)
    assert made.recv().startswith("0")
    for each in frames:
        made.send(each)
    return made


def test_a_connection_that_enters_nowhere_is_closed(house):
    silent = raw(house)

    assert is_hung_up(silent)


def is_hung_up(wire: websocket.WebSocket) -> bool:
    """Whether the other side ends it, although every ping is answered."""
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        try:
            frame = wire.recv()
        except (websocket.WebSocketConnectionClosedException, ConnectionError):
            return True
        if frame == "":
            return True
        if frame == "2":
            wire.send("3")
    return False


# -- reserved names ---------------------------------------------------------------------------


def answer_to(wire: websocket.WebSocket, start: str) -> str:
    while True:
        frame = str(wire.recv())
        if frame.startswith(start):
            return frame


def test_reserved_names_said_as_events_change_nothing(house):
    token = json.dumps({"token": house.token("leo")})
    wire = raw(house, f"40/listener,{token}")
    answer_to(wire, "40/listener,")
    wire.send('42/listener,1["ready",{}]')
    answer_to(wire, "43/listener,1")
    before = presence(house, "leo")

    for name in ("disconnect", "connect", "connect_error"):
        wire.send(f'42/listener,["{name}"]')
        wire.send(f'42/listener,["{name}",{{}}]')
        wire.send(f'42/listener,9["{name}",{{"token":"x"}}]')
    wire.send('42/listener,2["beat",{}]')

    frame = answer_to(wire, "43/listener,")
    assert frame.startswith("43/listener,2")  # the reserved ones were not even answered
    assert '"ok":true' in frame.replace(" ", "")
    after = presence(house, "leo")
    assert (after.ready, after.paused) == (before.ready, before.paused) == (True, False)
    assert after.lease_until >= before.lease_until
    wire.close()


def presence(house: House, name: str):
    with house.store.reading() as tx:
        return people.presence(tx, house.person_id(name), clock.now())


def test_who_says_disconnect_is_no_less_bound_by_a_revoked_pass(house, hired):
    name = hired(Role.LISTENER)
    token = json.dumps({"token": house.token(name)})
    wire = raw(house, f"40/listener,{token}")
    answer_to(wire, "40/listener,")
    wire.send('42/listener,["disconnect"]')

    entering.sign_out_everywhere(house.store, house.person_id(name), now=clock.now())

    assert answer_to(wire, "41/listener")
    wire.close()


def test_a_visitor_who_says_disconnect_is_still_there(house):
    wire = raw(house, "40/visitor,")
    answer_to(wire, "40/visitor,")
    wire.send(f'42/visitor,1["open",{{"client_id":"{client_id()}","text":"hello"}}]')
    opened = json.loads(answer_to(wire, "43/visitor,1").removeprefix("43/visitor,1"))[0]
    wire.send('42/visitor,["disconnect"]')
    wire.send(f'42/visitor,2["say",{{"client_id":"{client_id()}","text":"still here"}}]')

    said = json.loads(answer_to(wire, "43/visitor,2").removeprefix("43/visitor,2"))[0]

    assert said["ok"]
    with house.store.reading() as tx:
        chat = tx.session.get(Chat, opened["chat"]["id"])
        assert chat.visitor_here
    wire.close()


# -- what tells nothing -----------------------------------------------------------------------

ABOUT_A_CHAT = {
    "say": {"client_id": "a-client-id", "text": "hi"},
    "resume": {"after": 0},
    "typing": {},
    "send_resource": {"resource": "ie-112", "client_id": "a-client-id"},
    "assess": {"level": "high", "reason": "a plan"},
    "missed": {"seq": 1},
    "note": {"text": "facts"},
    "ask_help": {},
    "step_out": {},
    "hand_off": {"to": {"kind": "queue"}, "note": "please"},
    "close": {"outcome": "other", "anyway": "a reason"},
    "reopen": {},
}


def test_a_foreign_chat_and_an_unknown_one_are_refused_alike(house, hired):
    visitor = house.visitor()
    theirs = visitor.ask("open", client_id=client_id(), text="hello")["chat"]["id"]
    unknown = client_id()[: len(theirs)]
    lin = house.staff("lin")

    for event, payload in ABOUT_A_CHAT.items():
        foreign = lin.ask(event, payload | {"chat": theirs})
        nowhere = lin.ask(event, payload | {"chat": unknown})

        assert foreign["error"]["code"] == "not_found", event
        assert json.dumps(foreign) == json.dumps(nowhere), event
    visitor.close()
    lin.close()


def test_somebody_elses_offer_and_an_unknown_one_are_refused_alike(house):
    visitor, lin, now = house.visitor(), house.staff("lin"), clock.now()
    chat = visitor.ask("open", client_id=client_id(), text="hello")["chat"]["id"]
    with house.store.transaction() as tx:
        expires = now + timedelta(minutes=1)
        offer = offers.add(tx, chat, house.person_id("eve"), now=now, expires_at=expires).id

    for event in ("accept", "decline"):
        foreign = lin.ask(event, offer=offer)
        nowhere = lin.ask(event, offer=client_id()[: len(offer)])
        assert foreign["error"]["code"] == "not_found"
        assert json.dumps(foreign) == json.dumps(nowhere)

    visitor.close()
    lin.close()


def test_a_void_token_and_an_unknown_one_are_refused_alike(house):
    visitor = house.visitor()
    void = visitor.ask("open", client_id=client_id(), text="hello")["token"]
    assert visitor.ask("leave", quick=True)["ok"]
    visitor.close()
    other = house.visitor()

    foreign, nowhere = (other.ask("resume", token=each) for each in (void, "x" * len(void)))

    assert foreign["error"]["code"] == "unknown_token"
    assert json.dumps(foreign) == json.dumps(nowhere)
    other.close()
