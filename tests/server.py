"""A real server in a process of its own: started, killed and started again by tests."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Self

import socketio

from tests.nest import ROOT, nest
from tests.week import on_sqlite

READY_WITHIN = 120  # seconds, on a machine that does much else
ANSWER_WITHIN = 15
GONE_WITHIN = 30
GOODBYE_WITHIN = 0.3


class Server:
    """The practice site on a free port, with a folder of its own. It rises from this process's
    nest, because reading modules and packs takes seconds."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.folder = folder
        self.log = folder / "server.log"
        self.environ = {
            **{key: value for key, value in os.environ.items() if not key.startswith("HELPLINE_")},
            "HELPLINE_DEMO": "1",
            "HELPLINE_PORT": "0",
            "HELPLINE_DATABASE_URL": f"sqlite:///{self.database}",
            "HELPLINE_KEY_DIR": str(folder / "keys"),
            "PYTHONUNBUFFERED": "1",
            **{f"HELPLINE_{key}": value for key, value in environ.items()},
        }
        self.sign_ins: dict[str, str] = {}
        self.url = ""
        self.pid = 0
        self._out = folder / "server.out"
        self._heard = 0

    @property
    def database(self) -> Path:
        return self.folder / "helpline.db"

    @property
    def printed(self) -> str:
        """All that it has printed, from its first start on."""
        return self._out.read_text() if self._out.exists() else ""

    def start(self) -> Self:
        """Starts it and waits for its ready line; after a kill it takes the same port again."""
        if self._would_seed():
            on_sqlite().copy(self.folder)
        self._launch()
        is_ready = False
        for line in self._lines():
            if line.startswith("helpline ready "):
                is_ready = True
                self.url = line.split()[-1]
                self.environ["HELPLINE_PORT"] = self.url.rsplit(":", 1)[1]
            if line.startswith("sign-in "):
                _, email, password = line.split()
                self.sign_ins[email] = password
            if is_ready and (len(self.sign_ins) == 4 or self.environ["HELPLINE_DEMO"] != "1"):
                return self
        raise AssertionError(f"the server did not start:\n{self.log.read_text()}")

    def _would_seed(self) -> bool:
        ours = self.environ["HELPLINE_DATABASE_URL"] == f"sqlite:///{self.database}"
        return ours and self.environ["HELPLINE_DEMO"] == "1" and not self.database.exists()

    def kill(self) -> None:
        """No goodbye: as when the power goes."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """A polite end; its exit code."""
        return self._end(signal.SIGTERM)

    def token(self, name: str) -> str:
        """A staff token, as an operator would make one."""
        return self.flask("people", "token", f"{name}@example.org").strip()

    def flask(self, *words: str) -> str:
        environ = {**self.environ, "FLASK_APP": str(ROOT / "app.py")}
        ran = subprocess.run(
            [sys.executable, "-m", "flask", *words],
            cwd=ROOT,
            env=environ,
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout

    def _launch(self) -> None:
        self._out.touch()
        self._heard = len(self.printed.split("\n")) - 1
        nest().rise(self.environ, self._out, self.log)

    def _lines(self) -> Iterator[str]:
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until:
            lines = self.printed.split("\n")[self._heard : -1]
            self._heard += len(lines)
            for line in lines:
                if line.startswith("pid "):
                    self.pid = int(line.split()[1])
                if line.startswith("ended "):
                    return
                yield line
            time.sleep(0.01)

    def _end(self, how: signal.Signals) -> int:
        ended, self.pid = self.pid, 0
        if not ended:
            return 0
        with contextlib.suppress(ProcessLookupError):
            os.kill(ended, how)
        until = time.monotonic() + GONE_WITHIN
        while Path(f"/proc/{ended}").exists():
            assert time.monotonic() < until, "it is still there"
            time.sleep(0.005)
        last = self.printed.split("\n")[-2]
        return int(last.split()[1]) if last.startswith("ended ") else -how


class Program(Server):
    """`python app.py` as an operator starts it, in a process that has read nothing before."""

    _process: subprocess.Popen[str] | None = None

    def _launch(self) -> None:
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(ROOT / "app.py")],
                cwd=ROOT,
                env=self.environ,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def _lines(self) -> Iterator[str]:
        assert self._process is not None
        assert self._process.stdout is not None
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until:
            line = self._process.stdout.readline()
            if not line:
                return
            yield line.strip()

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(how)
        code = self._process.wait(timeout=GONE_WITHIN)
        if self._process.stdout:
            self._process.stdout.close()
        self._process = None
        return code


class Client:
    """One connection of the official Python client, and everything it heard."""

    def __init__(self, server: Server, namespace: str, auth: Any = None, **headers: str) -> None:
        self.namespace = namespace
        self.heard: list[tuple[str, Any]] = []
        self.io = socketio.Client(reconnection=False, logger=False, engineio_logger=False)
        self.io.on("*", self._hear, namespace=namespace)
        self.io.connect(
            server.url,
            namespaces=[namespace],
            auth=auth,
            headers=headers,
            transports=["websocket"],
            wait_timeout=ANSWER_WITHIN,
        )

    def _hear(self, event: str, *data: Any) -> Any:
        self.heard.append((event, data[0] if data else None))
        return {} if event == "beat" else None

    def ask(self, event: str, payload: Any = None, **fields: Any) -> dict[str, Any]:
        """Says something and gives the ack."""
        said = fields if payload is None else payload
        answer: dict[str, Any] = self.io.call(
            event, said, namespace=self.namespace, timeout=ANSWER_WITHIN
        )
        return answer

    def wait_for(self, event: str, test: Any = lambda data: True, within: float = 10) -> Any:
        """The first thing of that kind heard, now or soon, that passes the test."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            for kind, data in list(self.heard):
                if kind == event and test(data):
                    return data
            time.sleep(0.02)
        raise AssertionError(f"no {event} among {[kind for kind, _ in self.heard]}")

    def close(self) -> None:
        """Not every server answers a goodbye; we do not wait for it for long."""
        ws = self.io.eio.ws
        if ws is not None:
            ws.close = partial(ws.close, timeout=GOODBYE_WITHIN)
        self.io.disconnect()


def staff(server: Server, name: str, namespace: str = "/listener") -> Client:
    return Client(server, namespace, {"token": server.token(name)})


def visitor(server: Server) -> Client:
    return Client(server, "/visitor")
