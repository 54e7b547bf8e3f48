"""Where compiled code is kept: it is made once for each machine and version, which takes some twenty seconds."""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path

from platformdirs import user_cache_path


@cache
def folder() -> Path | None:
    """A folder of this version's own, since the compiler looks for changes in one file at a time and these files are
    compiled into each other; None where nothing can be kept. `NUMBA_CACHE_DIR` names another place for it."""
    sources = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    name = hashlib.sha256(sources).hexdigest()[:16]
    given = os.environ.get("NUMBA_CACHE_DIR")
    owner = str(os.getuid()) if hasattr(os, "getuid") else "user"
    places = [Path(given)] if given else [user_cache_path("wms") / "planner"]
    for place in [*places, Path(tempfile.gettempdir()) / f"wms-planner-{owner}"]:
        try:
            (place / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            continue
        if os.access(place / name, os.W_OK) and _is_own(place / name):
            return place / name
    return None


def _is_own(place: Path) -> bool:
    """What lies there is loaded as code: it must be nobody else's."""
    return not hasattr(os, "getuid") or place.stat().st_uid == os.getuid()


def is_warm() -> bool:
    """Whether the compiled code is there already; if not, the next plan waits for it."""
    place = folder()
    return place is not None and any(place.rglob("search.improve*.nbc"))
