"""How functions are compiled: without the interpreter and its lock, kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba import extending

from wms.planning.compiled.cache import folder

F = TypeVar("F", bound=Callable[..., Any])

_place = folder()
if _place is not None:
    setattr(numba.config, "CACHE_DIR", str(_place))  # noqa: B010 - it is not declared


def jit(function: F) -> F:
    compile_: Any = numba.njit(cache=_place is not None, nogil=True, boundscheck=False, error_model="numpy")
    compiled: F = compile_(function)
    return compiled


def intrinsic(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of which the compiler is told its code in the compiler's own words."""
    made: Callable[..., Any] = extending.intrinsic(function)
    return made
