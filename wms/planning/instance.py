"""Published benchmark instances (format planning-bench/1) as problems.

Whatever stands in a file: what can be planned is, and each trouble is named with its row.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from wms.planning.instance_floor import read_floor
from wms.planning.instance_orders import Left, Terms, read_orders
from wms.planning.instance_values import (
    HUNDREDTHS,
    Key,
    Trouble,
    Unreadable,
    amount,
    common,
    mapping,
    rows,
    shown,
)
from wms.planning.problem import Picker, Prices, Problem

__all__ = ["Instance", "Left", "Trouble", "Unreadable", "read_instance"]

FORMAT = "planning-bench/1"


@dataclass(frozen=True, slots=True)
class Instance:
    """`orders[i]` is the id of the problem's job i, `nodes[n]` the file's name of its node n; jobs are named by their
    rows. `ticks` of the problem make one unit of the file's objective, `load_unit` one of its loads, of which
    a cart holds `capacity`. `left` are orders that are not in the problem; `troubles` all else that was wrong."""

    id: str
    problem: Problem
    orders: tuple[Key, ...]
    nodes: tuple[Key, ...]
    ticks: int
    left: tuple[Left, ...]
    troubles: tuple[Trouble, ...]
    capacity: Fraction
    load_unit: int


def read_instance(given: bytes | str | dict[str, Any]) -> Instance:
    """Lengths become hundredths of the file's unit. Raises `Unreadable` where nothing can be planned."""
    instance = given if isinstance(given, dict) else _parsed(given)
    if instance.get("format") != FORMAT:
        told = shown(instance["format"]) if "format" in instance else "missing"
        raise Unreadable(f"the format is {told}; what is read here is {FORMAT}")
    said: list[Trouble] = []
    terms = _terms(instance)
    pickers = _pickers(instance) if terms.timed else 0
    floor = read_floor(instance, said)
    orders = read_orders(rows(instance, "orders", "orders"), floor, terms, said)
    problem = Problem(
        floor.graph,
        orders.jobs,
        (orders.capacity,),
        terms.prices,
        tuple(Picker(str(n + 1)) for n in range(min(pickers, max(1, len(orders.jobs))))),
        strict=terms.timed,
        spots=floor.spots,
    )
    name = instance.get("id")
    return Instance(
        name if isinstance(name, str) else "",
        problem,
        orders.ids,
        floor.nodes,
        terms.ticks,
        orders.left,
        tuple(said),
        terms.capacity,
        orders.load_unit,
    )


def _parsed(text: bytes | str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"it is no JSON: {error}") from error
    return mapping(found, "an instance")


def _terms(instance: dict[str, Any]) -> Terms:
    capacity = _amount(mapping(instance.get("capacity"), "capacity"), "max_load_per_batch", "capacity")
    objective = instance.get("objective")
    if objective == "distance":
        if instance.get("time") is not None or instance.get("pickers") is not None:
            raise Unreadable('objective "distance" goes with no pickers and no time')
        return Terms(capacity, Prices(), HUNDREDTHS, timed=False)
    if objective == "work_time":
        return _working_time(capacity, mapping(instance.get("time"), "time"))
    raise Unreadable(f'the objective must be "distance" or "work_time", not {shown(objective)}')


def _working_time(capacity: Fraction, time: dict[str, Any]) -> Terms:
    """A tick is so small that working times are whole numbers of them: a hundredth where all prices are whole."""
    per_length, per_trip, per_line = (
        _amount(time, key, "time") for key in ("per_distance", "setup_per_batch", "per_line")
    )
    scale = common((per_length, per_trip * HUNDREDTHS, per_line * HUNDREDTHS))
    ticks = HUNDREDTHS * scale
    prices = Prices(int(per_length * scale), int(per_trip * ticks), int(per_line * ticks))
    return Terms(capacity, prices, ticks, timed=True)


def _pickers(instance: dict[str, Any]) -> int:
    found = instance.get("pickers")
    if type(found) is not int:
        raise Unreadable(f"pickers must be a whole number, not {shown(found)}")
    if found < 1:
        raise Unreadable(f"pickers is {shown(found)}: there is nobody to walk")
    return found


def _amount(owner: dict[str, Any], key: str, path: str) -> Fraction:
    if key not in owner:
        raise Unreadable(f"{path}.{key} is missing")
    try:
        return amount(owner[key], f"{path}.{key}")
    except ValueError as error:
        raise Unreadable(str(error)) from error
