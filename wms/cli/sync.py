"""`wms sync`: how this terminal stands with its hub."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wms.cli import recovering
from wms.cli.output import Refusal, emit, opened, table, utc
from wms.cli.parsing import command, group, language_flag

if TYPE_CHECKING:
    from wms.store import Store
    from wms.sync.answers import SyncStatus

STATUS = """\
  {"device": "T3F2A1", "epoch": 1, "hub": "https://hub.lan:8443", "link": "in_sync", "unsent": 0, "head": 1042,
   "offline_since": "", "trouble": "", "terminals": 4, "terminals_offline": 0}

`link` is `alone` (no hub: this terminal decides for itself), `in_sync`, `waiting` or `offline`. `status` asks nobody:
there `link` only says whether anything is unsent. `now` hands over and fetches once; exit code 1 if that failed."""
ENROL = """\
  {"device": "T3F2A1", "hub": "https://hub.lan:8443", "warehouse": "MAIN", "name": "bench 1", "role": "all"}

The hub must prove who it is before the code is sent: by the fingerprint behind the code (CODE@FINGERPRINT, as the hub
printed it), by --ca FILE, or by --system-ca. From then on this terminal trusts only that authority. http:// is for a
hub on this machine."""


def add(top: ArgumentParser, commands: Any) -> None:
    sync = group(commands, "sync", "this terminal and its hub")
    command(sync, "status", "what has not been handed over yet", status, STATUS)
    language_flag(command(sync, "now", "hand over and fetch once", now, STATUS))
    joining = command(sync, "enrol", "join a hub for good, with a one-time code", enrol_here, ENROL)
    joining.add_argument("url", metavar="URL", help="such as https://hub.lan:8443")
    joining.add_argument("code", metavar="CODE[@FINGERPRINT]", help="from: wms hub enrol NAME")
    joining.add_argument("--ca-fingerprint", default="", metavar="TEXT", help="of the hub's authority, short or whole")
    joining.add_argument("--ca", type=Path, metavar="FILE", help="the hub's authority itself (PEM)")
    joining.add_argument("--system-ca", action="store_true", help="trust whom this machine trusts, too")
    language_flag(joining)
    recovering.add(sync)


def status(options: Namespace) -> int:
    from wms.sync.answers import SyncStatus
    from wms.sync.membership import membership
    from wms.workflows.view import Link

    with opened(options) as store:
        unsent = 0 if membership(store) is None else store.waiting()
        link = Link.ALONE if membership(store) is None else Link.WAITING if unsent else Link.IN_SYNC
        _tell(options, store, SyncStatus(link, unsent))
    return 0


def now(options: Namespace) -> int:
    from wms.sync.membership import membership, sync_now
    from wms.workflows.view import Link

    with opened(options) as store:
        if membership(store) is None:
            raise Refusal("this terminal works alone. To join a hub: wms sync enrol URL CODE")
        found = sync_now(store)
        _tell(options, store, found)
    if found.link == Link.IN_SYNC:
        return 0
    print(f"wms: {_trouble(options, found) or 'the hub can not be reached'}", file=sys.stderr)
    return 1


def _tell(options: Namespace, store: Store, found: SyncStatus) -> None:
    from wms.sync.membership import membership

    member = membership(store)
    document = {
        "device": store.device,
        "epoch": store.epoch,
        "hub": member[0] if member is not None else "",
        "link": found.link,
        "unsent": found.unsent,
        "head": store.head(),
        "offline_since": utc(found.offline_since or 0),
        "trouble": _trouble(options, found),
        "terminals": found.terminals,
        "terminals_offline": found.terminals_offline,
    }
    emit(options, document, lambda: table((store.device, ""), list(document.items())[1:]))


def _trouble(options: Namespace, found: SyncStatus) -> str:
    from wms.cli.acting import in_words

    return in_words(options, (found.hub_trouble,))


def enrol_here(options: Namespace) -> int:
    from wms.cli.acting import in_words
    from wms.sync.connection import HubTrouble, NotReached
    from wms.sync.membership import enrol

    with opened(options, make=True) as store:
        if any(store.folder.glob("hub*.lineage")):
            raise Refusal(f"{store.folder} is a hub's own: give a terminal another data directory")
        try:
            joined = enrol(
                store,
                options.url,
                options.code,
                fingerprint=options.ca_fingerprint,
                authority=_authority(options.ca),
                system=options.system_ca,
            )
        except HubTrouble as trouble:
            raise Refusal(in_words(options, (trouble.says,)) or "the hub is busy: try again") from trouble
        except NotReached as error:
            raise Refusal(f"{options.url} can't be reached: {error}") from error
        except ValueError as error:
            raise Refusal(str(error), 2) from error
        emit(
            options,
            {
                "device": store.device,
                "hub": options.url,
                "warehouse": joined.warehouse,
                "name": joined.name,
                "role": joined.role,
            },
            lambda: f"{store.device} belongs to {options.url} now. Hand over what it holds: wms sync now",
        )
    return 0


def _authority(path: Path | None) -> str:
    """Raises `Refusal`."""
    try:
        return "" if path is None else path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"{path}: {getattr(error, 'strerror', None) or 'it is no certificate (PEM)'}", 2) from error
