"""Sampling inspection: which units are drawn, and what was found."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import ClassVar

from wms.domain.ids import CategoryCode, InspectionId, LotId, OrderId, PlaceId, Sku
from wms.domain.rows import Row


class Disposition(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    HELD = "held"
    SORTING = "sorting"  # 100 %: every unit of the batch is looked at
    REJECTED = "rejected"


class InspectionLot(Row):
    """A batch under inspection: an outbound wave or an inbound receipt. `seed` lets anybody draw the sample again."""

    TABLE: ClassVar[str] = "inspection_lot"
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("disposition",), ("reference",))
    id: InspectionId
    kind: str  # outbound, inbound
    reference: str  # the wave or the receipt
    category: CategoryCode
    population: int
    sample_size: int
    seed: str
    disposition: Disposition = Disposition.OPEN
    passed: int = 0
    failed: int = 0
    opened: int = 0


def may_judge_again(lot: InspectionLot) -> bool:
    """Whether the last verdict can still be taken back: not once a person has decided to accept or reject."""
    by_itself = lot.disposition == Disposition.ACCEPTED and not lot.failed
    return by_itself or lot.disposition in (Disposition.OPEN, Disposition.HELD, Disposition.SORTING)


class Verdict(StrEnum):
    NONE = ""
    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    GONE = "gone"  # the unit never came (short pick): nothing to look at


class Sample(Row):
    """One drawn unit: unit `unit` (from 0) of what `source` names (a pick task, or the receipt's place)."""

    TABLE: ClassVar[str] = "sample"
    REFERS: ClassVar[tuple[tuple[str, str], ...]] = (("inspection", "inspection_lot"),)
    KEY: ClassVar[tuple[str, ...]] = ("inspection", "n")
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("inspection",), ("order_id",), ("source",))
    inspection: InspectionId
    n: int
    source: str
    unit: int
    sku: Sku
    lot: LotId
    order_id: OrderId = OrderId("")
    place: PlaceId = PlaceId("")
    verdict: Verdict = Verdict.NONE
    reason: str = ""
    seen: bool = False  # the unit was scanned: it is in the inspector's hand


def sample_size(population: int, percent: int) -> int:
    """`percent` of the batch rounded up, at least one unit (RULES: 5 %, at least 1); 0 for an empty batch."""
    return min(population, max(1, -(-population * percent // 100))) if population > 0 else 0


def draw(seed: str, population: int, size: int) -> list[int]:
    """The drawn unit numbers, ascending: the `size` units whose SHA-256 of `seed:unit` is smallest.

    Nobody can predict it before the seed is known; anybody can repeat it afterwards with `sha256sum`.
    """
    rank = sorted(range(population), key=lambda unit: hashlib.sha256(f"{seed}:{unit}".encode()).digest())
    return sorted(rank[:size])
