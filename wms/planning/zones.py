"""Zones: who picks in one zone only takes the part of each order that lies there.

Pick-and-pass: the tote goes on from zone to zone. Parallel: each zone picks its part at once, and packing brings the
parts together (de Koster, Le-Duc & Roodbergen 2007, doi 10.1016/j.ejor.2006.07.009, on both).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wms.planning.problem import Job


class Zoning(StrEnum):
    OFF = "off"
    PASS = "pass"  # noqa: S105 - a way of working
    PARALLEL = "parallel"


@dataclass(frozen=True, slots=True)
class ZonePick:
    """A pick of an order: at this stop, in this zone, with what it loads."""

    stop: int
    zone: str
    loads: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ZoneOrder:
    """An order before zones divide it. `tote` is what its tote itself loads, as a slot of the cart."""

    name: str
    picks: tuple[ZonePick, ...]
    tote: tuple[int, ...]
    group: int = 0
    due: int | None = None


@dataclass(frozen=True, slots=True)
class ZoneJob:
    """What one zone does for an order: leg `leg` (from 1) of `legs`. With pick-and-pass the tote comes `taken_over` at
    that stop from the leg before, and is `handed_on` at the other; None at either end of the row."""

    job: Job
    zone: str
    leg: int = 1
    legs: int = 1
    taken_over: int | None = None
    handed_on: int | None = None


def by_zone(
    orders: Sequence[ZoneOrder], zoning: Zoning, row: Sequence[str], handovers: Mapping[tuple[str, str], int]
) -> tuple[ZoneJob, ...]:
    """The jobs of all orders, those of one order in the order of its legs.

    `row` names the zones in the order a tote passes them; zones it doesn't name come after, by name. `handovers` gives
    the stop where a tote goes from one zone to another; without one it is passed on where no walk is needed.
    """
    place = {zone: n for n, zone in enumerate(row)}
    jobs: list[ZoneJob] = []
    for order in orders:
        zones = sorted({pick.zone for pick in order.picks}, key=lambda zone: (place.get(zone, len(place)), zone))
        if zoning == Zoning.OFF or len(zones) <= 1:
            only = zones[0] if zoning != Zoning.OFF and zones else ""
            jobs.append(ZoneJob(_job(order, order.name, order.picks, order.picks), only))
        elif zoning == Zoning.PARALLEL:
            jobs += [_part(order, zone, n, len(zones)) for n, zone in enumerate(zones, 1)]
        else:
            jobs += _passed(order, zones, handovers)
    return tuple(jobs)


def _part(order: ZoneOrder, zone: str, leg: int, legs: int) -> ZoneJob:
    picks = [pick for pick in order.picks if pick.zone == zone]
    return ZoneJob(_job(order, f"{order.name}/{zone}", picks, picks), zone, leg, legs)


def _passed(order: ZoneOrder, zones: Sequence[str], handovers: Mapping[tuple[str, str], int]) -> list[ZoneJob]:
    """A leg's cart carries what the tote already holds. The time until the order is due is shared out evenly, so that
    no leg is planned when the next should be under way."""
    jobs, held = [], []
    for n, zone in enumerate(zones):
        here = [pick for pick in order.picks if pick.zone == zone]
        held += here
        before = handovers.get((zones[n - 1], zone)) if n else None
        after = handovers.get((zone, zones[n + 1])) if n + 1 < len(zones) else None
        due = None if order.due is None else order.due * (n + 1) // len(zones)
        job = _job(order, f"{order.name}/{zone}", here, held, (before, after), due)
        jobs.append(ZoneJob(job, zone, n + 1, len(zones), before, after))
    return jobs


def _job(
    order: ZoneOrder,
    name: str,
    picks: Sequence[ZonePick],
    held: Sequence[ZonePick],
    handed: tuple[int | None, ...] = (),
    due: int | None = None,
) -> Job:
    loads = tuple(map(sum, zip(order.tote, *(pick.loads for pick in held), strict=True)))
    stops = {*(pick.stop for pick in picks), *(stop for stop in handed if stop is not None)}
    return Job(name, tuple(sorted(stops)), loads, len(picks), order.group, order.due if due is None else due)
