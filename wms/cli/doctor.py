"""`wms doctor`: what could keep this terminal from working, and how to mend it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from wms.cli.output import configured, emit, table
from wms.cli.parsing import command

if TYPE_CHECKING:
    from wms.cli.checks.finding import Finding, Subject
    from wms.config import Config

DOCTOR = """\
  {"well": false,
   "checks": [{"name": "printer", "state": "bad", "says": "socket://10.0.0.9:9100: refused",
               "mend": "switch it on; check its address and port"}]}

`state` is `ok`, `look` (work goes on, somebody should see to it) or `bad`; exit code 1 if anything is bad. Nothing is
changed."""


def add(top: ArgumentParser, commands: Any) -> None:
    command(commands, "doctor", "look for what could stop the work, and say how to mend it", run, DOCTOR)


def run(options: Namespace) -> int:
    from wms.cli.checks.finding import State

    with _examined(configured(options)) as (subject, found):
        findings = [*found, *_findings(subject)]
    well = all(finding.state != State.BAD for finding in findings)
    emit(
        options,
        {
            "well": well,
            "checks": [{"name": f.name, "state": f.state, "says": f.says, "mend": f.mend} for f in findings],
        },
        lambda: _text(findings),
    )
    return 0 if well else 1


def _findings(subject: Subject) -> Iterator[Finding]:
    from wms.cli.checks import devices, machine, printers, secrets, warehouse
    from wms.store.database import DatabaseError

    for check in (
        machine.disk,
        machine.sqlite,
        warehouse.database,
        secrets.at_rest,
        secrets.mirror,
        secrets.pins,
        machine.clock,
        machine.terminal,
        machine.fonts,
        devices.ports,
        devices.scanners,
        devices.wedge,
        devices.scale,
        printers.check,
        warehouse.hub,
        warehouse.waybills,
        warehouse.backups,
    ):
        try:
            yield from check(subject)
        except DatabaseError as error:
            yield _unreadable(error)


@contextmanager
def _examined(config: Config) -> Iterator[tuple[Subject, list[Finding]]]:
    """The database is only read, never opened for writing: a patient is not treated while being examined."""
    import time

    from wms.cli.checks.finding import Subject, bad
    from wms.config import Unfit
    from wms.store.database import DatabaseError, connect
    from wms.store.tables import SqliteRows

    path, connection, found = config.data / "wms.sqlite3", None, []
    if path.exists():
        try:
            connection = connect(path, read_only=True).conn
            found = _unfit(connection)
        except Unfit as error:
            found = [bad("database", str(error), "")]
        except DatabaseError as error:
            found = [_unreadable(error)]
    try:
        yield Subject(config, int(time.time()), SqliteRows(connection) if connection and not found else None), found
    finally:
        if connection is not None:
            connection.close()


def _unfit(connection: Any) -> list[Finding]:
    """Why its tables can't be looked into, nothing if they can."""
    from wms.cli.checks.finding import bad
    from wms.store.schema import fingerprint

    kept = connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
    if kept is not None and kept[0] == fingerprint():
        return []
    return [bad("database", "another version of the program wrote it", "start wms once: it is brought up to date")]


def _unreadable(error: Exception) -> Finding:
    from wms.cli.checks.finding import bad

    return bad("database", f"it can't be read: {error}", "check who owns the files; if damaged: wms restore FILE")


def _text(findings: list[Finding]) -> str:
    from wms.cli.checks.finding import State

    sign = {State.OK: "[+]", State.LOOK: "[!]", State.BAD: "[x]"}
    lines = table(("", "CHECK", "FOUND"), [(sign[f.state], f.name, f.says) for f in findings]).splitlines()
    shown = [lines[0]]
    for line, finding in zip(lines[1:], findings, strict=True):
        shown.append(line)
        if finding.mend:
            shown.append(f"    -> {finding.mend}")
    return "\n".join(shown)
