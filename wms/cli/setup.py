"""`wms setup`: one's own warehouse from CSV files."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, emit, opened, table
from wms.cli.parsing import command, group, language_flag

if TYPE_CHECKING:
    from wms.setup import SetupImport

TEMPLATE = """\
  {"written": ["DIR/site.csv", "DIR/categories.csv"]}"""
IMPORT = """\
  {"dry_run": false, "counts": {"new": 3, "changed": 1, "same": 0, "refused": 1},
   "rows": [{"file": "items.csv", "row": 7, "key": "TEA-01", "result": "refused",
             "reasons": ["unknown:category:food"], "says": "category: there is no food"}]}

Each row stands there once; row 0 is the whole file. Exit code 1 if a row was refused: the others were taken."""


def add(top: ArgumentParser, commands: Any) -> None:
    setup = group(commands, "setup", "items, places, people, carriers and opening stock from CSV files")
    template = command(setup, "template", "write blank files that explain themselves", write_templates, TEMPLATE)
    template.add_argument("folder", metavar="DIR")
    files = command(setup, "import", "take in what the files say; saying it again changes nothing", take_in, IMPORT)
    files.add_argument("files", nargs="+", metavar="FILE_OR_FOLDER", help="in any order")
    files.add_argument("--dry-run", action="store_true", help="say what would become of it, record nothing")
    language_flag(files)


def write_templates(options: Namespace) -> int:
    from pathlib import Path

    from wms.setup import templates

    folder, blank = Path(options.folder), templates()
    there = [name for name in blank if (folder / name).exists()]
    if there:
        raise Refusal(f"{folder / there[0]} is there already and is not overwritten: choose another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in blank.items():
            # spreadsheets take UTF-8 for what it is only with a byte order mark
            (folder / name).write_text(text, encoding="utf-8-sig", newline="")
    except OSError as error:
        raise Refusal(f"{folder}: {(error.strerror or str(error)).lower()}") from error
    written = [str(folder / name) for name in blank]
    emit(
        options,
        {"written": written},
        lambda: "\n".join([*written, "", f"Fill them in, then: wms setup import {folder}"]),
    )
    return 0


def take_in(options: Namespace) -> int:
    from wms.cli.acting import operator
    from wms.cli.files import read_files
    from wms.setup import openings, read_many
    from wms.store import journal
    from wms.store.peppers import ring_of

    files = read_files(options.files)
    with opened(options, make=True) as store:
        events = (fact.body for fact in journal.replay(store.rows.connection))
        ring = ring_of(store.folder)  # a member's pepper comes from its hub; alone, or as the hub, one draws it
        peppers = ring.for_hashing() if store.decides and not options.dry_run else ring.peppers()
        imported = read_many(files, store.rows, opened=openings(events), peppers=peppers)
        if imported.events and not options.dry_run:
            store.record(imported.events, operator())
    return _tell(options, imported)


def _tell(options: Namespace, imported: SetupImport) -> int:
    from wms.cli.acting import because
    from wms.setup import Result

    counted = Counter(outcome.result for outcome in imported.outcomes)
    counts = {result: counted[result] for result in Result}
    document = {
        "dry_run": options.dry_run,
        "counts": counts,
        "rows": [
            {
                "file": one.file,
                "row": one.row,
                "key": one.key,
                "result": one.result,
                "reasons": [reason for reason in one.reason.split(",") if reason],
                "says": because(options, one.reason),
            }
            for one in imported.outcomes
        ],
    }

    def text() -> str:
        rows = [
            (f"{one.file}:{one.row}" if one.row else one.file, one.key, one.result, because(options, one.reason))
            for one in imported.outcomes
            if one.reason
        ]
        said = ", ".join(f"{count} {result}" for result, count in counts.items() if count) or "no rows in the files"
        said = f"would be {said}" if options.dry_run else said
        return f"{table(('ROW', 'WHAT', 'RESULT', 'WHY'), rows)}\n\n{said}" if rows else said

    emit(options, document, text)
    if counts[Result.REFUSED]:
        print(f"wms: refused rows: {counts[Result.REFUSED]}. Mend them and import again", file=sys.stderr)
    return 1 if counts[Result.REFUSED] else 0
