"""Serves helplines, each in a new process that finds all packs read.

A line on stdin names the environment of the next and the files it prints to. What is killed is a
whole server, with its connections, locks and buffers; what is spared is only the reading of modules
and packs, so that a test can kill many, and many tests can have one of their own. That modules and
packs are read too is asked of `python app.py` itself (`test_app.py`).
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import app
from helpline import runtime
from tests.promises import planted

DIES_WITH_ITS_PARENT = 1  # PR_SET_PDEATHSIG


def main() -> None:
    runtime.prepare("eventlet")
    from helpline import bootstrap
    from helpline.domain import triage
    from helpline.store import packs

    read = packs.load_folder(bootstrap.LEXICON)
    triage.assess("ready?", read)
    packs.load_folder = lambda folder: read
    runtime.prepare = lambda mode: None  # type: ignore[assignment]
    gc.collect()
    gc.freeze()  # what was read stays in memory that all share
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for who was killed
    for line in sys.stdin:
        if os.fork() == 0:
            _serve(**json.loads(line))


def _serve(environ: dict[str, str], out: str, log: str) -> None:
    """The house of app.py, until it is killed."""
    from eventlet import hubs

    hubs.use_hub()  # a loop of its own: what one house waits for must not wake another
    ctypes.CDLL(None).prctl(DIES_WITH_ITS_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _put(0, os.devnull, os.O_RDONLY)
    _put(1, out, os.O_WRONLY | os.O_APPEND)
    _put(2, log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.environ.update(environ)  # and what `prepare` has set stays
    print(f"pid {os.getpid()}", flush=True)
    code: Any = 1
    try:
        if fault := environ.get("HELPLINE_PLANTED"):
            planted.FAULTS[fault]()
        app.main()
        code = 0
    except SystemExit as ended:
        if isinstance(ended.code, str):
            print(ended, file=sys.stderr)
        else:
            code = ended.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        print(f"ended {code}", flush=True)
        sys.stderr.flush()
        os._exit(code)


def _put(number: int, path: str, flags: int) -> None:
    opened = os.open(path, flags, 0o600)
    os.dup2(opened, number)
    os.close(opened)


if __name__ == "__main__":
    main()
