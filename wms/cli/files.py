"""Files that a command reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from wms.cli.output import Refusal


def read_files(named: Sequence[str]) -> list[tuple[str, bytes]]:
    """Name and content of the files, and of those that lie in the folders, hidden ones left out.

    A name is the last part of a path, unless two would be alike. Raises `Refusal` for what can't be read.
    """
    paths = list(dict.fromkeys(_files(named)))
    names = [path.name for path in paths]
    return [(path.name if names.count(path.name) == 1 else str(path), content(path)) for path in paths]


def _files(named: Sequence[str]) -> Iterator[Path]:
    for name in named:
        path = Path(name)
        if not path.is_dir():
            yield path
            continue
        inside = sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
        if not inside:
            raise Refusal(f"{name}: there is no file in this folder")
        yield from inside


def content(path: Path) -> bytes:
    """Raises `Refusal`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refusal(f"{path}: {(error.strerror or str(error)).lower()}") from error
