"""`wms orders template`: our own format, to be filled in."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from wms.cli.output import Refusal, emit
from wms.cli.parsing import command

TEMPLATE = """\
  {"written": ["orders.csv"]}

The file shows every column with example orders. Give it the ending .json for the same as JSON."""


def add(orders: Any) -> None:
    writing = command(orders, "template", "an example of our own format, with every column", write, TEMPLATE)
    writing.add_argument(
        "file", nargs="?", metavar="FILE", help="orders.csv or orders.json, not there yet; left out: to the screen"
    )


def write(options: Namespace) -> int:
    from wms.channels.template import template_csv, template_json

    if options.file is None:
        emit(options, {"written": [], "template": template_csv()}, template_csv)
        return 0
    path = Path(options.file)
    is_json = path.suffix.casefold() == ".json"
    text = template_json() if is_json else template_csv()
    try:
        with path.open("x", encoding="utf-8" if is_json else "utf-8-sig", newline="") as file:
            file.write(text)
    except FileExistsError as error:
        raise Refusal(f"{path} is there already: name another file") from error
    except OSError as error:
        raise Refusal(f"{path}: {(error.strerror or str(error)).lower()}") from error
    emit(options, {"written": [str(path)]}, lambda: f"{path}: fill it in, then wms orders import {path}")
    return 0
