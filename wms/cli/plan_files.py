"""Where a solution is written: checked before the search, and written whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from wms.cli.output import Refusal


def target_of(output: str, instance: str) -> Path:
    """The file to write, links followed. Raises `Refusal` for a place where none can be."""
    target = Path(os.path.realpath(output))
    if target.exists() and not target.is_file():
        raise Refusal(f"{output} is no file: name one that the solution can be written to", 2)
    if not target.parent.is_dir():
        raise Refusal(f"{output}: there is no folder {target.parent}", 2)
    if not os.access(target.parent, os.W_OK):
        raise Refusal(f"{output}: nothing may be written in {target.parent}")
    if target == Path(os.path.realpath(instance)):
        raise Refusal(f"{output} is the instance itself: name another file for the solution", 2)
    return target


def write(target: Path, document: dict[str, Any]) -> None:
    """A file that is there already stays as it was until the new one is on the disk. Raises `Refusal`."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        try:
            with part.open("x", encoding="utf-8") as file:
                json.dump(document, file, separators=(",", ":"))
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise Refusal(f"{target} can't be written: {error.strerror}. A file there before is as it was") from error
