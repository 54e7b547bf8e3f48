"""Merchants' formats, one module each, with a `FORMAT`. A new module here is found by itself."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from wms.channels.format import Format


@functools.cache
def all_formats() -> tuple[Format, ...]:
    """By name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}").FORMAT for name in names)
