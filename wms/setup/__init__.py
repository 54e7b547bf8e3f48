"""Setup: one's own warehouse from CSV files: what they say anew becomes events, and every row has an outcome."""

from wms.setup.opening import openings
from wms.setup.outcome import Result, RowOutcome, SetupImport
from wms.setup.reading import read, read_many
from wms.setup.rotation import is_named, rotated
from wms.setup.templates import templates

__all__ = [
    "Result",
    "RowOutcome",
    "SetupImport",
    "is_named",
    "openings",
    "read",
    "read_many",
    "rotated",
    "templates",
]
