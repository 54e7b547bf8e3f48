"""What other programs are told of each fact."""

from __future__ import annotations

from typing import Any

import pytest

from wms.domain import events as e
from wms.domain.events import Event, Fact, Key
from wms.domain.ids import (
    NO_LOT,
    Badge,
    BatchId,
    CarrierCode,
    CategoryCode,
    DeviceId,
    LotId,
    ManifestId,
    OrderId,
    ParcelId,
    PlaceId,
    Sku,
    TaskId,
    WaveId,
)
from wms.domain.packing import Parcel, ParcelStatus
from wms.domain.rows import MemoryTables
from wms.domain.shipping import Manifest
from wms.domain.waves import PickTask
from wms.hub.api.events import TYPES, Told, events_of

TEA, BIN, TASK = Sku("TEA"), PlaceId("A-1"), TaskId("T1")
ORDER, PARCEL, MANIFEST, SF = OrderId("o-1"), ParcelId("P1"), ManifestId("M1"), CarrierCode("sf")


@pytest.fixture
def rows() -> MemoryTables:
    tables = MemoryTables()
    tables.put(PickTask(TASK, BatchId("B"), WaveId("W"), ORDER, 1, TEA, BIN, LotId("L7"), 5, 1, 1))
    for n, (order, status) in enumerate(
        [("o-2", "handed_over"), ("o-1", "handed_over"), ("o-1", "handed_over"), ("o-1", "void")], 1
    ):
        row = Parcel(ParcelId(f"P{n}"), OrderId(order), 1, ParcelStatus(status), SF, 1, weight_g=n, waybill=f"SF{n}")
        tables.put(replace_manifest(row))
    tables.put(Manifest(MANIFEST, SF, DeviceId("D"), Badge("007"), 0, False))
    return tables


def replace_manifest(row: Parcel) -> Parcel:
    from wms.domain.records import replace

    return replace(row, manifest=MANIFEST)


def told(event: Event, rows: MemoryTables, n: int = 1) -> tuple[Told, ...]:
    return events_of(Fact(Key(DeviceId("D"), 1, n), 1_790_000_000_000, Badge("007"), event), rows)


PLANNED = e.PlannedTask(TaskId("T2"), ORDER, 1, TEA, PlaceId("A-2"), NO_LOT, 2, 1, 1)
BATCHES = tuple(e.PlannedBatch(BatchId(n), 0, (OrderId(n), ORDER), ()) for n in ("o-5", "o-6"))


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            e.OrderHeld(ORDER, "by_hand:王小明,no_stock:TEA:3"),
            [{"order": "o-1", "holds": ["by_hand", "no_stock:TEA:3"]}],
        ),
        (e.OrderReleased(ORDER), [{"order": "o-1"}]),
        (e.OrderCancelled(ORDER, reason="王小明"), [{"order": "o-1", "refund": False}]),
        (
            e.WaveReleased(WaveId("W"), CategoryCode("x"), 0, BATCHES),
            [{"order": "o-5", "wave": "W"}, {"order": "o-1", "wave": "W"}, {"order": "o-6", "wave": "W"}],
        ),
        (e.PickShorted(TASK, 3, "empty"), [{"order": "o-1", "sku": "TEA", "missing": 3}]),
        (
            e.PickShorted(TASK, 3, "broken", 2, (PLANNED,)),
            [
                {"sku": "TEA", "lot": "L7", "place": "A-1", "change": -2, "cause": "damaged"},
                {"order": "o-1", "sku": "TEA", "missing": 1},
            ],
        ),
        (e.PickShorted(TASK, 2, "empty", 0, (PLANNED,)), []),
        (e.PickShorted(TaskId("lost"), 2, "empty"), []),
        (e.ZeroChecked(BIN, TEA, NO_LOT, 2, 2), []),
        (
            e.ZeroChecked(BIN, TEA, NO_LOT, 2, 5),
            [{"sku": "TEA", "lot": "", "place": "A-1", "change": -3, "cause": "counted"}],
        ),
        (
            e.UnitsMissing(ORDER, 1, TEA, NO_LOT, PlaceId("T"), 2, damaged=True),
            [{"sku": "TEA", "lot": "", "place": "T", "change": -2, "cause": "damaged"}],
        ),
        (
            e.WaybillAssigned(PARCEL, SF, "SF1", "L", 1),
            [{"parcel": "P1", "order": "o-2", "carrier": "sf", "waybill": "SF1"}],
        ),
        (e.LabelVoided(PARCEL, "SF1", "torn"), [{"parcel": "P1", "order": "o-2", "waybill": "SF1"}]),
        (e.ParcelVoided(PARCEL, BIN, "x"), [{"parcel": "P1", "order": "o-2"}]),
        (e.ParcelStaged(ParcelId("lost"), BIN), []),
        (
            e.ManifestClosed(MANIFEST, "李师傅"),
            [
                {
                    "order": "o-1",
                    "manifest": "M1",
                    "carrier": "sf",
                    "parcels": [
                        {"parcel": "P2", "waybill": "SF2", "weight_g": 2},
                        {"parcel": "P3", "waybill": "SF3", "weight_g": 3},
                    ],
                },
                {
                    "order": "o-2",
                    "manifest": "M1",
                    "carrier": "sf",
                    "parcels": [{"parcel": "P1", "waybill": "SF1", "weight_g": 1}],
                },
            ],
        ),
        (e.SignedIn(Badge("007"), "picker"), []),
        (e.RecipientRevealed(ORDER, "why"), []),
        (e.FactUnreadable("Later", '{"name": "王小明"}'), []),
    ],
)
def test_what_is_told_of_a_fact(rows: MemoryTables, event: Event, expected: list[dict[str, Any]]) -> None:
    found = told(event, rows)
    assert [one.data for one in found] == expected
    assert {one.type for one in found} <= set(TYPES)
    assert {one.timestamp for one in found} <= {1_790_000_000}


def test_an_id_is_an_events_own_for_good(rows: MemoryTables) -> None:
    first = told(e.WaveReleased(WaveId("W"), CategoryCode("x"), 0, BATCHES), rows)
    again = told(e.WaveReleased(WaveId("W"), CategoryCode("x"), 0, BATCHES), rows)
    later = told(e.WaveReleased(WaveId("W"), CategoryCode("x"), 0, BATCHES), rows, n=2)
    assert [one.id for one in first] == [one.id for one in again]
    assert len({one.id for one in (*first, *later)}) == 6
    assert all(one.id.startswith("evt_") and one.id.isascii() for one in first)
