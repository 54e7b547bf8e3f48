"""The review of orders at a shell: what is held and why, asking, matching, and the rules in force."""

from __future__ import annotations

import json
import stat
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pytest

import wms.workflows.handlers  # noqa: F401  # TakeOrders is decided there
from wms.cli import order_review
from wms.cli.output import Refusal
from wms.cli.parsing import group
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Item
from wms.domain.ids import NO_LOT, Badge, CarrierCode, CategoryCode, ChannelCode, OrderId, PlaceId, Sku
from wms.domain.orders import Order
from wms.domain.places import Place, PlaceKind
from wms.domain.recipients import PersonalData
from wms.store import Store
from wms.store.sealing import seal_many

P, NOON = Badge("007"), 1_790_913_600
WANG = PersonalData("王小明", "13800138000", ("浙江省杭州市文三路1号",), "杭州市", "", "CN")


class Shell:
    """`orders …` on a data folder."""

    def __init__(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.data, self._capsys = data, capsys

    def __call__(self, *words: object) -> str:
        """What it prints. Raises `Refusal`."""
        top = ArgumentParser()
        orders = group(top.add_subparsers(dest="command"), "orders", "orders")
        order_review.add(orders)
        options = top.parse_args(["orders", *map(str, words), "--data", str(self.data)])
        options.json = getattr(options, "json", False)
        self._capsys.readouterr()
        assert options.run(options) == 0
        return self._capsys.readouterr().out

    def json(self, *words: object) -> Any:
        return json.loads(self(*words, "--json"))


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    with_goods(tmp_path)
    return Shell(tmp_path, capsys)


def with_goods(folder: Path) -> None:
    store = Store(folder, "T1", clock=lambda: NOON * 1000)
    store.record(
        [
            e.PlaceDefined(Place(PlaceId("A-1"), PlaceKind.BIN)),
            e.ItemDefined(Item(Sku("TEA"), "茶", "Tea", CategoryCode("food")), ()),
            e.GoodsReceived("R", Sku("TEA"), NO_LOT, 100, PlaceId("A-1")),
        ],
        P,
    )
    store.close()


def take(folder: Path, name: str, **more: Any) -> None:
    store = Store(folder, "T1", clock=lambda: NOON * 1000)
    sealed = seal_many(store, {OrderId(name): WANG})[OrderId(name)]
    told = {"lines": ((Sku("TEA"), 2),), "amount": 250_000, "currency": "CNY", "masked": WANG.masked()} | more
    order = c.IncomingOrder(
        OrderId(name), ChannelCode("shop"), name, NOON + 3600, CarrierCode("sf"), sealed=sealed, **told
    )
    store.execute(c.TakeOrders((order,)), P)
    store.close()


def status(folder: Path, name: str) -> str:
    store = Store(folder, "T1")
    found = store.rows.get(Order, name)
    store.close()
    assert found is not None
    return str(found.status)


def test_what_is_held_is_told_with_its_facts_and_nobody_s_name(shell: Shell) -> None:
    take(shell.data, "A-1")
    assert shell.json("review") == {"held": [], "together": [], "changed": [], "unrecorded": []}
    (held,) = shell.json("review", "--again")["held"]
    assert held == {
        "order": "A-1",
        "channel": "shop",
        "reference": "A-1",
        "ship_by": "2026-10-02T05:00:00Z",
        "lines": 1,
        "units": 2,
        "amount": "CNY 2500.00",
        "recipient": "王* 1*******000 杭州市",
        "reasons": [{"reason": "first_order:CNY 2500.00", "says": "The first order of this buyer, worth CNY 2500.00"}],
        "unknown": [],
        "asked": None,
    }
    text = shell("review")
    assert "A-1" in text
    assert "worth CNY 2500.00" in text
    assert not any(part in text for part in ("小明", "文三路", "13800138000"))


def test_asking_is_noted_and_keeps_the_order_held(shell: Shell) -> None:
    take(shell.data, "A-1", problems=("by_hand:x",))
    assert shell.json("ask", "A-1", "--note", " called ") == {"order": "A-1", "asked": "called"}
    (held,) = shell.json("review")["held"]
    assert (held["asked"]["note"], status(shell.data, "A-1")) == ("called", "held")
    assert "asked: called" in shell("review")
    take(shell.data, "A-2", amount=1)
    with pytest.raises(Refusal, match="A-2 is not held"):
        shell("ask", "A-2", "--note", "called")


def test_an_unknown_code_is_matched_to_an_item(shell: Shell) -> None:
    take(shell.data, "A-1", problems=("unknown_item:tea",), unknown=(("tea", 3),), offered=(("tea", (Sku("TEA"),)),))
    (held,) = shell.json("review")["held"]
    assert (held["unknown"], held["units"]) == ([{"code": "tea", "quantity": 3, "offered": ["TEA"]}], 5)
    assert "tea -> TEA" in shell("review")
    with pytest.raises(Refusal, match="No item GHOST"):
        shell("match", "A-1", "tea", "GHOST")
    assert shell.json("match", "A-1", "tea", "TEA") == {"order": "A-1", "status": "ready", "reasons": []}


def test_what_could_go_together_is_told(shell: Shell) -> None:
    take(shell.data, "A-1", amount=1)
    take(shell.data, "A-2", amount=1)
    assert shell.json("review", "--again")["together"] == [{"order": "A-1", "with": ["A-2"]}]
    assert "COULD GO WITH" in shell("review")


def test_an_order_that_was_released_is_not_held_again(shell: Shell) -> None:
    take(shell.data, "A-1")
    shell("review", "--again")
    store = Store(shell.data, "T1")
    store.execute(c.ReleaseOrder(OrderId("A-1")), P)
    store.close()
    assert shell.json("review", "--again")["held"] == []


def test_the_rules_in_force_are_told_and_blocked_people_only_counted(shell: Shell) -> None:
    assert "orders" in shell("rules")
    (shell.data / "review.toml").write_text('[blocked]\nphones = ["13800138000"]\n[large_orders]\norders = 7\n')
    told = shell.json("rules")
    assert (told["own"], told["rules"]["blocked"]["phones"], told["rules"]["large_orders"]["orders"]) == (True, 1, 7)
    text = shell("rules")
    assert "13800138000" not in text
    assert "amount.CNY" in text


def test_a_wrong_rule_is_named_with_its_line(shell: Shell) -> None:
    (shell.data / "review.toml").write_text("[large_orders]\norders = 1\n")
    for words in (("rules",), ("review", "--again")):
        with pytest.raises(Refusal, match="line 2: orders = 1") as refused:
            shell(*words)
        assert refused.value.code == 2


def test_the_template_is_the_rules_in_force_and_never_overwrites(shell: Shell) -> None:
    before = shell.json("rules")["rules"]
    path = Path(shell.json("rules", "--template")["written"])
    assert path == shell.data / "review.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert shell.json("rules")["rules"] == before
    with pytest.raises(Refusal, match="not overwritten"):
        shell("rules", "--template")
