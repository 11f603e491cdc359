"""Make the virtual environment that the helpline runs in: `python tools/environment.py .venv`.

Run it with the Python 3.11 that the environment should hold. An environment that already works
is left as it is.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HELP = """\
This Python can make no virtual environment: {python}
Install what it lacks, then try again. One of these is enough:
  Debian, Ubuntu   apt-get install python3.11-venv
  anywhere         python3.11 -m pip install virtualenv"""


def main(home: Path) -> int:
    if works(home):
        return 0
    if any(make(home) and works(home) for make in WAYS):
        return 0
    print(HELP.format(python=sys.executable), file=sys.stderr)
    return 1


def works(home: Path) -> bool:
    python = home / "bin" / "python"
    return (
        python.exists()
        and succeeds(python, "-c", "import sys; sys.exit(sys.version_info[:2] != (3, 11))")
        and succeeds(python, "-m", "pip", "--version")
    )


def by_venv(home: Path) -> bool:
    return succeeds(sys.executable, "-m", "venv", "--clear", home)


def by_virtualenv_module(home: Path) -> bool:
    return succeeds(sys.executable, "-m", "virtualenv", "--clear", home)


def by_virtualenv_command(home: Path) -> bool:
    command = shutil.which("virtualenv")
    return command is not None and succeeds(command, "--clear", "-p", sys.executable, home)


def by_the_pip_outside(home: Path) -> bool:
    """Debian parts ensurepip from Python; its own pip can still serve an environment without."""
    return succeeds(sys.executable, "-m", "venv", "--clear", "--without-pip", home) and succeeds(
        sys.executable, "-m", "pip", "--python", home / "bin" / "python", "install", "pip"
    )


WAYS = (by_venv, by_virtualenv_module, by_virtualenv_command, by_the_pip_outside)


def succeeds(*command: str | Path) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
