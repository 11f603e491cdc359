"""The seam to the server underneath: the only module that names eventlet.

Two implementations of one small set of verbs: eventlet, and plain threads. `prepare` chooses,
before anything else is imported; a process that never calls it (tests, `flask` commands) runs
on threads.
"""

from __future__ import annotations

import functools
import io
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
SERVER = "helpline"  # and nothing about versions
ENDS_WITHIN = 5  # seconds that a request under way may still take after the goodbye
KEY_LENGTH = 24  # of a WebSocket handshake: 16 bytes in base64
MESSAGE_AT_MOST = 64 * 1024  # bytes on a WebSocket, in however many frames
KDF_WORKERS = 2


class Event(Protocol):
    def set(self) -> None: ...
    def wait(self, timeout: float | None = None) -> bool: ...


class Queue(Protocol):
    def put(self, thing: Any) -> None: ...
    def get(self, block: bool = True, timeout: float | None = None) -> Any: ...
    def get_nowait(self) -> Any: ...
    def qsize(self) -> int: ...


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

    def serve(
        self,
        listener: socket.socket,
        app: Any,
        drain: Callable[[], None],
        ready: Callable[[], None],
    ) -> None:
        from werkzeug.serving import WSGIRequestHandler, make_server

        class Quiet(WSGIRequestHandler):
            def log(self, type: str, message: str, *args: Any) -> None:
                """Requests are not logged: an address is nobody's business."""

            def version_string(self) -> str:
                return SERVER

        _limit_whole_messages_of_threads()
        host, port = listener.getsockname()[:2]
        server = make_server(
            host,
            port,
            _plain_websockets(app),
            threaded=True,
            request_handler=Quiet,
            fd=listener.fileno(),
        )

        def end() -> None:
            drain()
            server.shutdown()

        def stop(*_: Any) -> None:
            threading.Thread(target=end, daemon=True).start()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        ready()
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
        _limit_whole_messages()

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

    def serve(
        self, listener: Any, app: Any, drain: Callable[[], None], ready: Callable[[], None]
    ) -> None:
        """Serves until SIGTERM or SIGINT, then drains.

        The wake-up pipe makes the signal reach an idle hub at once; a plain handler would
        wait for the next traffic.
        """
        import eventlet.hubs
        import eventlet.wsgi

        class Quiet(eventlet.wsgi.HttpProtocol):
            def log_message(self, *_: Any) -> None:
                """Not even what could not be read as a request: the line would name an address."""

            def version_string(self) -> str:
                return SERVER

        read, write = os.pipe()
        os.set_blocking(read, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, lambda *_: None)
        signal.signal(signal.SIGINT, lambda *_: None)
        server = self._eventlet.spawn(
            eventlet.wsgi.server,
            listener,
            _plain_websockets(app),
            max_size=MAX_CONNECTIONS,
            socket_timeout=SOCKET_TIMEOUT,
            protocol=Quiet,
            debug=False,
            log_output=False,
        )

        def stop() -> None:
            eventlet.hubs.trampoline(read, read=True)
            listener.close()
            drain()
            server.kill()  # it waits for the requests under way; a half-open one never ends
            self._eventlet.sleep(ENDS_WITHIN)
            eventlet.hubs.get_hub().schedule_call_global(0, waiting.throw)

        waiting = self._eventlet.getcurrent()
        self._eventlet.spawn(stop)
        ready()
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


def serve(listener: Any, app: Any, drain: Callable[[], None], ready: Callable[[], None]) -> None:
    """Serves until told to end. `ready` is called once requests and signals are heeded."""
    _runtime.serve(listener, app, drain, ready)


class _Nobody(io.TextIOBase):
    """Where the libraries' own words about a connection go: they would name its address."""

    def write(self, text: str) -> int:
        return len(text)


def _plain_websockets(app: Any) -> Any:
    """WebSockets of the one version that is in use, without compression: it would cost more
    memory than the connection itself. A handshake that is none is refused here: the libraries
    would keep a ghost of it."""

    def guarded(environ: dict[str, Any], start_response: Any) -> Any:
        if "HTTP_UPGRADE" in environ:
            if not _is_handshake(environ):
                start_response("400 Bad Request", [("Content-Length", "0")])
                return [b""]
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
            environ["wsgi.errors"] = _Nobody()
        return app(environ, start_response)

    return guarded


def _is_handshake(environ: dict[str, Any]) -> bool:
    wishes = [each.strip() for each in environ.get("HTTP_CONNECTION", "").lower().split(",")]
    return (
        environ["REQUEST_METHOD"] == "GET"
        and environ["HTTP_UPGRADE"].lower() == "websocket"
        and "upgrade" in wishes
        and environ.get("HTTP_SEC_WEBSOCKET_VERSION") == "13"
        and len(environ.get("HTTP_SEC_WEBSOCKET_KEY", "")) == KEY_LENGTH
    )


def _limit_whole_messages() -> None:
    """eventlet limits each frame; here the frames of one message together keep that limit."""
    from eventlet.websocket import FailedConnectionError, RFC6455WebSocket

    class Message(RFC6455WebSocket.Message):
        size = 0

        def push(self, data: bytes, final: bool = False) -> None:
            self.size += len(data)
            if self.size > self.max_frame_length:
                raise FailedConnectionError(1009, "This message is too long.")
            super().push(data, final)

    RFC6455WebSocket.Message = Message


def _limit_whole_messages_of_threads() -> None:
    """The same for the second implementation, which knows no limit of its own."""
    from engineio.async_drivers import threading as driver
    from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI

    limited = functools.partial(SimpleWebSocketWSGI, max_message_size=MESSAGE_AT_MOST)
    driver._async["websocket"] = limited


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
