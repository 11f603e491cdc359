"""Find a Chromium for the browser tests, or fetch one, and keep its path in .setup/chromium.

HELPLINE_TEST_CHROMIUM comes first, then an installed browser, then Playwright's own download,
then, for root on Debian and its kin, the package `chromium`. Prints the path.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FOUND = Path(__file__).resolve().parent.parent / ".setup" / "chromium"
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"

HELP = """\
No Chromium was found, and none could be installed: the browser tests will fail.
One of these is enough:
  Debian           apt-get install chromium
  anywhere         .venv/bin/python -m playwright install --with-deps chromium
  your own         HELPLINE_TEST_CHROMIUM=/path/to/chromium make test"""
CHOSEN_DOES_NOT_START = "HELPLINE_TEST_CHROMIUM names a browser that does not start: {path}"


def main() -> int:
    wish = os.environ.get("HELPLINE_TEST_CHROMIUM")
    chosen = shutil.which(wish) if wish else None
    if wish and not (chosen and starts(chosen)):
        return give_up(CHOSEN_DOES_NOT_START.format(path=wish))

    path = chosen or kept() or next(filter(starts, candidates()), None)
    if path is None:
        return give_up(HELP)
    FOUND.parent.mkdir(exist_ok=True)
    FOUND.write_text(f"{path}\n", encoding="utf-8")
    print(path)
    return 0


def give_up(words: str) -> int:
    FOUND.unlink(missing_ok=True)
    print(words, file=sys.stderr)
    return 1


def kept() -> str | None:
    if not FOUND.exists():
        return None
    path = FOUND.read_text(encoding="utf-8").strip()
    return path if os.access(path, os.X_OK) else None


def candidates() -> Iterator[str]:
    """One path after the other; the later ones are fetched only when they are asked for."""
    yield from installed()
    own = playwrights_own()
    if own:
        yield own
        if not os.path.exists(own):
            say("Chromium by Playwright")
            runs(sys.executable, "-m", "playwright", "install", "--no-shell", "chromium")
            yield own
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Chromium by apt-get")
        install_by_apt()
        yield from installed()


def installed() -> Iterator[str]:
    yield from filter(None, map(shutil.which, COMMANDS))
    yield MAC


def playwrights_own() -> str | None:
    """Where this Playwright keeps the Chromium that it downloads, there or not."""
    ask = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
    )
    answer = subprocess.run(
        (sys.executable, "-c", ask), capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or None


def install_by_apt() -> None:
    apt = ("apt-get", "--quiet", "--option=DPkg::Lock::Timeout=300")
    runs(*apt, "update")
    runs(*apt, "install", "--yes", "--no-install-recommends", "chromium")


def starts(path: str) -> bool:
    """Ubuntu's `chromium` may be a stub, and a download may lack system libraries: try it."""
    return os.access(path, os.X_OK) and runs(path, "--version", within=60)


def runs(*command: str, within: float = 900) -> bool:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=within,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def say(what: str) -> None:
    print(f"Setting up: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
