"""The seam to the server underneath: the only module that names eventlet.

Two implementations of one small set of verbs: eventlet, and plain threads. `prepare` chooses,
before anything else is imported; a process that never calls it (tests, `flask` commands) runs
on threads.
"""

from __future__ import annotations

import os
import queue as _queue
import signal
import socket
import threading
import warnings
from collections.abc import Callable
from typing import Any, Protocol

MAX_CONNECTIONS = 20_000
SOCKET_TIMEOUT = 15  # seconds until a half-open request is dropped
BACKLOG = 2_048
KDF_WORKERS = 2


class Event(Protocol):
    def set(self) -> None: ...
    def wait(self, timeout: float | None = None) -> bool: ...


class Queue(Protocol):
    def put(self, thing: Any) -> None: ...
    def get(self, block: bool = True, timeout: float | None = None) -> Any: ...
    def get_nowait(self) -> Any: ...


Empty = _queue.Empty


class _Threads:
    """`threading`: the second implementation, and the one of tests and commands."""

    mode = "threading"

    def spawn(self, work: Callable[..., Any], *args: Any) -> None:
        threading.Thread(target=work, args=args, daemon=True).start()

    def sleep(self, seconds: float) -> None:
        threading.Event().wait(seconds)

    def queue(self) -> Queue:
        return _queue.Queue()

    def event(self) -> Event:
        return threading.Event()

    def offload(self, work: Callable[..., Any], *args: Any) -> Any:
        return work(*args)

    def listen(self, host: str, port: int) -> socket.socket:
        return socket.create_server((host, port), backlog=BACKLOG)

    def serve(self, listener: socket.socket, app: Any, drain: Callable[[], None]) -> None:
        from werkzeug.serving import WSGIRequestHandler, make_server

        class Quiet(WSGIRequestHandler):
            def log(self, type: str, message: str, *args: Any) -> None:
                """Requests are not logged: an address is nobody's business."""

        host, port = listener.getsockname()[:2]
        server = make_server(
            host, port, app, threaded=True, request_handler=Quiet, fd=listener.fileno()
        )

        def end() -> None:
            drain()
            server.shutdown()

        def stop(*_: Any) -> None:
            threading.Thread(target=end, daemon=True).start()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        server.serve_forever()


class _Eventlet:
    """eventlet: one real thread, with every blocking call patched to yield."""

    mode = "eventlet"

    def __init__(self) -> None:
        # psycopg's own wait function would block the hub; this one is cooperative.
        os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_select")
        warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
        os.environ.setdefault("EVENTLET_THREADPOOL_SIZE", str(KDF_WORKERS))
        import eventlet
        import eventlet.tpool

        eventlet.monkey_patch()
        self._eventlet = eventlet
        _unmask_quickly()

    def spawn(self, work: Callable[..., Any], *args: Any) -> None:
        self._eventlet.spawn(work, *args)

    def sleep(self, seconds: float) -> None:
        self._eventlet.sleep(seconds)

    def queue(self) -> Queue:
        made: Queue = self._eventlet.queue.LightQueue()
        return made

    def event(self) -> Event:
        return threading.Event()  # patched

    def offload(self, work: Callable[..., Any], *args: Any) -> Any:
        return self._eventlet.tpool.execute(work, *args)

    def listen(self, host: str, port: int) -> Any:
        return self._eventlet.listen((host, port), backlog=BACKLOG)

    def serve(self, listener: Any, app: Any, drain: Callable[[], None]) -> None:
        """Serves until SIGTERM or SIGINT, then drains.

        The wake-up pipe makes the signal reach an idle hub at once; a plain handler would
        wait for the next traffic.
        """
        import eventlet.hubs
        import eventlet.wsgi

        read, write = os.pipe()
        os.set_blocking(read, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, lambda *_: None)
        signal.signal(signal.SIGINT, lambda *_: None)
        server = self._eventlet.spawn(
            eventlet.wsgi.server,
            listener,
            app,
            max_size=MAX_CONNECTIONS,
            socket_timeout=SOCKET_TIMEOUT,
            debug=False,
            log_output=False,
        )

        def stop() -> None:
            eventlet.hubs.trampoline(read, read=True)
            listener.close()
            drain()
            server.kill()

        self._eventlet.spawn(stop)
        try:
            server.wait()
        except BaseException as ended:  # greenlet.GreenletExit: the drain is over
            if type(ended).__name__ != "GreenletExit":
                raise


_runtime: _Threads | _Eventlet = _Threads()


def prepare(mode: str) -> None:
    """Chooses the server underneath. To be called before any other import of the project."""
    global _runtime
    _runtime = _Eventlet() if mode == "eventlet" else _Threads()


def mode() -> str:
    return _runtime.mode


def spawn(work: Callable[..., Any], *args: Any) -> None:
    _runtime.spawn(work, *args)


def sleep(seconds: float) -> None:
    _runtime.sleep(seconds)


def queue() -> Queue:
    return _runtime.queue()


def event() -> Event:
    return _runtime.event()


def offload(work: Callable[..., Any], *args: Any) -> Any:
    """Runs blocking work where it cannot stop everybody else."""
    return _runtime.offload(work, *args)


def listen(host: str, port: int) -> Any:
    return _runtime.listen(host, port)


def serve(listener: Any, app: Any, drain: Callable[[], None]) -> None:
    _runtime.serve(listener, app, drain)


def _unmask_quickly() -> None:
    """eventlet unmasks frames byte by byte; one xor of two big integers is 100x cheaper."""
    from eventlet.websocket import RFC6455WebSocket

    def apply_mask(data: bytes, mask: Any, length: int | None = None, offset: int = 0) -> bytes:
        data = data if length is None else data[:length]
        size = len(data)
        turned = bytes(mask[offset % 4 :]) + bytes(mask[: offset % 4])
        key = (turned * (size // 4 + 1))[:size]
        return (int.from_bytes(data, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")

    RFC6455WebSocket._apply_mask = staticmethod(apply_mask)
