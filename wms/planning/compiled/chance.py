"""Chance for compiled code: xorshift64* (Marsaglia 2003, doi 10.18637/jss.v008.i14; Vigna 2016, doi 10.1145/2845077).

Each thread has a state of its own, one word in an array; the same state gives the same numbers anywhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wms.planning.compiled.jit import jit
from wms.planning.compiled.world import Words


@jit
def _next(chance: Words) -> Any:
    word = chance[0]
    word ^= word >> np.uint64(12)
    word ^= word << np.uint64(25)
    word ^= word >> np.uint64(27)
    chance[0] = word
    return word * np.uint64(2685821657736338717)


@jit
def below(chance: Words, most: int) -> int:
    """A whole number from 0 to `most` - 1."""
    drawn: int = int((_next(chance) >> np.uint64(33)) % np.uint64(most))
    return drawn


@jit
def share(chance: Words) -> float:
    """A number from 0 to 1, without 1."""
    return np.float64(_next(chance) >> np.uint64(11)) / 9007199254740992.0
