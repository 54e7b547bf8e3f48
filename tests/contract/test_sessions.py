"""Who records in which epoch: the hub tells apart runs of a program, copies of a disk, and an old disk put back."""

from __future__ import annotations

import shutil
from typing import Any

from tests.contract.floor import CARRIER, Floor, P, received
from tests.contract.hand import Hand, line
from tests.contract.hub_process import HubProcess
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.ids import CarrierCode
from wms.domain.review import Review
from wms.workflows.handling import Recorded


def receipts(facts: list[Any]) -> list[str]:
    return sorted(fact.body.receipt for fact in facts if isinstance(fact.body, e.GoodsReceived))


def test_hello_again_from_the_same_run_gets_the_same_answer(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    first = a.hello("run-2", "run-1", epoch=1)
    assert [a.hello("run-2", "run-1", epoch=1)["epoch"] for _ in range(3)] == [first["epoch"]] * 3 == [1] * 3
    assert a.hello("run-2", "run-1", epoch=1)["lives"] == first["lives"]


def test_a_restart_goes_on_in_its_epoch(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    assert a.hello("run-2", "run-1", epoch=1)["epoch"] == 1
    a.push(1, 3)
    assert a.hello("run-3", "run-2", epoch=1, n=3)["epoch"] == 1
    assert a.hello("run-4", "run-3", epoch=1, n=8)["epoch"] == 1  # five more were recorded while it was away
    assert a.push(4, 5)[0] == 200


def test_two_copies_of_one_disk_get_two_epochs_and_no_more_than_one_speaks_in_each(hub: HubProcess) -> None:
    """Both remember the same run before, so nothing on the disk could tell them apart."""
    one, other = Hand(hub, "A"), Hand(hub, "A")
    one.member = other.member  # the copy holds the key and the token too
    lives = one.hello("run-2", "run-1", epoch=1)["lives"]
    first = one.hello("copy-1", "run-2", epoch=1)["epoch"]
    second = one.hello("copy-2", "run-2", epoch=1)["epoch"]
    assert (first, second) == (1, 2)
    assert one.hello("copy-3", "run-2", epoch=1)["epoch"] == 3
    assert one.hello("copy-1", "run-2", epoch=1)["epoch"] == 1
    one.member.session = "run-2"
    one.member.life = lives[-1][0]
    answer = one.send([line("A", 1)])
    assert (answer.status, answer.error) == (409, "session")  # another run has taken its epoch over


def test_an_old_disk_put_back_gets_a_new_epoch(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    a.hello("run-2", "run-1", epoch=1)
    a.push(1, 9)
    a.hello("run-3", "run-2", epoch=1, n=9)
    old = a.hello("run-4", "run-2", epoch=1, n=5)  # as it was before run-3, and before four of its facts
    assert old["epoch"] == 2
    assert a.hello("run-5", "run-2", epoch=1, n=5)["epoch"] == 3  # and once more from the same copy


def test_numbers_are_leased_only_to_who_speaks_in_that_epoch(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    carrier = {name: getattr(CARRIER, name) for name in CARRIER.__struct_fields__}
    a.send([line("A", 1, kind="CarrierDefined", **carrier)])
    a.hello("run-2", "run-1", epoch=1, n=1)
    wanted = {"carrier": "SF", "device": "A", "count": 10}
    assert a.ask("r1", "LeaseWaybills", epoch=1, **wanted).status == 200
    assert a.ask("r2", "LeaseWaybills", epoch=2, **wanted).error == "session"
    a.hello("run-3", "run-2", epoch=1, n=1)
    a.member.session = "run-2"
    assert a.ask("r3", "LeaseWaybills", epoch=1, **wanted).error == "session"


def test_a_copied_terminal_and_its_origin_work_on_side_by_side(hub: HubProcess, floor: Floor) -> None:
    a = floor.join("A")
    a.record([CARRIER, received(1)], P)
    floor.settle(2)
    a.record([received(2)], P)
    floor.leave("A")
    shutil.copytree(floor.folder / "A", floor.folder / "clone")
    a, clone = floor.open("A"), floor.open("clone")
    a.record([received(n) for n in range(10, 15)], P)
    clone.record([received(n) for n in range(20, 30)], P)  # under keys that the other uses too
    for name in ("A", "clone"):
        floor.start(name)
    floor.settle(19)  # one of them also says that it found itself to be a copy
    leases = [leased(floor, name) for name in ("A", "clone")]
    assert len({lease.first for lease in leases}) == len({lease.epoch for lease in leases}) == 2
    for n, name in enumerate(("A", "clone") * 3):
        floor.stores[name].record([received(100 + n)], P)
    assert floor.settle(27) in (27, 28)  # where both speak at the same moment, the other may find itself a copy too
    facts = floor.require_equal()
    said = (1, 2, *range(10, 15), *range(20, 30), *range(100, 106))
    assert receipts(facts) == sorted(f"R{n}" for n in said)
    kinds = {review.kind for review in a.rows.all(Review)}  # who both speak at once are told of by both
    assert kinds in ({"restored_copy"}, {"restored_copy", "two_copies"})


def leased(floor: Floor, name: str) -> e.WaybillsLeased:
    store = floor.stores[name]
    outcome = floor.clients[name].ask(c.LeaseWaybills(CarrierCode("SF"), store.device, store.epoch, 10), P)
    assert isinstance(outcome, Recorded)
    lease = outcome.facts[0].body
    assert isinstance(lease, e.WaybillsLeased)
    return lease


def test_a_terminal_put_back_to_an_older_copy_gets_back_what_it_lost_and_doubles_nothing(
    hub: HubProcess, floor: Floor
) -> None:
    a = floor.join("A")
    a.record([received(1)], P)
    floor.settle(1)
    floor.leave("A")
    shutil.copytree(floor.folder / "A", floor.folder / "backup")
    a = floor.open("A")
    a.record([received(2), received(3)], P)
    floor.start("A")
    floor.settle(3)
    for n, head in ((4, 5), (5, 7)):  # put back twice from one backup: two epochs
        floor.leave("A")
        shutil.rmtree(floor.folder / "A")
        shutil.copytree(floor.folder / "backup", floor.folder / "A")
        a = floor.open("A")
        a.record([received(n)], P)
        floor.start("A")
        assert floor.settle(head) == head  # it also says that it found itself to be a copy
    facts = floor.require_equal()
    assert receipts(facts) == ["R1", "R2", "R3", "R4", "R5"]
    epochs = {fact.key.epoch for fact in facts}
    assert {epoch for epoch in epochs if epoch > 0} == {1, 2, 3}
    assert len(epochs) == 5, "what it said before it heard of that has keys of its own"
