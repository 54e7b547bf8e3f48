"""What an enrolled terminal is trusted with, and what not: keys of recipients, others' facts, epochs."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.contract.hand import Hand, line
from tests.contract.hub_process import HubProcess
from wms.hub import audit
from wms.hub.engine import DAY, RETURN_DAYS
from wms.hub.roles import TerminalRole

SUBJECT = "SHOP-1:" + "0" * 16


def spelled(key: bytes) -> str:
    return base64.b64encode(key).decode()


def keys_of(hand: Hand) -> dict[str, str | None]:
    return dict(hand.pulled()["keys"])


def tell(hand: Hand, *keys: tuple[str, bytes | None]) -> int:
    return hand.send([], keys=[[subject, None if key is None else spelled(key)] for subject, key in keys]).status


def erasures(hub: HubProcess) -> list[tuple[str, str]]:
    with hub.opened() as own:
        found = own.database.read(lambda session: audit.entries(session, hub.warehouse))
    return [(entry.actor, entry.subject) for entry in found if entry.act == "erase"]


def test_a_key_that_is_known_never_changes(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    assert tell(a, (SUBJECT, b"1" * 32)) == 200
    assert tell(a, (SUBJECT, b"2" * 32)) == 200
    assert tell(a, ("B", b"1" * 32), ("B", b"2" * 32)) == 200
    assert keys_of(a) == {SUBJECT: spelled(b"1" * 32), "B": spelled(b"1" * 32)}


def test_who_may_not_open_recipients_destroys_no_key_and_is_not_held_up(hub: HubProcess) -> None:
    bench, picker = Hand(hub, "A"), Hand(hub, "P", TerminalRole.PICKER)
    assert tell(bench, (SUBJECT, b"1" * 32)) == 200
    assert tell(picker, (SUBJECT, None), ("NEW", None), ("NEWER", b"3" * 32)) == 200
    assert keys_of(bench) == {SUBJECT: spelled(b"1" * 32), "NEWER": spelled(b"3" * 32)}
    assert tell(bench, (SUBJECT, None), ("UNKNOWN", None), (SUBJECT, None)) == 200
    assert tell(bench, (SUBJECT, None)) == 200  # once more
    assert tell(bench, (SUBJECT, b"1" * 32)) == 200  # too late
    assert keys_of(bench) == {SUBJECT: None, "NEWER": spelled(b"3" * 32), "UNKNOWN": None}
    hub.kill()
    assert erasures(hub) == [("terminal:A", "SHOP-1")]


@pytest.mark.parametrize(
    ("subject", "key"), [(SUBJECT, b"1" * 31), (SUBJECT, b""), ("", b"1" * 32), ("王" * 400, b"1" * 32)]
)
def test_what_is_no_key_is_passed_over_and_holds_up_no_queue(hub: HubProcess, subject: str, key: bytes) -> None:
    a = Hand(hub, "A")
    assert tell(a, (subject, key), ("SOUND", b"3" * 32)) == 200
    assert keys_of(a) == {"SOUND": spelled(b"3" * 32)}


def test_an_epoch_beyond_those_allotted_is_not_taken(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    answer = a.send([line("A", 1, epoch=2)])
    assert (answer.status, answer.error) == (409, "session")
    assert a.hello("run-2", "elsewhere", epoch=1)["epoch"] == 2
    assert a.send([line("A", 1, epoch=2)]).status == 200
    assert a.send([line("A", 1, epoch=1)]).status == 200  # an older one it may still owe
    assert a.send([line("A", 1, epoch=3)]).error == "session"


def returned(hand: Hand, *lines: list[Any]) -> int:
    status, body = hand.give_back(list(lines))
    assert status == 200
    return int(body["taken"])


def test_others_facts_are_taken_back_only_for_some_weeks_after_a_life_began(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    assert returned(a, line("GONE", 1)) == 1

    def age(days: int) -> None:
        hub.kill()
        with hub.opened() as own:
            own.database.write(
                lambda session: session.execute(
                    "UPDATE hub_life SET began = began - ? WHERE wh = ?", (days * DAY, hub.warehouse)
                )
            )
        hub.start()

    age(RETURN_DAYS - 1)
    assert returned(a, line("GONE", 2)) == 1
    age(2)
    assert returned(a, line("GONE", 3)) == 0
    assert returned(a, line("A", 1), line("A", 1, epoch=9)) == 1  # its own, which it may push as well
    assert [fact[:3] for fact in a.everything()] == [["GONE", 1, 1], ["GONE", 1, 2], ["A", 1, 1]]


def test_nobody_speaks_in_the_name_that_the_hub_has_now(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    hub.kill()
    with hub.opened() as own:
        name = own.device
    hub.start()
    a.hello("run-2", "run-1")
    assert returned(a, line(name, 1), line(name, 10**6)) == 0
    assert a.everything() == []
