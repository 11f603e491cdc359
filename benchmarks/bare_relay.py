"""What ours is measured against: a stock Flask-SocketIO relay that keeps nothing."""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()

from typing import Any  # noqa: E402

from eventlet import wsgi  # noqa: E402
from flask import Flask  # noqa: E402
from flask_socketio import SocketIO, emit, join_room  # noqa: E402

ROOM_FOR = 20_000  # connections; the stock 1,024 would hang the others


def serve() -> None:
    app = Flask("relay")
    sio = SocketIO(app, async_mode="eventlet")

    @sio.on("join")
    def join(payload: dict[str, Any]) -> dict[str, Any]:
        join_room(payload["room"])
        return {"ok": True}

    @sio.on("say")
    def say(payload: dict[str, Any]) -> dict[str, Any]:
        emit("message", payload, to=payload["room"], include_self=False)
        return {"ok": True}

    listener = eventlet.listen(("127.0.0.1", 0), backlog=2_048)
    print(f"helpline ready http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    wsgi.server(listener, app, max_size=ROOM_FOR, log_output=False)


if __name__ == "__main__":
    serve()
