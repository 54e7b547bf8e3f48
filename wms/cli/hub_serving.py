"""`wms hub init` and `wms hub serve`."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

from wms.cli.hub_place import Place, place_of, refusing
from wms.cli.output import emit


def init(options: Namespace) -> int:
    """Make what is missing: tables, warehouse, and with --tls the certificates. Doing it again changes nothing else."""
    place = place_of(options)
    with refusing(place):
        from wms.hub import audit, opening

        warehouse, made = _warehouse(place)
        with opening.tables(place.folder, place.url) as tables:
            now = int(time.time())
            if made:
                tables.database.write(lambda s: audit.note(s, warehouse, now, audit.account(), "init", warehouse))
            shown: dict[str, Any] = {"warehouse": warehouse, "engine": place.engine, "made": made}
            if options.tls:
                shown |= _certificates(place.folder, warehouse, options.host)
                names = ",".join(shown["hosts"])
                tables.database.write(
                    lambda s: audit.note(s, warehouse, now, audit.account(), "certificate", names, shown["fingerprint"])
                )
    emit(options, shown, lambda: _text(shown))
    return 0


def _warehouse(place: Place) -> tuple[str, bool]:
    """The warehouse that is meant and whether it was made just now: the one that was named, the one there is, MAIN."""
    from wms.hub import opening
    from wms.hub.embedded import MAIN

    name = place.warehouse
    if not name and (place.url or (place.folder / "wms.sqlite3").exists()):
        with opening.tables(place.folder, place.url) as tables:
            name = tables.warehouses[0] if tables.warehouses else ""
    name = name or MAIN
    return name, opening.add(place.folder, place.url, name)


def _certificates(folder: Path, warehouse: str, hosts: list[str] | None) -> dict[str, Any]:
    from wms.hub import tls
    from wms.sync import identity

    own = tls.of(folder)
    kept = tls.names_of(own.server) if own.made() and not hosts else []
    names = list(
        dict.fromkeys([*(hosts or kept or [socket.getfqdn(), socket.gethostname()]), "localhost", "127.0.0.1"])
    )
    now = dt.datetime.now(dt.UTC)
    tls.issue(own, warehouse, names, now=now)
    full = identity.fingerprint(own.authority.read_text())
    return {
        "hosts": names,
        "authority": str(own.authority),
        "fingerprint": full,
        "fingerprint_short": identity.short_fingerprint(full),
        "certificate_days": tls.days_left(own.server, now),
    }


def _text(shown: dict[str, Any]) -> str:
    state = "ready" if shown["made"] else "was there"
    lines = [f"warehouse {shown['warehouse']} on {shown['engine']}: {state}"]
    if "hosts" in shown:
        lines += [
            f"certificate for {', '.join(shown['hosts'])}, {shown['certificate_days']} days, renewed by itself",
            f"authority {shown['authority']}",
            f"  SHA-256 {shown['fingerprint']}",
            f"  to type {shown['fingerprint_short']}",
        ]
    return "\n".join(lines)


def serve(options: Namespace) -> int:
    place = place_of(options)
    with refusing(place):
        from wms.bootstrap import log_to
        from wms.hub.server import Listening, serve_on

        log_to(place.folder)
        listening = Listening(options.host, options.port, options.tls_cert, options.tls_key, options.behind_proxy)
        named = tuple(getattr(options, "warehouses", ()) or filter(None, [place.warehouse]))
        with _words_for(options):
            serve_on(place.folder, listening, database=place.url, named=named)
    return 0


@contextlib.contextmanager
def _words_for(options: Namespace) -> Any:
    """A port that is taken names no file."""
    try:
        yield
    except OSError as error:
        if error.filename is not None:
            raise
        raise ValueError(f"{options.host}:{options.port} can't be served: {error.strerror or error}") from error
