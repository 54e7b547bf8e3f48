"""Plans that are kept, changed, drawn and released from a shell, through the program's own entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli_shell import Shell
from wms.domain.orders import Order
from wms.domain.waves import LeftOut
from wms.store import Store, plan_draft

HEAD = "order,channel,placed_at,sku,quantity,name,phone,address,city,carrier\n"


def row(order: str, quantity: int = 1, placed: str = "2099-11-11 16:27") -> str:
    return f"{order},shop,{placed},CAR-01,{quantity},王小明,13800138000,人民路1号,上海,sf\n"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


@pytest.fixture
def house(shell: Shell) -> Shell:
    """Four orders of two units each, of twenty."""
    house = shell.set_up()
    bring(house, *(row(f"A-{n}", 2) for n in range(1, 5)))
    return house


def bring(house: Shell, *rows: str) -> None:
    house("orders", "import", house.file("shop.csv", HEAD + "".join(rows)))


def plan(house: Shell, *arguments: object) -> Any:
    return house.good("wave", "plan", *arguments, "--json").json


def tours(planned: dict[str, Any]) -> dict[str, set[str]]:
    return {batch["batch"]: set(batch["orders"]) for wave in planned["waves"] for batch in wave["batches"]}


def left(planned: dict[str, Any]) -> dict[str, list[str]]:
    return {one["order"]: one["reasons"] for one in planned["left"]}


def rows_of(house: Shell, kind: type, *key: str) -> Any:
    store = Store(house.data)
    try:
        return store.rows.get(kind, *key)
    finally:
        store.close()


def test_a_plan_shows_each_tour_beside_its_s_shape_and_what_it_carries(house: Shell) -> None:
    planned = plan(house, "--slots", 3)
    assert sorted(tour["orders"] for tour in planned["tours"]) == [1, 3]
    first = max(planned["tours"], key=lambda tour: tour["orders"])
    assert first["loads"] == [{"what": "slots", "load": 3, "capacity": 3, "percent": 100}]
    assert (first["lines"], first["units"], first["stops"]) == (3, 6, 1)
    assert 0 < first["metres"] <= first["s_shape_metres"]
    assert 0 < first["minutes"] <= first["s_shape_minutes"]
    assert planned["walk"]["first_come_minutes"] >= planned["walk"]["minutes"]
    assert first["begin"] < first["end"] < first["due"]
    assert first["slack_minutes"] > 0
    assert planned["walk"]["first_come_metres"] >= planned["walk"]["metres"] > 0
    assert planned["promise"] == "Every order is packed in time"
    assert (planned["saved"], plan_draft.kept(house.data)) == (False, None)
    page = house.good("wave", "plan", "--slots", 3).out
    assert "W0001-01" in page
    assert "3/3 slots" in page
    assert "first come, first served in an S-shape" in page


def test_orders_that_can_only_be_late_are_named_to_be_called(house: Shell) -> None:
    bring(house, row("OLD", placed="2026-01-02 10:00"))
    planned = plan(house)
    assert planned["promise"] == "This order will be late, whatever we do: call shop-OLD"
    assert [(one["order"], one["in_any_plan"]) for one in planned["late"]] == [("shop-OLD", True)]
    (tour,) = [tour for tour in planned["tours"] if tour["late"]]
    assert tour["late"] == ["shop-OLD"]
    assert tour["slack_minutes"] < 0


def test_bins_that_run_out_and_orders_without_stock_are_told(house: Shell) -> None:
    bring(house, row("B-1", 12))
    (hint,) = plan(house)["refill"]
    assert hint == {"bin": "A-01-2", "sku": "CAR-01", "left": 0, "elsewhere": 0, "bins": []}
    assert "RUNS OUT" in house.good("wave", "plan").out
    house.good("stock", "adjust", "--item", "CAR-01", "--difference", "-3", "--place", "A-01-2", "--reason", "counted")
    assert left(plan(house)) == {"shop-B-1": ["no_stock:CAR-01:3"]}


def test_a_floor_that_nobody_drew_is_warned_of(house: Shell) -> None:
    assert "floor_guessed" in [one["reason"] for one in plan(house)["warnings"]]
    assert "Warning: Nobody told where the bins are" in house.good("wave", "plan", "--language", "en").out


def test_without_compiled_code_a_plan_says_so(house: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("solve", "wave_notes"):
        monkeypatch.setattr(f"wms.planning.{module}.has_compiled", lambda: False)
    planned = plan(house, "--seconds", "0", "--seed", 3)
    assert "plain_planner" in [one["reason"] for one in planned["warnings"]]
    assert len(planned["tours"]) == 1


def test_a_saved_plan_goes_out_as_it_was_shown(house: Shell) -> None:
    planned = plan(house, "--slots", 3, "--save")
    assert plan(house, "--show")["since"]["stale"] is False
    assert house.good("wave", "list", "--json").json == {"waves": []}
    released = house.good("wave", "release", "--plan", "--json").json
    assert (released["waves"], released["left"]) == (planned["waves"], [])
    assert "no plan is saved" in house.bad("wave", "release", "--plan")
    assert "no plan is saved" in house.bad("wave", "plan", "--show")


def test_what_became_otherwise_is_told_and_left_with_its_reason(house: Shell) -> None:
    plan(house, "--slots", 3, "--save")
    house.good("orders", "cancel", "A-2", "--reason", "asked")
    bring(house, row("A-9"))
    since = plan(house, "--show")["since"]
    assert (since["stale"], since["new"]) == (True, ["shop-A-9"])
    assert left(since) == {"shop-A-2": ["not_waiting"]}
    assert "1 of its orders can't go any more: shop-A-2;" in house.good("wave", "plan", "--show").out
    released = house.good("wave", "release", "--plan", "--json").json
    assert set.union(*tours(released).values()) == {"shop-A-1", "shop-A-3", "shop-A-4"}
    assert left(released) == {"shop-A-2": ["not_waiting"]}
    assert released["since"]["new"] == ["shop-A-9"]
    assert rows_of(house, Order, "shop-A-9").status == "ready"


def test_changed_rules_are_noticed(house: Shell) -> None:
    plan(house, "--save")
    house.good("wave", "rules", "--set", house.file("rules.toml", "[cart]\nslots = 2\n"))
    assert plan(house, "--show")["since"]["rules_changed"] is True
    house.good("wave", "rules", "--set", house.file("rules.toml", "# as they come\n"))
    assert plan(house, "--show")["since"]["rules_changed"] is False


def test_nobody_is_called_about_an_order_that_was_cancelled_since(house: Shell) -> None:
    bring(house, row("OLD", placed="2026-01-02 10:00"))
    assert "call shop-OLD" in plan(house, "--save")["promise"]
    house.good("orders", "cancel", "OLD", "--reason", "asked")
    shown = plan(house, "--show")
    assert (shown["promise"], shown["late"]) == ("Every order is packed in time", [])
    assert "call" not in house.good("wave", "plan", "--show").out


def test_a_plan_without_tours_is_not_saved(house: Shell) -> None:
    house.good("wave", "release")
    assert plan(house, "--save")["saved"] is False
    assert plan_draft.kept(house.data) is None
    assert "Saved" not in house.good("wave", "plan", "--save").out


def test_an_order_that_was_dragged_out_is_left_by_a_person(house: Shell) -> None:
    plan(house, "--slots", 3, "--save")
    planned = plan(house, "--without", "A-2", "shop-A-3")
    assert left(planned) == {"shop-A-2": ["taken_out"], "shop-A-3": ["taken_out"]}
    assert set.union(*tours(planned).values()) == {"shop-A-1", "shop-A-4"}
    assert "shop-A-3" not in left(plan(house, "--with", "A-3"))
    assert left(plan(house, "--replan")) == {"shop-A-2": ["taken_out"]}
    released = house.good("wave", "release", "--plan", "--json").json
    assert left(released) == {"shop-A-2": ["taken_out"]}
    assert rows_of(house, LeftOut, "shop-A-2").reason == "taken_out"
    assert rows_of(house, Order, "shop-A-2").status == "ready"


def test_a_locked_tour_keeps_its_orders_and_gets_no_others(house: Shell) -> None:
    planned = tours(plan(house, "--slots", 3, "--save"))
    name, alone = next((name, orders) for name, orders in planned.items() if len(orders) == 1)
    full = next(orders for orders in planned.values() if len(orders) == 3)
    locked = plan(house, "--lock", name.lower())
    assert [tour["locked"] for tour in locked["tours"]].count(True) == 1
    again = plan(house, "--without", min(full))
    assert sorted(map(sorted, tours(again).values())) == sorted([sorted(alone), sorted(full)[1:]])
    assert [tours(again)[tour] for tour in again["locked"]] == [alone]
    loose = plan(house, "--unlock", *again["locked"])
    assert list(map(len, tours(loose).values())) == [3]


def test_a_tour_is_drawn_on_the_floor(house: Shell) -> None:
    planned = plan(house, "--save")
    drawn = house.folder / "tour.svg"
    page = house.good("wave", "plan", "--map", "w0001-01", "--svg", drawn).out
    assert "A-01-2" in page
    assert "8 x CAR-01" in page
    assert drawn.read_text(encoding="utf-8").startswith("<svg")
    assert plan(house, "--map", "W0001-01")["metres"] == planned["tours"][0]["metres"]
    assert "planned are W0001-01" in house.bad("wave", "plan", "--map", "W0009-01")
    house.good("wave", "release", "--plan")
    assert plan(house, "--map", "W0001-01")["stops"][0]["place"] == "A-01-2"


def test_walks_that_nobody_began_are_put_together_anew(house: Shell) -> None:
    assert "No walk gets shorter" in house.bad("wave", "regroup", "--language", "en")
    house.good("wave", "release", "--slots", 2)
    (done,) = house.good("wave", "regroup", "--json").json["waves"]
    assert (done["wave"], done["before"], done["tours"]) == ("W0001", 2, 1)
    assert done["metres"] < done["metres_before"]
    assert "there is no wave W0099" in house.bad("wave", "regroup", "w0099")


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("--replan",), 1, "no plan is saved"),
        (("--svg", "x.svg"), 2, "--svg goes with --map"),
        (("--without", "A-1", "--slots", "3"), 2, "those of the saved plan"),
        (("--show", "--drop"), 2, "don't go together"),
        (("--show", "--seed", "1"), 2, "nothing is planned"),
        (("--seconds", "long"), 2, "from 0 to 3600"),
        (("--seed", "-1"), 2, "whole number"),
        (("--slots", "99999999999999999999"), 2, "--slots must be a whole number from 1 to 1000"),
        (("--orders", "9999999999"), 2, "--orders must be a whole number from 1 to 100000"),
    ],
)
def test_what_can_t_be_done_is_refused(house: Shell, arguments: tuple[str, ...], code: int, why: str) -> None:
    assert why in house.bad("wave", "plan", *arguments, code=code)


def test_what_is_not_in_the_plan_is_named(house: Shell) -> None:
    plan(house, "--save")
    bring(house, row("A-9"))
    assert "tour W0009-01 is not in the plan; its tours are W0001-01" in house.bad("wave", "plan", "--lock", "W0009-01")
    assert "tour W0001-01 is not locked; its locked tours are none" in house.bad("wave", "plan", "--unlock", "W0001-01")
    assert "order shop-A-9 is not in the plan" in house.bad("wave", "plan", "--without", "A-9")
    assert "order shop-A-1 is not in the plan" in house.bad("wave", "plan", "--with", "A-1")
    (house.data / plan_draft.FILE).write_text("{", encoding="utf-8")
    assert "Make a new one" in house.bad("wave", "release", "--plan")
    assert plan(house, "--save")["saved"] is True
    assert house.good("wave", "plan", "--drop", "--json").json == {"dropped": True}
