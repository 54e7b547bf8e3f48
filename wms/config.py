"""Settings of one terminal: which devices, which language, where its data lie. Read from `wms.toml` beside the data.

Command line flags override the file for one run. What belongs to the warehouse itself is not here but in its events.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from wms.domain.records import Record, replace

FILE = "wms.toml"


class BadConfig(ValueError):
    """The settings file can't be used; the text says which line or word, and what is allowed."""


class Unfit(RuntimeError):
    """The data can't be opened on this machine as it is, and nothing was changed. The text is a whole sentence."""


class KeyTrouble(Unfit):
    """The key to the database can't be had, or does not open it."""


PrinterRole: TypeAlias = Literal["labels", "documents"]
PRINTER_ROLES: tuple[PrinterRole, ...] = ("labels", "documents")
ONLY_PRINTER = "printer"
"""The name of the printer that is written as `printer = "URI"`."""


class PrinterConfig(Record):
    """A printer. `profile` is the model's name in `labels.PROFILES`, '' for the default one; `role` says what is
    printed there: labels, or documents such as packing slips and manifests."""

    name: str
    uri: str
    profile: str = ""
    role: PrinterRole = "labels"


class Config(Record):
    """`scanners` are `PORT[,FRAMING]`, `scale` is `PORT[,PROTOCOL]`, `printer` a URI; '' where there is none.

    `printer` and `printer_profile` are the short form for a house with one printer, `printers` the tables
    `[printers.NAME]` with `uri`, `profile` and `for`; `all_printers()` joins them.
    What was printed is kept for `labels_kept_days`, so that a reprint is the same; 0 keeps nothing. Recipients can be
    read for `recipients_kept_days` after their order was shipped or cancelled; then their keys are destroyed.
    `store_key` says where the key of the database lies: none, keyring, tpm or file:PATH. `outbox_mirror` is a folder on
    a second medium to which what the hub has not confirmed is copied; `alarm_count` unsent facts, or one that is
    `alarm_minutes` old, raise the alarm. Orders are imported from the folder `orders_inbox` ('' for `inbox` beside the
    data), and from sticks that appear in the folder `orders_sticks`, '' for none. `hub_database` (a URL, '' for a file
    beside the data), `hub_warehouse` and `hub_address` (https://… as terminals call it) are for the hub itself, as are
    the `webhook_networks` (`10.1.0.0/16`) that webhooks may reach although they are not public.
    `wedge` is how scanners that type are set up, `prefix=f12:suffix=enter`; '' takes F12 and STX, Enter and Tab.
    """

    data: Path
    language: str = "zh_CN"
    scanners: tuple[str, ...] = ()
    scale: str = ""
    printer: str = ""
    printer_profile: str = ""
    printers: tuple[PrinterConfig, ...] = ()
    labels_kept_days: int = 30
    recipients_kept_days: int = 30
    store_key: str = "none"
    outbox_mirror: str = ""
    alarm_count: int = 500
    alarm_minutes: int = 60
    orders_inbox: str = ""
    orders_sticks: str = ""
    hub_database: str = ""
    hub_warehouse: str = ""
    hub_address: str = ""
    webhook_networks: tuple[str, ...] = ()
    wedge: str = ""
    feedback: str = "auto"
    ascii: bool = False
    mirror: str = ""

    def but(self, **changes: Any) -> Config:
        return replace(self, **changes)

    def all_printers(self) -> tuple[PrinterConfig, ...]:
        """The one of the short form first, then the others in the file's order."""
        only = (PrinterConfig(ONLY_PRINTER, self.printer, self.printer_profile),) if self.printer else ()
        return only + self.printers

    @property
    def label_printer(self) -> PrinterConfig:
        """The one labels go to when nothing else is said; without URI if there is none."""
        return self.printer_for("labels") or PrinterConfig(ONLY_PRINTER, "", self.printer_profile)

    def printer_for(self, role: PrinterRole) -> PrinterConfig | None:
        """The first printer of that role; documents go to the labels' printer where they have none of their own."""
        printers = self.all_printers()
        fallback = printers[0] if role == "documents" and printers else None
        return next((printer for printer in printers if printer.role == role), fallback)


