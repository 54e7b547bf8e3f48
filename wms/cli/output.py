"""What commands print, and how they refuse."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from wms.config import BadConfig, Config, data_folder, load

if TYPE_CHECKING:
    from argparse import Namespace

    from wms.store import Store


class Refusal(Exception):
    """The work can't be done; the text says why and what to do. `code` 1 for refused work, 2 for wrong usage."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def configured(options: Namespace) -> Config:
    """The settings of the data directory that the options name. Raises `Refusal` for a broken file."""
    try:
        return load(data_folder(options.data))
    except BadConfig as error:
        raise Refusal(str(error), 2) from error


@contextmanager
def opened(options: Namespace) -> Iterator[Store]:
    """The store of the data directory, closed afterwards. Raises `Refusal` when it can't be opened."""
    from wms.store import Store, StoreUnwritable
    from wms.store.database import DatabaseError
    from wms.workflows import handlers  # noqa: F401 - registers the handlers

    folder = data_folder(options.data)
    try:
        store = Store(folder)
    except (OSError, DatabaseError, StoreUnwritable) as error:
        raise Refusal(
            f"the data in {folder} can't be opened: {error}. Check the disk and who owns the folder"
        ) from error
    try:
        yield store
    except StoreUnwritable as error:
        raise Refusal(f"nothing was saved: {error}. Free some space on the disk of {folder}") from error
    finally:
        store.close()


def emit(options: Namespace, document: Any, text: Callable[[], str]) -> None:
    """The document as JSON with `--json`, else the text for people."""
    if options.json:
        json.dump(document, sys.stdout, ensure_ascii=False, indent=None)
        print()
    else:
        print(text())


def table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """Columns as wide as their widest cell (two cells for a Chinese character), for people."""
    from wcwidth import wcswidth

    cells = [head, *(tuple(str(cell) for cell in row) for row in rows)]
    widths = [max(max(wcswidth(row[i]), 0) for row in cells) for i in range(len(head))]
    lines = [
        "  ".join(
            cell + " " * (width - max(wcswidth(cell), 0)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    ]
    return "\n".join(lines)
