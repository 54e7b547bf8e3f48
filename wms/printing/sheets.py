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
    Library,
    PickingSlip,
    PlaceLabel,
    Profile,
    TemplateError,
    ToteLabel,
    png,
    render,
)
from wms.domain.records import Record

Sticker: TypeAlias = BadgeLabel | CommandLabel | PickingSlip | PlaceLabel | ToteLabel
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


def code_of(label: Sticker) -> str:
    """What a scanner reads on it."""
    return label.task if isinstance(label, PickingSlip) else label.code


def print_all(
    labels: Iterable[Sticker],
    target: str | Path,
    *,
    profile: Profile = DEFAULT_PROFILE,
    language: Language = "zh_CN",
    pictures: Path | None = None,
    templates: Library | None = None,
) -> Iterator[Printed]:
    """Print labels one after the other on the printer at the URI `target`, or write what it would get to the file
    `target`, which is replaced. `pictures` is a folder that gets a PNG of each, `templates` are the
    program's if None.

    Raises `ValueError` for a URI that is none, `OSError` where pictures or the file can't be written.
    """
    if isinstance(target, Path):
        target.write_bytes(b"")
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
    port = open_printer(f"file:{target}" if isinstance(target, Path) else target)
    stopped = ""
    own = templates or Library()
    for n, label in enumerate(labels, 1):
        code = code_of(label)
        try:
            rendered = render(own.compose(label, profile.width_mm, language), profile, language)
        except (LayoutError, TemplateError) as error:
            yield Printed(code, "refused", str(error))
            continue
        if pictures is not None:
            png(rendered, pictures / f"{n:03d}-{_UNSAFE.sub('_', code)}.png", profile)
        if stopped:
            yield Printed(code, "not_sent", stopped)
            continue
        delivery = port.send(rendered.data)
        if delivery.outcome in ("not_sent", "broken"):
            stopped = delivery.reason
        yield Printed(code, delivery.outcome, delivery.reason)
