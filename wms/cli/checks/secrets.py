"""How the database lies on the disk, and who may read its key."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from wms.cli.checks.finding import Finding, Subject, bad, look, ok


def at_rest(subject: Subject) -> Iterator[Finding]:
    """Whether who takes the disk can read it."""
    from wms.store.at_rest import described

    place = subject.config.store_key
    if subject.rows is None:
        return  # said already
    says = described(subject.folder)
    if place == "none":
        yield ok("encryption", f"{says}: who takes the disk can read it. To change that: wms data encrypt file:PATH")
        return
    key = Path(place[5:]).expanduser() if place.startswith("file:") else None
    if key is not None and stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield look("encryption", f"{says}, which others may read", f"chmod 600 {key}")
    elif key is not None and key.resolve().is_relative_to(subject.folder.resolve()):
        yield look("encryption", f"{says}, beside the data: whoever takes one has both", "keep it on another medium")
    else:
        yield ok("encryption", f"{says}. A copy of the key belongs in a safe: wms data key")


def mirror(subject: Subject) -> Iterator[Finding]:
    """Whether what the hub lacks lies on a second medium too."""
    from wms.sync.outbox_mirror import segments

    if not subject.config.outbox_mirror:
        return
    folder = Path(subject.config.outbox_mirror).expanduser()
    if not folder.is_dir():
        yield bad("second medium", f"{folder} is not there", "plug it in; a new one needs that folder: mkdir it there")
    elif not os.access(folder, os.W_OK):
        yield bad("second medium", f"{folder} can't be written", "mount it so that this user may write there")
    elif subject.folder.exists() and folder.stat().st_dev == subject.folder.stat().st_dev:
        yield look("second medium", f"{folder} lies on the same disk as the data", "name a folder on another medium")
    else:
        yield ok("second medium", f"{folder}, {len(segments(folder))} files")


def pins(subject: Subject) -> Iterator[Finding]:
    """Whether PINs can be checked here, and would stand a theft of the database."""
    from wms.domain.catalogue import Person
    from wms.domain.pins import pepper_of
    from wms.store.peppers import ring_of

    people = [one for one in subject.rows.all(Person) if one.pin and one.active] if subject.rows is not None else []
    if not people:
        return
    known = ring_of(subject.folder).at_hand().known
    named = [pepper_of(person.pin) for person in people]
    lacking, plain = sum(bool(name) and name not in known for name in named), named.count("")
    if lacking:
        mend = "enrol this terminal again; without a hub give new PINs: wms setup import people.csv"
        yield bad("PINs", f"{lacking} of {len(people)} can't be checked here: wms.pepper is gone", mend)
    elif plain:
        says = f"{plain} of {len(people)} would fall with a stolen database"
        yield look("PINs", says, "they are mended at the next sign-in; after a theft give new ones")
    else:
        yield ok("PINs", f"{len(people)} people have one")
