"""Files that a command reads."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wms.cli.output import Refusal

if TYPE_CHECKING:
    from wms.channels import Source


def read_files(named: Sequence[str]) -> list[tuple[str, bytes]]:
    """Name and content of the files, and of those that lie in the folders, hidden ones left out.

    A name is the last part of a path, unless two would be alike. Raises `Refusal` for what can't be read.
    """
    return [(name, content(path)) for name, path in _named(named)]


def sources(named: Sequence[str]) -> list[Source]:
    """The same, to be read piece by piece. Raises `Refusal` for what can't be opened."""
    from wms.intake.files import source_of

    found = []
    for name, path in _named(named):
        try:
            found.append(source_of(path, name))
        except OSError as error:
            raise Refusal(f"{path}: {(error.strerror or str(error)).lower()}") from error
    return found


def _named(named: Sequence[str]) -> list[tuple[str, Path]]:
    paths = list(dict.fromkeys(_files(named)))
    names = [path.name for path in paths]
    return [(path.name if names.count(path.name) == 1 else str(path), path) for path in paths]


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


def apart(output: Path, given: Path) -> None:
    """Raises `Refusal` where writing would destroy what was read, by another name too."""
    if os.path.realpath(output) == os.path.realpath(given) or (
        output.exists() and given.exists() and output.samefile(given)
    ):
        raise Refusal(f"{output} is the file that is read itself: name another one to write to", 2)
