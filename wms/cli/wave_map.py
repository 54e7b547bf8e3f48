"""A tour on the floor: drawn in the terminal, and to scale."""

from __future__ import annotations

import shutil
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, configured, emit, table

if TYPE_CHECKING:
    from wms.domain.rows import Rows
    from wms.planning.wave_draft import WaveDraft


@dataclass(frozen=True)
class Stop:
    place: str
    goods: tuple[tuple[int, str, str], ...]  # units, item, lot


@dataclass(frozen=True)
class Tour:
    """`stops` in walking order."""

    name: str
    stops: tuple[Stop, ...]
    walk_mm: int


def show(options: Namespace, rows: Rows, draft: WaveDraft | None) -> int:
    from wms.planning.floor_svg import draw_svg
    from wms.planning.floor_text import draw_text
    from wms.planning.site_floor import floor_of
    from wms.terminal.text import safe

    tour = _tour(rows, draft, options.map)
    floor = floor_of(rows)
    route = list(dict.fromkeys(node for stop in tour.stops if (node := floor.node_of(stop.place)) is not None))
    if options.svg:
        try:
            options.svg.write_text(draw_svg(floor, route), encoding="utf-8")
        except OSError as error:
            raise Refusal(f"{options.svg}: {(error.strerror or str(error)).lower()}") from error

    def text() -> str:
        room = shutil.get_terminal_size((80, 24))
        ascii_only = configured(options).ascii
        drawn = draw_text(floor, route, room.columns, max(8, room.lines - 10), ascii=ascii_only)
        at = {node: n for n, node in enumerate(route, 1)}
        stops = []
        for stop in tour.stops:
            node = floor.node_of(stop.place)
            stops.append((at[node] if node is not None else "", stop.place, _goods(stop)))
        written = [f"drawn to scale in {options.svg}"] if options.svg else []
        head = f"{tour.name}: {len(tour.stops)} bins, {tour.walk_mm / 1000:.0f} m"
        return "\n".join([head, "", *map(safe, drawn), "", table(("STOP", "BIN", "TAKE"), stops), *written])

    emit(options, _document(options, tour), text)
    return 0


def _goods(stop: Stop) -> str:
    return ", ".join(f"{units} x {sku}{f' ({lot})' if lot else ''}" for units, sku, lot in stop.goods)


def _document(options: Namespace, tour: Tour) -> dict[str, Any]:
    return {
        "tour": tour.name,
        "metres": round(tour.walk_mm / 1000, 1),
        "stops": [
            {
                "place": stop.place,
                "take": [{"quantity": units, "sku": sku, "lot": lot} for units, sku, lot in stop.goods],
            }
            for stop in tour.stops
        ],
        "svg": str(options.svg or ""),
    }


def _tour(rows: Rows, draft: WaveDraft | None, name: str) -> Tour:
    """Of the draft, else one that was released. Raises `Refusal`."""
    from wms.domain.waves import Batch, PickTask

    batches = {batch.id.upper(): batch for batch in draft.batches} if draft is not None else {}
    planned = batches.get(name.upper())
    if planned is not None:
        picks = [(task.place, task.quantity, task.sku, task.lot) for task in planned.tasks]
        return Tour(planned.id, _stops(picks), planned.walk_mm)
    batch = rows.get(Batch, name) or rows.get(Batch, name.upper())
    if batch is None:
        known = ", ".join(one.id for one in batches.values()) or "none: wms wave plan --save makes some"
        raise Refusal(f"there is no tour {name}; planned are {known}")
    tasks = sorted(rows.where(PickTask, batch=batch.id), key=lambda task: (task.sequence, task.id))
    return Tour(batch.id, _stops([(t.place, t.quantity, t.sku, t.lot) for t in tasks]), batch.walk_mm)


def _stops(picks: Sequence[tuple[str, int, str, str]]) -> tuple[Stop, ...]:
    goods: dict[str, dict[tuple[str, str], int]] = {}
    for place, units, sku, lot in picks:
        held = goods.setdefault(place, {})
        held[sku, lot] = held.get((sku, lot), 0) + units
    return tuple(
        Stop(place, tuple((units, sku, lot) for (sku, lot), units in held.items())) for place, held in goods.items()
    )
