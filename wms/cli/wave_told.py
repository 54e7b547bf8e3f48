"""What is said of planned waves: their document for programs, and the page for people."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from wms.cli.acting import because
from wms.cli.output import table, utc, wall

if TYPE_CHECKING:
    from argparse import Namespace

    from wms.domain.events import PlannedBatch, WaveReleased
    from wms.planning.figures import LateOrder, Load, PlanFigures, TourFigures
    from wms.planning.wave_draft import Drift, WaveDraft
    from wms.planning.wave_notes import TourNote

_NAMED = 10  # orders in a sentence


def waves_of(waves: Sequence[WaveReleased]) -> list[dict[str, Any]]:
    return [
        {
            "wave": wave.wave,
            "category": wave.category,
            "ship_by": utc(wave.ship_by),
            "orders": sum(len(batch.orders) for batch in wave.batches),
            "units": sum(task.quantity for batch in wave.batches for task in batch.tasks),
            "batches": [_batch(batch) for batch in wave.batches],
        }
        for wave in waves
    ]


def _batch(batch: PlannedBatch) -> dict[str, Any]:
    return {
        "batch": batch.id,
        "orders": list(batch.orders),
        "tasks": [
            {
                "task": task.id,
                "order": task.order,
                "slot": task.slot,
                "place": task.place,
                "sku": task.sku,
                "lot": task.lot,
                "quantity": task.quantity,
            }
            for task in batch.tasks
        ],
    }


def left_of(options: Namespace, left: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"order": order, "reasons": reason.split(","), "says": because(options, reason)} for order, reason in left]


def draft_of(options: Namespace, draft: WaveDraft, gone: Collection[str] = ()) -> dict[str, Any]:
    """All that is known of a draft; orders that are `gone` since it was made are promised nothing."""
    figures, late = draft.figures, _late(draft, gone)
    return {
        "waves": waves_of(draft.waves),
        "left": left_of(options, draft.left),
        "made": utc(draft.made),
        "walk": _walk(draft, figures) if figures is not None else {},
        "tours": [_tour(draft, *each) for each in draft.tours],
        "pickers": [
            {"picker": one.name, "tours": one.tours, "minutes": _minutes(one.busy), "end": utc(draft.made + one.end)}
            for one in (figures.pickers if figures is not None else ())
        ],
        "late": [
            {"order": one.order, "by": utc(one.by), "packed": utc(one.packed), "in_any_plan": one.certain}
            for one in late
        ],
        "promise": promise(late),
        "refill": [
            {"bin": hint.bin, "sku": hint.sku, "left": hint.left, "elsewhere": hint.reserve, "bins": list(hint.where)}
            for hint in draft.hints
        ],
        "warnings": [{"reason": reason, "says": because(options, reason)} for reason in draft.warnings],
        "locked": list(draft.locked),
        "without": list(draft.without),
    }


def _walk(draft: WaveDraft, figures: PlanFigures) -> dict[str, Any]:
    return {
        "orders": figures.orders,
        "metres": _metres(figures.walk_mm),
        "first_come_metres": _metres(figures.plain_mm),
        "saved_percent": _percent(figures.walk_mm, figures.plain_mm),
        "minutes": _minutes(figures.seconds),
        "first_come_minutes": _minutes(_walked(draft, figures.seconds, figures.walk_mm, figures.plain_mm)),
    }


def _tour(draft: WaveDraft, batch: PlannedBatch, tour: TourFigures, note: TourNote) -> dict[str, Any]:
    return {
        "tour": tour.batch,
        "wave": tour.wave,
        "category": note.category,
        "orders": tour.orders,
        "stops": tour.stops,
        "lines": tour.lines,
        "units": tour.units,
        "metres": _metres(tour.walk_mm),
        "s_shape_metres": _metres(tour.s_shape_mm),
        "saved_percent": _percent(tour.walk_mm, tour.s_shape_mm),
        "minutes": _minutes(tour.seconds),
        "s_shape_minutes": _minutes(_walked(draft, tour.seconds, tour.walk_mm, tour.s_shape_mm)),
        "picker": tour.picker,
        "begin": utc(draft.made + tour.begin),
        "end": utc(draft.made + tour.end),
        "due": utc(note.due),
        "slack_minutes": slack(draft, tour, note) // 60,
        "waits_seconds": tour.waits,
        "late": list(dict.fromkeys(tour.late)),
        "loads": [
            {"what": load.what, "load": load.load, "capacity": load.capacity, "percent": _share(load)}
            for load in tour.loads
        ],
        "locked": batch.id in draft.locked,
    }


def slack(draft: WaveDraft, tour: TourFigures, note: TourNote) -> int:
    """Seconds between the end of a tour and when it has to be back; below 0 where it is late."""
    return note.due - draft.made - tour.end


def _metres(mm: int) -> float:
    return round(mm / 1000, 1)


def _walked(draft: WaveDraft, seconds: int, length: int, instead: int) -> int:
    """How long the same work takes with another walk."""
    return seconds + (instead - length) // draft.speed if draft.speed else seconds


def _minutes(seconds: int) -> float:
    return round(seconds / 60, 1)


def _percent(length: int, than: int) -> float:
    return round(100 * (than - length) / than, 1) if than else 0.0


def _share(load: Load) -> int:
    return round(100 * load.load / load.capacity)


def _late(draft: WaveDraft, gone: Collection[str]) -> list[LateOrder]:
    return [one for one in draft.figures.late if one.order not in gone] if draft.figures is not None else []


def promise(late: Sequence[LateOrder]) -> str:
    """In one sentence, or two: who has to be called, and whom more pickers could still help."""
    certain, planned = [one for one in late if one.certain], [one for one in late if not one.certain]
    said = []
    if certain:
        whom = _these(certain)
        said.append(f"{whom} will be late, whatever we do: call {_names(certain)}")
    if planned:
        said.append(f"{_these(planned)} will be late in this plan, more pickers could help: {_names(planned)}")
    return ". ".join(f"{one[0].upper()}{one[1:]}" for one in said) or "Every order is packed in time"


def _these(late: Sequence[LateOrder]) -> str:
    return "this order" if len(late) == 1 else f"these {len(late)} orders"


def _names(late: Sequence[LateOrder]) -> str:
    more = [f"and {len(late) - _NAMED} more"] if len(late) > _NAMED else []
    return ", ".join([*(one.order for one in late[:_NAMED]), *more])


def waves_page(waves: Sequence[WaveReleased], left: Sequence[dict[str, Any]], zone: str) -> Iterator[str]:
    if waves:
        rows = [
            (wave.wave, wave.category, said["orders"], said["units"], len(wave.batches), wall(wave.ship_by, zone))
            for wave, said in zip(waves, waves_of(waves), strict=True)
        ]
        yield table(("WAVE", "CATEGORY", "ORDERS", "UNITS", "CARTS", "SHIP BY"), rows)
    if left:
        yield table(("LEFT", "WHY"), [(one["order"], one["says"]) for one in left])


def draft_page(options: Namespace, draft: WaveDraft, zone: str, gone: Collection[str] = ()) -> Iterator[str]:
    figures = draft.figures
    if figures is None or not draft.waves:
        yield from waves_page((), left_of(options, draft.left), zone)
        return
    waves = [
        (
            wave.wave,
            wave.category,
            len({order for batch in wave.batches for order in batch.orders}),
            sum(len(batch.tasks) for batch in wave.batches),
            len(wave.batches),
            wall(wave.ship_by, zone),
            *_compared(sum(batch.walk_mm for batch in wave.batches), wave.plain_mm),
        )
        for wave in draft.waves
    ]
    yield table(("WAVE", "CATEGORY", "ORDERS", "LINES", "TOURS", "SHIP BY", "METRES", "FIRST COME", "SAVED"), waves)
    yield table(_TOUR, [_row(draft, *each, zone) for each in draft.tours])
    yield _summary(draft, figures)
    yield from _about(options, draft, zone, _late(draft, gone))
    if draft.left:
        yield table(("LEFT", "WHY"), [(order, because(options, reason)) for order, reason in draft.left])


_TOUR = (
    "TOUR",
    "ORDERS",
    "LINES",
    "METRES",
    "S-SHAPE",
    "SAVED",
    "MIN",
    "S-SHAPE",
    "PICKER",
    "BEGIN",
    "END",
    "SLACK",
    "CART",
    "",
)


def _compared(length: int, than: int) -> tuple[str, str, str]:
    less = round(100 * (than - length) / than) if than else 0
    return f"{length / 1000:.0f}", f"{than / 1000:.0f}", f"{less} %"


def _row(draft: WaveDraft, batch: PlannedBatch, tour: TourFigures, note: TourNote, zone: str) -> tuple[object, ...]:
    marks = [
        "locked" if batch.id in draft.locked else "",
        f"waits {tour.waits} s" if tour.waits else "",
        f"{len({*tour.late})} late" if tour.late else "",
    ]
    return (
        tour.batch,
        tour.orders,
        tour.lines,
        *_compared(tour.walk_mm, tour.s_shape_mm),
        f"{tour.seconds / 60:.0f}",
        f"{_walked(draft, tour.seconds, tour.walk_mm, tour.s_shape_mm) / 60:.0f}",
        tour.picker,
        wall(draft.made + tour.begin, zone)[-5:],
        wall(draft.made + tour.end, zone)[-5:],
        span(slack(draft, tour, note)),
        ", ".join(_carried(load) for load in tour.loads),
        "; ".join(filter(None, marks)),
    )


def span(seconds: int) -> str:
    """
    >>> span(4000), span(-90)
    ('1:06', '-0:02')
    """
    minutes = seconds // 60 if seconds >= 0 else -(seconds // 60)
    return f"{'-' if seconds < 0 else ''}{minutes // 60}:{minutes % 60:02}"


def _carried(load: Load) -> str:
    if load.what in ("grams", "cm3"):
        return f"{load.load / 1000:.0f}/{load.capacity / 1000:.0f} {'kg' if load.what == 'grams' else 'l'}"
    return f"{load.load}/{load.capacity} {load.what}"


def _summary(draft: WaveDraft, figures: PlanFigures) -> str:
    length, plain, saved = _compared(figures.walk_mm, figures.plain_mm)
    pickers = sum(one.tours > 0 for one in figures.pickers)
    work = f"{figures.seconds / 60:.0f} min of work for {pickers} {'picker' if pickers == 1 else 'pickers'}"
    minutes = _walked(draft, figures.seconds, figures.walk_mm, figures.plain_mm) / 60
    habit = f"first come, first served in an S-shape: {plain} m, {minutes:.0f} min"
    orders = "1 order" if figures.orders == 1 else f"{figures.orders} orders"
    return f"{orders}, {length} m in {work}; {habit}, {saved} saved"


def _about(options: Namespace, draft: WaveDraft, zone: str, late: Sequence[LateOrder]) -> Iterator[str]:
    """The promise, what runs out, and what to mind."""
    warnings = [f"Warning: {because(options, reason)}" for reason in draft.warnings]
    yield "\n".join([promise(late), *warnings])
    if late:
        rows = [
            (one.order, wall(one.by, zone), wall(one.packed, zone), "whatever we do" if one.certain else "in this plan")
            for one in late
        ]
        yield table(("LATE", "PACK BY", "PACKED", ""), rows)
    if draft.hints:
        empty = [
            (hint.bin, hint.sku, hint.left, f"{hint.reserve} in {', '.join(hint.where)}" if hint.where else "none")
            for hint in draft.hints
        ]
        yield table(("RUNS OUT", "SKU", "LEFT", "ELSEWHERE"), empty)


def drift_of(options: Namespace, draft: WaveDraft, drift: Drift) -> dict[str, Any]:
    return {
        "made": utc(draft.made),
        "stale": drift.any,
        "left": left_of(options, drift.left),
        "moved": list(drift.moved),
        "new": list(drift.new),
        "rules_changed": drift.rules,
    }


def drift_page(draft: WaveDraft, drift: Drift, zone: str) -> str:
    """What has become otherwise since the draft was made; '' where nothing has."""
    if not drift.any:
        return ""
    parts = [
        f"{len(drift.left)} of its orders can't go any more: {_some([order for order, _ in drift.left])}"
        if drift.left
        else "",
        f"{len(drift.moved)} are picked from other bins: {_some(drift.moved)}" if drift.moved else "",
        f"{len(drift.new)} wait that are not in it: {_some(drift.new)}" if drift.new else "",
        "the rules or the floor were changed" if drift.rules else "",
    ]
    return f"Since this plan was made ({wall(draft.made, zone)}): {'; '.join(filter(None, parts))}"


def _some(orders: Sequence[str]) -> str:
    return ", ".join([*orders[:_NAMED], *(["..."] if len(orders) > _NAMED else [])])
