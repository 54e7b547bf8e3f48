"""`wms hub enrol|revoke|client|audit`: who may speak to the hub, and who decided that."""

from __future__ import annotations

import time
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wms.cli.hub_place import hub_tables, place_of
from wms.cli.output import Refusal, emit, emit_line, is_terminal, table, utc, wall

if TYPE_CHECKING:
    from wms.hub.tls import Certificates

PORT = 8080  # where a hub listens that was never served yet


def enrol(options: Namespace) -> int:
    """A code for one terminal, with all that has to be typed there; a scanner can type it, too."""
    from wms.hub.audit import account
    from wms.hub.roles import TerminalRole
    from wms.hub.terminals import CODE_SECONDS, Terminals

    with hub_tables(options) as (tables, warehouse):
        terminals = Terminals(tables.database, warehouse)
        code = terminals.new_code(options.name, TerminalRole(options.role), account(), int(time.time()))
    place, minutes = place_of(options), CODE_SECONDS // 60
    shown, fingerprint = code, _fingerprint(place.folder)
    if fingerprint:
        shown = f"{code}@{fingerprint}"
    url = options.url or place.address or _address(place.folder) or "URL"
    typed = f"wms sync enrol {url} {shown}"
    document = {
        "name": options.name,
        "warehouse": warehouse,
        "role": options.role,
        "code": code,
        "fingerprint": fingerprint,
        "type": typed,
        "valid_minutes": minutes,
    }
    emit(options, document, lambda: _text(options, code, typed, minutes, qr="URL" not in typed.split()))
    return 0


def _text(options: Namespace, code: str, typed: str, minutes: int, *, qr: bool) -> str:
    import sys

    said = f"{code}\n\non {options.name} ({options.role}), within {minutes} minutes: {typed}"
    if not qr or options.no_qr or not is_terminal(sys.stdout):
        return said
    return f"{said}\n\n{_qr(typed)}\n\na scanner that types (keyboard wedge) enters that line by itself"


def _qr(text: str) -> str:
    """The symbol in half blocks, its light parts white and its dark ones black whatever the screen's colours."""
    import io

    import segno

    drawn = io.StringIO()
    segno.make_qr(text, error="m").terminal(drawn, compact=True)
    return "\n".join(f"\x1b[97;40m{line}\x1b[0m" for line in drawn.getvalue().splitlines())


def _fingerprint(folder: Path) -> str:
    from wms.sync import identity

    own = _certificates(folder)
    if not own.authority.exists():
        return ""
    return identity.short_fingerprint(identity.fingerprint(own.authority.read_text()))


def _address(folder: Path) -> str:
    """The certificate's first name and the port at which the hub listens, or did last; '' where that is not known."""
    from wms.hub import address
    from wms.hub.tls import names_of

    own, listening = _certificates(folder), urlsplit(address.last(folder))
    if own.made() and listening.scheme in ("", "https"):
        return f"https://{names_of(own.server)[0]}:{listening.port or PORT}"
    return listening.geturl() if listening.hostname not in (None, "0.0.0.0", "::") else ""  # noqa: S104


def _certificates(folder: Path) -> Certificates:
    from wms.hub import tls

    return tls.of(folder)


def revoke(options: Namespace) -> int:
    from wms.hub.audit import account
    from wms.hub.clients import Clients
    from wms.hub.terminals import Terminals

    with hub_tables(options) as (tables, warehouse):
        now = int(time.time())
        if options.client:
            shut: list[str] = []
            if Clients(tables.database, warehouse).revoke(options.called, account(), now):
                shut = [options.called]
        else:
            shut = list(map(str, Terminals(tables.database, warehouse).revoke(options.called, account(), now)))
    if not shut:
        what = "program" if options.client else "terminal"
        raise Refusal(f"no {what} called {options.called} may speak to {warehouse}: wms hub status lists them")
    emit(
        options,
        {"warehouse": warehouse, "revoked": shut},
        lambda: f"{', '.join(shut)}: shut out. What it has not handed over can still be fetched from it by hand",
    )
    return 0


def client(options: Namespace) -> int:
    """A token for a program; shown once, for only its hash is kept."""
    from wms.hub.audit import account
    from wms.hub.clients import Clients
    from wms.hub.roles import ClientRole

    with hub_tables(options) as (tables, warehouse):
        clients = Clients(tables.database, warehouse)
        token = clients.new_token(options.name, ClientRole(options.role), account(), int(time.time()))
    emit(
        options,
        {"name": options.name, "warehouse": warehouse, "role": options.role, "token": token},
        lambda: f"{token}\n\nfor {options.name} ({options.role}); it is shown this once",
    )
    return 0


def audit(options: Namespace) -> int:
    """The lines, oldest first; with --json one a line, from `--after` on."""
    from wms.hub.audit import entries

    with hub_tables(options) as (tables, warehouse):
        found = tables.database.read(lambda session: entries(session, warehouse, options.after, options.limit))
    if options.json:
        for line in found:
            emit_line(
                {
                    "serial": line.serial,
                    "at": utc(line.at),
                    "actor": line.actor,
                    "act": line.act,
                    "subject": line.subject,
                    "detail": line.detail,
                }
            )
    else:
        rows = [(line.serial, wall(line.at, "UTC"), line.actor, line.act, line.subject, line.detail) for line in found]
        print(table(("", "UTC", "WHO", "DID", "TO", ""), rows))
    return 0
