"""Files of a disk as sources of an import."""

from __future__ import annotations

from pathlib import Path

from wms.channels import Source


def source_of(path: Path, name: str = "") -> Source:
    """Read piece by piece when it is asked for, under its own name unless another is given. Raises `OSError`."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
    return Source(name or path.name, size, lambda: path.open("rb"))
