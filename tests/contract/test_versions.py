"""Hub and terminals of different versions: one apart they work together, farther apart work waits for the update."""

from __future__ import annotations

import pytest

from tests.contract.floor import Floor, P, received, until
from tests.contract.hub_process import HubProcess
from wms.sync import wire
from wms.sync.membership import sync_now
from wms.workflows.prompt import NOTHING
from wms.workflows.view import Link


def restart(hub: HubProcess, version: int) -> None:
    hub.terminate()
    hub.version = version
    hub.start()


def test_a_terminal_one_version_behind_its_hub_works_with_it(hub: HubProcess, floor: Floor) -> None:
    a, b = floor.join("A"), floor.join("B")
    restart(hub, wire.VERSION + 1)
    a.record([received(1)], P)
    b.record([received(2)], P)
    assert floor.settle(2) == 2
    hub.version = wire.VERSION
    floor.require_equal()


@pytest.mark.parametrize(
    ("apart", "says"), [(2, "Update this terminal"), (-1, "Update the hub")], ids=["hub too new", "hub too old"]
)
def test_a_terminal_too_far_from_its_hub_keeps_queueing_and_goes_on_after_the_update(
    hub: HubProcess, floor: Floor, apart: int, says: str
) -> None:
    a, b = floor.join("A"), floor.join("B")
    a.record([received(0)], P)
    floor.settle(1)
    restart(hub, wire.VERSION + apart)
    for n in range(1, 6):
        a.record([received(n)], P)
    until(lambda: says in floor.clients["A"].status().hub_trouble.text)
    until(lambda: (status := floor.clients["A"].status()).link == Link.WAITING and status.unsent == 5)
    assert (a.waiting(), b.head()) == (5, 1)
    restart(hub, wire.VERSION)
    b.record([received(7)], P)
    assert floor.settle(7) == 7
    until(lambda: floor.clients["A"].status().hub_trouble is NOTHING)
    floor.require_equal()


def test_a_terminal_that_was_updated_first_waits_for_its_hub(
    hub: HubProcess, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = floor.join("A", start=False)
    a.record([received(1)], P)
    monkeypatch.setattr(wire, "VERSION", wire.VERSION + 1)
    status = sync_now(a)
    assert (status.unsent, "Update the hub" in status.hub_trouble.text) == (1, True)
    monkeypatch.undo()
    assert sync_now(a).unsent == 0
    assert a.head() == 1
