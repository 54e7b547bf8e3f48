"""A pile of labels straight to a printer or a file, with a result for each: what `wms labels …` prints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, TypeAlias

from drivers.printer import open_printer
from labels import (
    DEFAULT_PROFILE,
    BadgeLabel,
    CommandLabel,
    Language,
    LayoutError,
    PlaceLabel,
    Profile,
    ToteLabel,
    png,
    render,
)
from wms.domain.records import Record

Sticker: TypeAlias = BadgeLabel | CommandLabel | PlaceLabel | ToteLabel
_UNSAFE = re.compile(r"[^\w.-]+")


class Printed(Record):
    """What became of one label. `refused`: it can't be made, `reason` names the field and says why. The others are
    the outcomes of `drivers.printer.Delivery`; after the first that is not good, the rest are `not_sent`."""

    code: str
    outcome: Literal["printed", "sent", "not_sent", "broken", "refused"]
    reason: str = ""

    @property
    def good(self) -> bool:
        return self.outcome in ("printed", "sent")


def print_all(
    labels: Iterable[Sticker],
    target: str | Path,
    *,
    profile: Profile = DEFAULT_PROFILE,
    language: Language = "zh_CN",
    pictures: Path | None = None,
) -> Iterator[Printed]:
    """Print labels one after the other on the printer at the URI `target`, or write what it would get to the file
    `target`, which is replaced. `pictures` is a folder that gets a PNG of each.

    Raises `ValueError` for a URI that is none, `OSError` where pictures or the file can't be written.
    """
    if isinstance(target, Path):
        target.write_bytes(b"")
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
    port = open_printer(f"file:{target}" if isinstance(target, Path) else target)
    stopped = ""
    for n, label in enumerate(labels, 1):
        try:
            rendered = render(label, profile, language)
        except LayoutError as error:
            yield Printed(label.code, "refused", str(error))
            continue
        if pictures is not None:
            png(rendered, pictures / f"{n:03d}-{_UNSAFE.sub('_', label.code)}.png", profile)
        if stopped:
            yield Printed(label.code, "not_sent", stopped)
            continue
        delivery = port.send(rendered.data)
        if delivery.outcome in ("not_sent", "broken"):
            stopped = delivery.reason
        yield Printed(label.code, delivery.outcome, delivery.reason)
