"""`wms sync recover`: what a second medium holds and this terminal lost."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, emit, opened
from wms.cli.parsing import command, filled
from wms.config import data_folder

if TYPE_CHECKING:
    from wms.sync.recovery import Found

RECOVER = """\
  {"device": "T3F2A1", "put_back": 17, "held": 402, "moved": 0, "unreadable": 1}

FOLDER is what [sync] mirror names in wms.toml. `put_back` facts were missing here and wait for the hub under their old
keys; `moved` ones stand under other keys by now; `unreadable` lines were passed over, such as one a power cut tore.
Where there is no database yet, one is made under the old device's name: join the hub with it after that. Saying it
again changes nothing."""


def add(sync: Any) -> None:
    recovering = command(sync, "recover", "put back what a second medium holds and the journal lacks", recover, RECOVER)
    recovering.add_argument("folder", metavar="FOLDER")
    recovering.add_argument(
        "--device", type=filled, metavar="NAME", help="take the facts of this one, though it is another"
    )


def recover(options: Namespace) -> int:
    from wms.store import Forked
    from wms.sync.recovery import read
    from wms.sync.recovery import recover as put_back

    folder = Path(options.folder)
    try:
        mirrored = {found.device: found for found in read(folder)}
    except OSError as error:
        raise Refusal(f"{error.filename or folder}: {(error.strerror or str(error)).lower()}") from error
    there = (data_folder(options.data) / "wms.sqlite3").exists()
    made_for = "" if there else _only(options.device or "", mirrored, folder)
    with opened(options, make=True, device=made_for) as store:
        found = _chosen(options.device or store.device, mirrored, folder, own=store.device)
        try:
            done = put_back(store, found)
        except Forked as error:
            raise Refusal(f"{error}: the mirror is of another life of this device, nothing was put back") from error
    document = {
        "device": found.device,
        "put_back": done.put_back,
        "held": done.held,
        "moved": done.moved,
        "unreadable": len(done.damages),
    }
    emit(options, document, lambda: f"{done.put_back} facts of {found.device} put back, {done.held} were here already")
    for damage in done.damages:
        what = "its last line was torn by a power cut" if damage.torn else f"line {damage.number} can't be read"
        print(f"wms: {damage.path}: {what}; it was passed over", file=sys.stderr)
    return 0


def _only(named: str, mirrored: dict[str, Found], folder: Path) -> str:
    """The device a lost database is made again for."""
    if not named and len(mirrored) > 1:
        raise Refusal(f"{folder} holds facts of {', '.join(mirrored)}: say which with --device NAME")
    return _chosen(named or next(iter(mirrored), ""), mirrored, folder, own="").device


def _chosen(device: str, mirrored: dict[str, Found], folder: Path, *, own: str) -> Found:
    if not mirrored:
        raise Refusal(f"{folder} holds no facts of any terminal")
    if device not in mirrored:
        others = ", ".join(mirrored)
        if device != own:
            raise Refusal(f"{folder} holds facts of {others}, none of {device}")
        raise Refusal(f"{folder} holds facts of {others}, this is {own}. If they belong here: --device NAME")
    return mirrored[device]
