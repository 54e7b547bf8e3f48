"""`wms sync`: how this terminal stands with its hub. `wms hub`: the hub itself."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from wms.cli import recovering
from wms.cli.output import Refusal, emit, opened, table, utc
from wms.cli.parsing import command, filled, group, language_flag
from wms.config import data_folder

if TYPE_CHECKING:
    from wms.store import Store
    from wms.sync.answers import SyncStatus

STATUS = """\
  {"device": "T3F2A1", "epoch": 1, "hub": "http://hub:8080", "link": "in_sync", "unsent": 0, "head": 1042,
   "offline_since": "", "trouble": "", "terminals": 4, "terminals_offline": 0}

`link` is `alone` (no hub: this terminal decides for itself), `in_sync`, `waiting` or `offline`. `status` asks nobody:
there `link` only says whether anything is unsent. `now` hands over and fetches once; exit code 1 if that failed."""
ENROL = """\
  {"device": "T3F2A1", "hub": "http://hub:8080"}"""
CODE = """\
  {"name": "bench 1", "code": "7K2M-Q4XV", "valid_minutes": 15}"""


def add(top: ArgumentParser, commands: Any) -> None:
    sync = group(commands, "sync", "this terminal and its hub")
    command(sync, "status", "what has not been handed over yet", status, STATUS)
    language_flag(command(sync, "now", "hand over and fetch once", now, STATUS))
    joining = command(sync, "enrol", "join a hub for good, with a one-time code", enrol_here, ENROL)
    joining.add_argument("url", metavar="URL", help="such as http://hub:8080")
    joining.add_argument("code", metavar="CODE", help="from: wms hub enrol NAME")
    language_flag(joining)
    recovering.add(sync)
    hub = group(commands, "hub", "one hub for many terminals")
    serving = command(hub, "serve", "serve terminals until stopped", serve_hub)
    serving.add_argument("--host", default="127.0.0.1", metavar="HOST", help="default: 127.0.0.1")
    serving.add_argument("--port", type=_port, default=8080, metavar="PORT", help="default: 8080; 0 takes a free one")
    coding = command(hub, "enrol", "a one-time code for one terminal, valid for 15 minutes", make_code, CODE)
    coding.add_argument("name", type=filled, metavar="NAME", help="what the terminal is to be called")


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65_535:
        raise ValueError
    return number


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
        if (store.folder / "hub.lineage").exists():
            raise Refusal(f"{store.folder} is a hub's own: give a terminal another data directory")
        try:
            enrol(store, options.url, options.code)
        except HubTrouble as trouble:
            raise Refusal(in_words(options, (trouble.says,)) or "the hub is busy: try again") from trouble
        except NotReached as error:
            raise Refusal(f"{options.url} can't be reached: {error}") from error
        except ValueError as error:
            raise Refusal(str(error), 2) from error
        emit(
            options,
            {"device": store.device, "hub": options.url},
            lambda: f"{store.device} belongs to {options.url} now. Hand over what it holds: wms sync now",
        )
    return 0


def serve_hub(options: Namespace) -> int:
    folder = data_folder(options.data)
    try:
        from wms.hub import serve

        serve(folder, options.host, options.port)
    except ImportError as error:
        raise Refusal(f"the hub's libraries are missing ({error.name}): pip install 'wms[hub]'") from error
    except ValueError as error:
        raise Refusal(str(error)) from error
    except OSError as error:
        raise Refusal(f"{options.host}:{options.port} can't be served: {error.strerror or error}") from error
    return 0


def make_code(options: Namespace) -> int:
    try:
        from wms.hub import new_code
    except ImportError as error:
        raise Refusal(f"the hub's libraries are missing ({error.name}): pip install 'wms[hub]'") from error
    from wms.hub.terminals import CODE_SECONDS

    try:
        code = new_code(data_folder(options.data), options.name)
    except OSError as error:
        raise Refusal(f"{data_folder(options.data)} can't be written: {error.strerror or error}") from error
    minutes = CODE_SECONDS // 60
    emit(
        options,
        {"name": options.name, "code": code, "valid_minutes": minutes},
        lambda: f"{code}\n\non {options.name}, within {minutes} minutes: wms sync enrol URL {code}",
    )
    return 0
