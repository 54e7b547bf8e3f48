"""Orders that their channel changed, at a shell: seen wherever orders are listed, and taken or left."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pytest

import wms.workflows.handlers  # noqa: F401  # the commands are decided there
from wms.cli import orders
from wms.cli.output import Refusal
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Item
from wms.domain.ids import NO_LOT, Badge, CarrierCode, CategoryCode, ChannelCode, OrderId, PlaceId, Sku
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.places import Place, PlaceKind
from wms.domain.records import replace
from wms.domain.review import Review
from wms.store import Store
from wms.store.tables import SqliteTables
from wms.workflows.news import People, news_of

P, NOON = Badge("007"), 1_790_913_600
OTHER_GOODS = ["Order 1 was changed in the channel: other goods", "Tea: 2 -> 3"]


def an_order(quantity: int) -> c.IncomingOrder:
    lines = ((Sku("TEA"), quantity),)
    return c.IncomingOrder(OrderId("shop-1"), ChannelCode("shop"), "1", NOON + 3600, CarrierCode("sf"), lines)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An order for two teas, of which the channel says three now."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    store = Store(tmp_path, "T1", clock=lambda: NOON * 1000)
    store.record(
        [
            e.PlaceDefined(Place(PlaceId("A-1"), PlaceKind.BIN)),
            e.ItemDefined(Item(Sku("TEA"), "茶", "Tea", CategoryCode("food")), ()),
            e.GoodsReceived("R", Sku("TEA"), NO_LOT, 100, PlaceId("A-1")),
        ],
        P,
    )
    store.execute(c.TakeOrders((an_order(2),)), P)
    for command in news_of(store.rows, an_order(3), People()):
        store.execute(command, P)
    store.close()
    return tmp_path


@pytest.fixture
def shell(data: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str) -> str:
        top = ArgumentParser()
        orders.add(top, top.add_subparsers(dest="command"))
        options = top.parse_args(["orders", *words, "--data", str(data)])
        options.json = getattr(options, "json", False)
        capsys.readouterr()
        assert options.run(options) == 0
        return capsys.readouterr().out

    return run


def wanted(data: Path) -> int:
    store = Store(data, "T1")
    (line,) = store.rows.where(OrderLine, order_id="shop-1")
    store.close()
    return int(line.quantity)


def test_it_is_seen_wherever_the_order_is(shell: Any) -> None:
    (listed,) = json.loads(shell("list", "--json"))["orders"]
    assert (listed["status"], listed["changed"]) == ("ready", ["lines"])
    assert "ready, changed" in shell("list")
    assert json.loads(shell("show", "1", "--json"))["changes"] == OTHER_GOODS
    assert "; ".join(OTHER_GOODS) in shell("show", "1")
    (reviewed,) = json.loads(shell("review", "--json"))["changed"]
    assert reviewed == {
        "order": "shop-1",
        "channel": "shop",
        "reference": "1",
        "status": "ready",
        "what": ["lines"],
        "says": OTHER_GOODS,
        "can_be_taken": True,
        "since": "2026-10-02T04:00:00Z",
    }
    assert "--take or --keep" in shell("review")
    assert shell("change", "1") == "\n".join(OTHER_GOODS) + "\n"


def test_it_is_taken(shell: Any, data: Path) -> None:
    assert json.loads(shell("change", "1", "--take", "--json")) == {
        "order": "shop-1", "status": "ready", "done": "taken"
    }  # fmt: skip
    assert wanted(data) == 3
    nothing_is_left(shell)


def test_it_is_left_for_a_reason(shell: Any, data: Path) -> None:
    assert json.loads(shell("change", "shop-1", "--keep", "--reason", "they rang", "--json"))["done"] == "kept"
    assert wanted(data) == 2
    nothing_is_left(shell)
    store = Store(data, "T1")
    found = store.rows.get(Review, "order_changed/shop-1")
    store.close()
    assert found is not None
    assert "they rang" in found.decision


def nothing_is_left(shell: Any) -> None:
    assert json.loads(shell("review", "--json"))["changed"] == []
    assert "changed" not in shell("list")
    with pytest.raises(Refusal, match="changed nothing in order 1"):
        shell("change", "1", "--take")


def test_what_came_too_late_is_not_taken(shell: Any, data: Path) -> None:
    store = Store(data, "T1")
    order = store.rows.get(Order, "shop-1")
    assert order is not None
    begun = replace(order, status=OrderStatus.IN_WAVE)
    store.writer.do(lambda connection: SqliteTables(connection).put(begun))
    store.close()
    assert "too late: --keep" in shell("review")
    with pytest.raises(Refusal, match="too late"):
        shell("change", "1", "--take")


def test_a_reason_is_for_what_is_kept(shell: Any) -> None:
    with pytest.raises(Refusal, match="--reason goes with --keep"):
        shell("change", "1", "--take", "--reason", "x")
