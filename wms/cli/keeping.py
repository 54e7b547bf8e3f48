"""`wms backup`, `wms restore`, `wms verify`: keeping what was recorded."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from wms.cli.output import emit, opened
from wms.cli.parsing import command
from wms.config import data_folder

BACKUP = """\
  {"backup": "/media/usb/wms.backup", "events": 4711, "bytes": 2097152, "encrypted": false}

The file is whole or not there at all; it is made while the work goes on. It holds everything recorded, and the keys
that open recipients: keep it as safe as the data itself. Of encrypted data it is encrypted, under the same key. That
key, settings (wms.toml), the hub's token and what PINs are checked with (wms.pepper) are not in it."""
RESTORE = """\
  {"restored": "/media/usb/wms.backup", "events": 4711, "lost": 12, "kept": "/var/lib/wms/wms.sqlite3.20261111-093000"}

`lost` events were here and are not in the backup; `kept` is where the former database lies, '' if there was none."""
VERIFY = """\
  {"events": 4711, "seconds": 0.31, "events_per_second": 15196, "problems": []}

Exit code 1 if there are problems."""


def add(top: ArgumentParser, commands: Any) -> None:
    saving = command(commands, "backup", "copy everything recorded into one file", backup, BACKUP)
    saving.add_argument("file", metavar="FILE", help="replaced in one step if it is an older backup")
    bringing = command(commands, "restore", "put a backup in the place of the data", restore, RESTORE)
    bringing.add_argument("file", metavar="FILE")
    bringing.add_argument("--force", action="store_true", help="though newer events are lost by it")
    command(commands, "verify", "replay the journal and compare it with what is shown", verify, VERIFY)


def backup(options: Namespace) -> int:
    from wms.cli.backups import back_up

    target = Path(options.file).absolute()
    with opened(options) as store:
        made = back_up(store, target)
    emit(
        options,
        {"backup": str(target), "events": made.events, "bytes": made.size, "encrypted": made.encrypted},
        lambda: (
            f"{made.events} events in {target} ({made.size} bytes), "
            + ("encrypted" if made.encrypted else "not encrypted: who has the file can read it")
        ),
    )
    return 0


def restore(options: Namespace) -> int:
    from wms.cli.backups import put_back

    source = Path(options.file).absolute()
    done = put_back(data_folder(options.data), source, force=options.force)
    emit(
        options,
        {"restored": str(source), "events": done.events, "lost": done.lost, "kept": str(done.kept or "")},
        lambda: _said(done.events, done.lost, done.kept),
    )
    return 0


def _said(events: int, lost: int, kept: Path | None) -> str:
    said = [f"{events} events are back"]
    if lost:
        said.append(f"{lost} newer events are not: check the last parcels, bins and totes against them")
    if kept is not None:
        said.append(f"the former data lie in {kept}: delete them once you need them no more")
    else:
        said.append("if parcels left the house after this backup, give each carrier a new range of waybill numbers")
    return "\n".join(said)


def verify(options: Namespace) -> int:
    from wms.store import verify as check

    with opened(options) as store:
        found = check(store.rows)
    rate = round(found.events / found.seconds) if found.seconds else 0
    emit(
        options,
        {
            "events": found.events,
            "seconds": round(found.seconds, 3),
            "events_per_second": rate,
            "problems": list(found.problems),
        },
        lambda: (
            f"{found.events} events replayed in {found.seconds:.2f} s ({rate} a second), {len(found.problems)} problems"
        ),
    )
    for problem in found.problems:
        print(f"wms: {problem}", file=sys.stderr)
    return 1 if found.problems else 0
