"""Where compiled code is kept: it is made once for each machine and version, which takes some twenty seconds."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from functools import cache
from importlib import metadata
from pathlib import Path

from platformdirs import user_cache_path

_SOURCES = Path(__file__).parent


@cache
def folder() -> Path | None:
    """A folder of this version's own, since the compiler looks for changes in one file at a time and these files are
    compiled into each other; None where nothing can be kept. `NUMBA_CACHE_DIR` names another place for it."""
    given = os.environ.get("NUMBA_CACHE_DIR")
    owner = str(os.getuid()) if hasattr(os, "getuid") else "user"
    places = [Path(given)] if given else [user_cache_path("wms") / "planner"]
    for place in [*places, Path(tempfile.gettempdir()) / f"wms-planner-{owner}"]:
        found = place / _version()
        try:
            found.mkdir(parents=True, exist_ok=True, mode=0o700)
            if os.access(found, os.W_OK) and _is_own(found) and _is_safe(place):
                return found
        except OSError:
            continue
    return None


def _version() -> str:
    """A name for all that the compiler looks at before it takes what is there: its own version, Python's, and of each
    source what it says, where it lies and when it was written."""
    whole = hashlib.sha256(f"{sys.implementation.cache_tag} {_compiler()}".encode())
    for path in sorted(_SOURCES.glob("*.py")):
        whole.update(f"{path} {path.stat().st_mtime_ns}".encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def _compiler() -> str:
    try:
        return metadata.version("numba")
    except metadata.PackageNotFoundError:
        return ""


def _is_own(place: Path) -> bool:
    """What lies there is loaded as code: it must be nobody else's."""
    return not hasattr(os, "getuid") or place.lstat().st_uid == os.getuid()


def _is_safe(place: Path) -> bool:
    """Whether nobody else can put another folder in the place of ours: neither the owner of what it lies in, unless
    that is the machine's, nor anybody who may write there."""
    if not hasattr(os, "getuid"):
        return True
    owners = {found.st_uid for found in (place.stat(), place.lstat())}
    mode = place.stat().st_mode
    return owners <= {0, os.getuid()} and not (mode & stat.S_IWOTH and not mode & stat.S_ISVTX)


def is_warm() -> bool:
    """Whether the compiled code is there already; if not, the next plan waits for it."""
    place = folder()
    return place is not None and any(place.rglob("search.improve*.nbc"))
