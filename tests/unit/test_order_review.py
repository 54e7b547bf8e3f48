"""The review of orders that have come in: over a real store, with recipients that are sealed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import wms.workflows.handlers  # noqa: F401  # TakeOrders is decided there
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.auditing import Finding, Rules
from wms.domain.catalogue import Item
from wms.domain.ids import NO_LOT, Badge, CarrierCode, CategoryCode, ChannelCode, OrderId, PlaceId, Sku
from wms.domain.orders import Order, OrderStatus
from wms.domain.places import Place, PlaceKind
from wms.domain.recipients import PersonalData
from wms.domain.review import Review
from wms.order_review import review_orders, rules_of
from wms.order_review.rules import BadRules, defaults, read, template
from wms.store import Store, verify
from wms.store.sealing import destroy, seal_many
from wms.workflows.handling import Refused
from wms.workflows.prompt import msg

P = Badge("007")
NOON = 1_790_913_600
DAY = 86_400
WANG = PersonalData("王小明", "13800138000", ("浙江省杭州市文三路1号",), "杭州市", "", "CN", buyer="wang")
LI = PersonalData("李雷", "13900139000", ("北京市建国路88号",), buyer="li")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    clock = [NOON]
    opened = Store(tmp_path, "T1", clock=lambda: clock[0] * 1000)
    opened.record(
        [
            e.PlaceDefined(Place(PlaceId("A-1"), PlaceKind.BIN)),
            e.ItemDefined(Item(Sku("TEA"), "茶", "Tea", CategoryCode("food")), ()),
            e.GoodsReceived("R", Sku("TEA"), NO_LOT, 100_000, PlaceId("A-1")),
        ],
        P,
    )
    yield opened
    opened.close()


def take(store: Store, *names: str, person: PersonalData = WANG, channel: str = "shop", **more: object) -> None:
    sealed = seal_many(store, {OrderId(name): person for name in names})
    told = {"placed": NOON, "amount": 500, "currency": "CNY"} | more
    lines = ((Sku("TEA"), 1),)
    keys = {name: sealed[OrderId(name)] for name in names}
    orders = tuple(
        c.IncomingOrder(
            OrderId(name), ChannelCode(channel), name, NOON + DAY, CarrierCode("sf"), lines, sealed=keys[name],
            **told,  # type: ignore[arg-type]
        )
        for name in names
    )  # fmt: skip
    store.execute(c.TakeOrders(orders), P)


def reviewed(store: Store, *names: str, rules: Rules | None = None) -> tuple[Finding, ...]:
    return review_orders(store, map(OrderId, names), store.execute, P, rules or defaults())


def hold(store: Store, name: str) -> str:
    found = store.rows.get(Order, name)
    assert found is not None
    assert (found.status == OrderStatus.HELD) == bool(found.hold)
    return found.hold


def test_an_ordinary_order_is_left_alone(store: Store) -> None:
    take(store, "a")
    head = store.head()
    assert (reviewed(store, "a", "not here"), hold(store, "a"), store.head()) == ((), "", head + 1)
    assert (reviewed(store, "a"), store.head()) == ((), head + 1)  # that it was reviewed is noted once


def test_what_an_import_that_was_cut_off_left_is_reviewed_with_the_next(store: Store) -> None:
    take(store, "a", "b", "c", amount=150_000)
    take(store, "d", person=LI)
    reviewed(store, "d")
    assert [hold(store, name) != "" for name in "abcd"] == [True, True, True, False]
    store.execute(c.ReleaseOrder(OrderId("a")), P)
    assert (reviewed(store), hold(store, "a")) == ((), "")  # a person has decided


def test_what_the_rules_find_is_held_before_a_wave_can_take_it(store: Store) -> None:
    take(store, "a", "b", "c", amount=150_000)
    take(store, "d", person=LI)
    findings = reviewed(store, "a", "b", "c", "d")
    assert [hold(store, name) for name in "abcd"] == [
        "large_orders:3:24:b", "large_orders:3:24:a", "large_orders:3:24:a", "",
    ]  # fmt: skip
    assert all(finding.done for finding in findings)
    store.execute(c.ReleaseWaves(), P)
    assert [store.rows.get(Order, name).status for name in "ad"] == ["held", "in_wave"]  # type: ignore[union-attr]
    assert verify(store.rows).problems == ()


def test_reasons_join_those_that_intake_has_found_and_a_second_review_adds_nothing(store: Store) -> None:
    take(store, "a", amount=10**6, problems=("unknown_item:x",))
    reviewed(store, "a")
    assert hold(store, "a") == "unknown_item:x,first_order:CNY 10000.00"
    head = store.head()
    reviewed(store, "a")
    assert store.head() == head


def test_a_released_order_is_not_held_again_by_the_next_one(store: Store) -> None:
    take(store, "a", "b", "c", amount=150_000)
    reviewed(store, "a", "b", "c")
    for name in "abc":
        store.execute(c.ReleaseOrder(OrderId(name)), P)
    take(store, "d", amount=150_000)
    reviewed(store, "d")
    assert [hold(store, name) for name in "abcd"] == ["", "", "", "large_orders:4:24:a"]


def test_a_buyer_who_bought_long_ago_is_no_new_one_until_erased(store: Store) -> None:
    take(store, "old", placed=NOON - 300 * DAY)
    store.record([e.OrderCancelled(OrderId("filler"))], P)
    with_old = store.rows.connection.execute("SELECT status FROM orders").fetchall()
    assert with_old == [("ready",)]
    store.execute(c.ReleaseWaves(), P)  # it does not wait any more
    take(store, "a", amount=10**6)
    assert reviewed(store, "a") == ()
    store.writer.do(lambda connection: destroy(connection, (OrderId("old"),)))
    reviewed(store, "a")
    assert hold(store, "a") == "first_order:CNY 10000.00"


def test_orders_that_could_go_together_are_told_of_once_until_one_of_them_is_picked(store: Store) -> None:
    take(store, "a", "b")
    reviewed(store, "a", "b")
    suggestion = store.rows.get(Review, "send_together/a")
    assert suggestion is not None
    assert (suggestion.open, suggestion.detail, hold(store, "a")) == (True, "b", "")
    store.execute(c.ReleaseWaves(), P)
    closed = store.rows.get(Review, "send_together/a")
    assert closed is not None
    assert not closed.open


def test_a_finding_that_could_not_be_recorded_says_so(store: Store) -> None:
    take(store, "a", amount=10**6)
    away = Refused((msg("The hub can't be reached"),))
    (found,) = review_orders(store, [OrderId("a")], lambda *_: away, P, defaults())
    assert (found.done, hold(store, "a")) == (False, "")


def test_the_same_order_through_two_channels(store: Store) -> None:
    take(store, "a")
    store.execute(c.ReleaseWaves(), P)
    take(store, "b", channel="web", placed=NOON + DAY)
    reviewed(store, "b")
    assert hold(store, "b") == "same_elsewhere:a"


# The rules


def test_the_house_s_own_rules_are_complete_and_commented() -> None:
    assert "# several large orders to one address" in template()
    assert read(template(), "x", Rules()) == defaults()
    empty = Rules()
    for name in empty.__struct_fields__:
        assert name in template()


def test_a_site_says_only_what_is_different(tmp_path: Path) -> None:
    assert rules_of(tmp_path) is defaults()
    site = '[large_orders]\norders = 5\namount.CNY = 7\n[blocked]\nphones = [" 138 "]\n[together]\non = false\n'
    (tmp_path / "review.toml").write_text(site, encoding="utf-8-sig")
    rules = rules_of(tmp_path)
    assert (rules.large_orders.orders, rules.large_orders.hours, rules.together.on) == (5, 24, False)
    assert (rules.large_orders.amount["CNY"], rules.large_orders.amount["USD"]) == (7, 15_000)
    assert (rules.blocked.phones, rules.first_order) == (("138",), defaults().first_order)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[large_orders]\n\norders = 1", "line 3: orders = 1 must be a whole number from 2 up"),
        ("[large_orders]\nhours = true", "line 2: hours = true must be a whole number from 1 up"),
        ("[together]\non = 1", "line 2: on = 1 must be true or false"),
        ("# x\n[larg_orders]", "line 2: [larg_orders] is no rule; known are large_orders"),
        ("[duplicates]\ndays = 2\ndayz = 3", "line 3: dayz is no setting of [duplicates]; known are on, days"),
        ('[first_order.amount]\nCNY = 5\nUSD = "5"', 'line 3: USD = "5" must be a whole number of its smallest unit'),
        ("[first_order]\namount = {yuan = 5}", "line 2: yuan is no currency such as CNY"),
        ("[first_order]\namount = 5", "line 2: amount must say it by currency: CNY = 100_000"),
        ("[blocked]\nphones = [138]", "line 2: phones must be a list of texts"),
        ("on = true", "line 1: [on] is no rule"),
        ("[together\n", "(at line 1, column 10)"),
    ],
)
def test_what_is_wrong_in_the_rules_is_named_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "review.toml").write_text(text)
    with pytest.raises(BadRules) as wrong:
        rules_of(tmp_path)
    assert says in str(wrong.value)
    assert str(tmp_path / "review.toml") in str(wrong.value)
