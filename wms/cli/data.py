"""`wms data`: how the database lies on the disk."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wms.cli.output import Refusal, configured, emit
from wms.cli.parsing import command, group
from wms.config import FILE, KEY_PLACES, is_key_place

DONE = """\
  {"database": "/var/lib/wms/wms.sqlite3", "key": "file:/media/usb/wms.key", "encrypted": true}

Close the terminal (or stop the hub) first. The content is copied into a new file, compared row by row, and only then
takes the old one's place; the old one's bytes are overwritten, as far as the medium lets anybody do that. [store] key
in wms.toml is written along. Without the key nobody reads the data, nor their backups: keep a copy of it in a safe
(wms data key)."""
KEY = """\
  {"key": "5f0c…"}

64 hexadecimal digits. In a file of their own, named as file:PATH, they open the database and its backups."""


def add(top: ArgumentParser, commands: Any) -> None:
    data = group(commands, "data", "how the database lies on the disk: plain or encrypted")
    encrypting = command(data, "encrypt", "put the database under a key", encrypt, DONE)
    encrypting.add_argument(
        "place", type=_place, nargs="?", metavar="PLACE", help="where the key lies: file:PATH, keyring or tpm"
    )
    command(data, "decrypt", "make the database readable without a key", decrypt, DONE)
    command(data, "rekey", "give the database another key, which older backups do not open with", rekey, DONE)
    command(data, "key", "print the key, to be locked away", show, KEY)


def _place(text: str) -> str:
    place = f"file:{Path(text[5:]).expanduser().absolute()}" if text.startswith("file:") and text[5:] else text
    if not is_key_place(place) or place == "none":
        raise ArgumentTypeError(f"must be {KEY_PLACES.removeprefix('none, ')}, not {text!r}")
    return place


def encrypt(options: Namespace) -> int:
    from wms.store.at_rest import encrypt as put_under

    config, path = configured(options), _database(options)
    place = options.place or config.store_key
    if place == "none":
        raise Refusal("say where the key is to lie: wms data encrypt file:PATH (or keyring, or tpm)", 2)
    if config.store_key not in ("none", place):
        raise Refusal(f"the key lies at {config.store_key}: to have it elsewhere, wms data decrypt first")
    with _refusing(path):
        put_under(path, place)
        _write_down(path.parent, place)
    return _tell(options, path, place)


def decrypt(options: Namespace) -> int:
    from wms.store.at_rest import decrypt as lay_open

    path = _database(options)
    with _refusing(path):
        lay_open(path)
        if configured(options).store_key != "none":
            _write_down(path.parent, "none")
    return _tell(options, path, "none")


def rekey(options: Namespace) -> int:
    from wms.store.at_rest import rekey as change

    path = _database(options)
    with _refusing(path):
        change(path)
    return _tell(options, path, configured(options).store_key)


def show(options: Namespace) -> int:
    from wms.store.keys import keys_of

    keys = keys_of(_database(options).parent)
    if not keys:
        raise Refusal("the database is not encrypted")
    emit(options, {"key": keys[-1].hex()}, keys[-1].hex)
    return 0


def _database(options: Namespace) -> Path:
    path = configured(options).data / "wms.sqlite3"
    if not path.exists():
        raise Refusal(f"there is no warehouse in {path.parent} yet: put [store] key into wms.toml before the first one")
    return path


def _write_down(folder: Path, place: str) -> None:
    from wms.cli.data_settings import save
    from wms.cli.devices_settings import CannotEdit
    from wms.store.keys import forget

    try:
        save(folder / FILE, place)
    except (CannotEdit, OSError, UnicodeDecodeError) as error:
        raise Refusal(
            f'{folder / FILE}: {error}. Put it there by hand: [store] and below it key = "{place}"'
        ) from error
    forget(folder)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    from wms.store.at_rest import InUse, Unsound
    from wms.store.database import DatabaseError

    try:
        yield
    except (InUse, Unsound) as error:
        raise Refusal(str(error)) from error
    except OSError as error:
        raise Refusal(f"{error.filename or path}: {(error.strerror or str(error)).lower()}") from error
    except DatabaseError as error:
        raise Refusal(f"{path}: {error}") from error


def _tell(options: Namespace, path: Path, place: str) -> int:
    from wms.store.at_rest import described

    document = {"database": str(path), "key": place, "encrypted": place != "none"}
    emit(options, document, lambda: f"{path}: {described(path.parent)}")
    return 0