def data_folder(named: str | None, environment: Mapping[str, str] = os.environ) -> Path:
    """`--data`, else `WMS_DATA`, else the platform's place for an application's data."""
    if named or environment.get("WMS_DATA"):
        return Path(named or environment["WMS_DATA"]).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("wms", appauthor=False)


def load(data: Path) -> Config:
    """The settings in `data/wms.toml`; defaults where there is no such file. Raises `BadConfig`."""
    path = data / FILE
    if not path.exists():
        return Config(data)
    try:
        kept = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfig(f"{path}: {error}") from error
    kinds: dict[str, type] = {
        "language": str,
        "scale": str,
        "printer": str,
        "printer_profile": str,
        "labels_kept_days": int,
        "recipients_kept_days": int,
        "wedge": str,
        "feedback": str,
        "ascii": bool,
        "mirror": str,
    }
    changes: dict[str, Any] = {}
    for name, value in kept.items():
        if name == "scanners" and isinstance(value, list) and all(isinstance(one, str) for one in value):
            changes[name] = tuple(value)
        elif name == "printers" and isinstance(value, dict):
            changes[name] = tuple(_printer(path, one, settings) for one, settings in value.items())
        elif name in _TABLES and isinstance(value, dict):
            changes.update(_table(path, name, value))
        elif name in kinds and isinstance(value, kinds[name]):
            changes[name] = value
        else:
            raise BadConfig(
                f"{path}: {name} = {value!r} is not a setting;"
                f" known are scanners, printers, {', '.join((*_TABLES, *kinds))}"
            )
    return Config(data, **changes)


_TABLES = {
    "store": {"key": "store_key"},
    "sync": {"mirror": "outbox_mirror", "alarm_count": "alarm_count", "alarm_minutes": "alarm_minutes"},
    "orders": {"inbox": "orders_inbox", "sticks": "orders_sticks"},
    "hub": {
        "database": "hub_database",
        "warehouse": "hub_warehouse",
        "address": "hub_address",
        "webhook_networks": "webhook_networks",
    },
}
_WHOLE = ("alarm_count", "alarm_minutes")
KEY_PLACES = "none, keyring, tpm, or file:PATH"


def _table(path: Path, name: str, settings: dict[str, object]) -> dict[str, Any]:
    """The settings of one of these tables."""
    known = _TABLES[name]
    changes: dict[str, Any] = {}
    for key, value in settings.items():
        fits = type(value) is int and value > 0 if key in _WHOLE else isinstance(value, str)
        if key == "webhook_networks":
            fits = isinstance(value, list) and all(map(_is_network, value))
        if key not in known or not fits:
            raise BadConfig(f"{path}: [{name}] {key} = {value!r} is not a setting; known is {', '.join(known)}")
        changes[known[key]] = tuple(value) if isinstance(value, list) else value
    place = changes.get("store_key", "none")
    if not is_key_place(place):
        raise BadConfig(f"{path}: [store] key = {place!r} is none of {KEY_PLACES}")
    return changes


def _is_network(text: object) -> bool:
    from ipaddress import ip_network

    try:
        return isinstance(text, str) and bool(ip_network(text))
    except ValueError:
        return False


def is_key_place(text: str) -> bool:
    """Whether that says where a key lies; a file by its whole path."""
    return text in ("none", "keyring", "tpm") or (
        text.startswith("file:") and Path(text[5:]).expanduser().is_absolute()
    )


def _printer(path: Path, name: str, settings: object) -> PrinterConfig:
    where = f"{path}: [printers.{name}]"
    if name == ONLY_PRINTER:
        raise BadConfig(f'{where}: call it otherwise; that is the name of the one in printer = "URI"')
    if not isinstance(settings, dict) or not isinstance(settings.get("uri"), str) or not settings["uri"]:
        raise BadConfig(f'{where} needs a line uri = "socket://HOST:9100"')
    profile, role = settings.get("profile", ""), settings.get("for", "labels")
    if unknown := settings.keys() - {"uri", "profile", "for"}:
        raise BadConfig(f"{where}: {min(unknown)} is not a setting; known are uri, profile, for")
    if not isinstance(profile, str):
        raise BadConfig(f"{where}: profile = {profile!r} is no name; wms printer add --help lists them")
    if role not in PRINTER_ROLES:
        raise BadConfig(f'{where}: for = {role!r} is neither "labels" nor "documents"')
    return PrinterConfig(name, settings["uri"], profile, role)
