"""How functions are compiled: without the interpreter and its lock, kept on disk."""

from __future__ import annotations

from typing import Any

import numba

from wms.planning.compiled.cache import folder

_place = folder()
if _place is not None:
    numba.config.CACHE_DIR = str(_place)  # type: ignore[attr-defined]

jit: Any = numba.njit(cache=_place is not None, nogil=True, boundscheck=False, error_model="numpy")
