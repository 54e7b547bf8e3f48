"""`wms hub`: the hub itself, and who may speak to it."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wms.cli import erasing, hub_admission, hub_copies, hub_erasing, hub_serving, hub_status
from wms.cli.hub_place import place_flags
from wms.cli.parsing import command, filled, group, positive

INIT = """\
  {"warehouse": "MAIN", "engine": "postgresql", "made": true, "hosts": ["hub.lan", "localhost", "127.0.0.1"],
   "authority": "/var/lib/wms/tls/authority.pem", "fingerprint": "5f0c…", "fingerprint_short": "K7QFA-…",
   "certificate_days": 364}

The latter five only with --tls. Doing it again makes what is missing; with --tls the server's certificate anew, from
the same authority, so that no terminal has to be enrolled again."""
SERVE = """\
  {"listening": "https://0.0.0.0:8443"}

printed once it is ready. Off loopback only TLS is spoken: with the certificate of `wms hub init --tls`, with one of
your own, or by a proxy in front (--behind-proxy), which may also ask terminals for certificates (mutual TLS)."""
STATUS = """\
  {"warehouse": "MAIN", "engine": "sqlite", "head": 1042, "life": "9c0f…", "lives": 1, "exceptions": 2,
   "picture_lag": 0, "database_bytes": 1228800, "keys": 31, "keys_due": 0, "certificate_days": 364,
   "terminals": [{"device": "T3F2A1", "name": "bench 1", "role": "all", "last_seen": "2026-11-22T07:00:00Z",
                  "online": true, "revoked": ""}],
   "clients": [{"name": "erp", "role": "erp", "created": "2026-11-22T07:00:00Z", "revoked": ""}]}

null stands for what can't be told from here. Works beside a running hub, and asks nobody."""
ENROL = """\
  {"name": "bench 1", "warehouse": "MAIN", "role": "all", "code": "7K2M-Q4XV", "fingerprint": "K7QFA-…",
   "type": "wms sync enrol https://hub.lan:8443 7K2M-Q4XV@K7QFA-…", "valid_minutes": 15}

A terminal's role says what it is there for: keys that open recipients go to packer, supervisor and all; only
supervisor and all may release waves and change orders. Facts are taken from every role."""
REVOKE = """\
  {"warehouse": "MAIN", "revoked": ["T3F2A1"]}"""
CLIENT = """\
  {"name": "shop", "warehouse": "MAIN", "role": "erp", "token": "MAIN.…"}

A name that has a token already gets a new one instead."""
AUDIT = """\
  {"serial": 1, "at": "2026-11-22T07:00:00Z", "actor": "cli:root", "act": "code", "subject": "bench 1", "detail": "all"}

a line each, oldest first."""
BACKUP = """\
  {"warehouse": "MAIN", "file": "/var/backups/wms/hub.copy", "position": 1042, "bytes": 1228800}

One file with all that a warehouse is, made while the hub works on, from either engine and for either. It holds the keys
that open recipients: keep it as you keep the hub."""
RESTORE = """\
  {"warehouse": "MAIN", "position": 1042, "made": "2026-11-22T07:00:00Z",
   "kept": "/var/lib/wms/wms.sqlite3.before-restore", "terminals": ["bench 1"], "programs": ["erp"],
   "unknown_since": ""}

The hub must be stopped. A new life of its journal begins: terminals give back what the copy lacks. Who was revoked or
erased after the copy stays so, as far as what is put away (`kept`) still tells; where it does not, `unknown_since` says
since when you must do it again."""

_ROLES = ("all", "picker", "packer", "inspector", "supervisor")
_CLIENT_ROLES = ("erp", "monitor", "admin")


def add(top: ArgumentParser, commands: Any) -> None:
    hub = group(commands, "hub", "one hub for many terminals")
    _init(hub)
    _serve(hub)
    _command(hub, "status", "how the hub stands, and who may speak to it", hub_status.status, STATUS)
    enrolling = _command(
        hub, "enrol", "a one-time code for one terminal, valid for 15 minutes", hub_admission.enrol, ENROL
    )
    enrolling.add_argument("name", type=filled, metavar="NAME", help="what the terminal is to be called")
    enrolling.add_argument("--role", choices=_ROLES, default="all", help="what it is there for (default: all)")
    enrolling.add_argument("--url", default="", help="the hub's address as the terminal calls it")
    enrolling.add_argument("--no-qr", action="store_true", help="no symbol to be scanned on the screen")
    revoking = _command(hub, "revoke", "shut a terminal out", hub_admission.revoke, REVOKE)
    revoking.add_argument("called", type=filled, metavar="DEVICE|NAME")
    revoking.add_argument("--client", action="store_true", help="a program instead of a terminal")
    letting = _command(hub, "client", "a token for another program", hub_admission.client, CLIENT)
    letting.add_argument("name", type=filled, metavar="NAME")
    letting.add_argument("--role", choices=_CLIENT_ROLES, required=True, help="what the program is for")
    auditing = _command(hub, "audit", "who let whom in, and what else was done to the hub", hub_admission.audit, AUDIT)
    auditing.add_argument("--after", type=int, default=0, metavar="SERIAL", help="only what came after that line")
    auditing.add_argument("--limit", type=positive, default=1000, metavar="N", help="at most so many (default: 1000)")
    place_flags(erasing.add(hub, hub_erasing.erase))
    copying = _command(hub, "backup", "copy a warehouse into a file while the hub works", hub_copies.backup, BACKUP)
    copying.add_argument("file", type=Path, metavar="FILE")
    restoring = _command(hub, "restore", "put a copy back", hub_copies.restore, RESTORE)
    restoring.add_argument("file", type=Path, metavar="FILE")
    restoring.add_argument("--replace", action="store_true", help="put away what is there")


def _init(hub: Any) -> None:
    making = _command(hub, "init", "make the hub's tables, a warehouse and certificates", hub_serving.init, INIT)
    making.add_argument("--tls", action="store_true", help="make an authority and from it a server's certificate")
    making.add_argument(
        "--host", action="append", metavar="NAME", help="a name or address terminals call it by; may be repeated"
    )


def _serve(hub: Any) -> None:
    serving = command(hub, "serve", "serve terminals and other programs until stopped", hub_serving.serve, SERVE)
    place_flags(serving, several=True)
    serving.add_argument("--host", default="127.0.0.1", metavar="HOST", help="default: 127.0.0.1")
    serving.add_argument("--port", type=_port, default=8080, metavar="PORT", help="default: 8080; 0 takes a free one")
    serving.add_argument("--tls-cert", type=Path, metavar="FILE", help="certificate and what it was signed with (PEM)")
    serving.add_argument("--tls-key", type=Path, metavar="FILE", help="its key, if it is not in the same file")
    serving.add_argument(
        "--behind-proxy",
        action="store_true",
        help="a proxy speaks TLS; its word for a caller's address is taken if it runs on this machine",
    )


def _command(hub: Any, name: str, about: str, run: Callable[[Namespace], int], example: str) -> ArgumentParser:
    parser = command(hub, name, about, run, example)
    place_flags(parser)
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65_535:
        raise ArgumentTypeError(f"must be a number from 0 to 65535, not {text!r}")
    return int(text)
