"""Every request of a terminal is signed, fresh, its own and within what its role may."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.hub.gatehouse import House, Member
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.ids import (
    Badge,
    BatchId,
    CarrierCode,
    ChannelCode,
    DeviceId,
    InspectionId,
    OrderId,
    ParcelId,
    PlaceId,
    Sku,
)
from wms.hub import gate
from wms.hub.limits import KEYS, Allowance, neighbourhood
from wms.hub.roles import ClientRole, TerminalRole
from wms.hub.terminals import SEEN_EVERY
from wms.sync import wire
from wms.sync.connection import Connection, HubTrouble
from wms.sync.identity import Credentials, Identity
from wms.sync.signing import DRIFT_MS

LIST = "/v1/terminals"


@pytest.fixture
def member(house: House) -> Member:
    return house.enrol("A")


def test_what_is_signed_can_not_be_changed(house: House, member: Member) -> None:
    path = "/v1/pull?after=0"
    good = house.headers(member, "GET", path)
    assert house.send("GET", path, None, good).status == 200
    hello = json.dumps({"device": "A"}).encode()
    for method, target, body, change in (
        ("GET", "/v1/pull?after=1", None, {}),
        ("GET", "/v1/pull", None, {}),
        ("GET", LIST, None, {}),
        ("POST", "/v1/ask", hello, {}),
        ("GET", path, None, {"Wms-Date": str(int(good["Wms-Date"]) + 1)}),
        ("GET", path, None, {"Wms-Session": "run-2"}),
        ("GET", path, None, {"Wms-Signature": good["Wms-Signature"][:-4] + "AAA="}),
        ("GET", path, None, {"Wms-Signature": "no base64 !"}),
        ("GET", path, None, {"Wms-Signature": ""}),
        ("GET", path, b"something", {}),
    ):
        answer = house.send(method, target, body, good | change)
        assert (answer.status, answer.error) == (401, "signature"), (method, target, change)
    unsigned = {name: value for name, value in good.items() if name != "Wms-Signature"}
    assert house.send("GET", path, None, unsigned).status == 401
    forged = replace(member, key=Ed25519PrivateKey.generate())
    assert house.signed(forged, "GET", path).error == "signature"


def test_a_request_recorded_and_said_again_later_is_refused(house: House, member: Member) -> None:
    now = house.hub.now()
    for date in (now - DRIFT_MS - 2_000, now + DRIFT_MS + 2_000, 0):
        answer = house.signed(member, "GET", LIST, date=date)
        assert (answer.status, answer.error) == (401, "clock")
        assert abs(int(answer.headers["wms-date"]) - now) < 10_000
    for date in (now - DRIFT_MS + 5_000, now + DRIFT_MS - 5_000):
        assert house.signed(member, "GET", LIST, date=date).status == 200


def test_a_terminal_with_a_wrong_clock_asks_the_hub_and_goes_on(house: House) -> None:
    identity = Identity.make()
    token = house.terminals().enrol(house.code(), "A", identity.public, house.hub.now() // 1000)[0]
    asked = []

    def slow() -> int:
        asked.append(1)
        return 1_000_000  # 1970

    connection = Connection(f"http://127.0.0.1:{house.port}", Credentials(token, identity), clock=slow)
    try:
        for _ in range(3):
            assert connection.call("GET", LIST, wire.Terminals, timeout=5).count == 1
    finally:
        connection.close()
    assert len(asked) == 5  # once wrong, once to learn by how much, then right each time


def test_a_clock_that_can_not_be_set_right_is_told_in_words(house: House) -> None:
    identity = Identity.make()
    token = house.terminals().enrol(house.code(), "A", identity.public, house.hub.now() // 1000)[0]
    times = iter(range(0, 10**15, 10**10))
    connection = Connection(f"http://127.0.0.1:{house.port}", Credentials(token, identity), clock=lambda: next(times))
    try:
        with pytest.raises(HubTrouble) as trouble:
            connection.call("GET", LIST, wire.Terminals, timeout=5)
    finally:
        connection.close()
    assert trouble.value.error == "clock"
    assert "five minutes" in trouble.value.says.text


def test_only_who_may_know_it_is_told_which_terminals_there_are(house: House, member: Member) -> None:
    house.terminals().revoke("A", "me", 1)
    house.enrol("B", TerminalRole.PICKER)
    for role, listed in (
        (TerminalRole.PICKER, []),
        (TerminalRole.PACKER, []),
        (TerminalRole.INSPECTOR, []),
        (TerminalRole.SUPERVISOR, ["A", "B", "C"]),
        (TerminalRole.ALL, ["A", "B", "C"]),
    ):
        answer = house.signed(house.enrol("C", role), "GET", LIST)
        assert (answer.body["count"], [line["device"] for line in answer.body["lines"]]) == (2, listed)


def test_an_administrators_program_is_told_them_too_and_an_erp_is_not(house: House, member: Member) -> None:
    for role, status, listed in (
        (ClientRole.ADMIN, 200, ["A"]), (ClientRole.MONITOR, 200, []), (ClientRole.ERP, 403, None),
    ):  # fmt: skip
        headers = {"Authorization": f"Bearer {house.client_token('tool', role)}", "Wms-Version": ""}
        answer = house.send("GET", LIST, None, headers)
        assert answer.status == status
        assert listed is None or (answer.body["count"], [one["device"] for one in answer.body["lines"]]) == (1, listed)
    unsigned = house.send("GET", LIST, None, {"Authorization": f"Bearer {member.token}"})
    assert (unsigned.status, unsigned.error) == (401, "token")


def a_command(kind: type) -> c.Command:
    made = {
        c.HoldOrder: c.HoldOrder(OrderId("O"), "x"),
        c.ReleaseOrder: c.ReleaseOrder(OrderId("O")),
        c.CancelOrder: c.CancelOrder(OrderId("O")),
        c.AllowPartial: c.AllowPartial(OrderId("O")),
        c.TakeOrders: c.TakeOrders(()),
        c.ReleaseWaves: c.ReleaseWaves(),
        c.ReleasePlan: c.ReleasePlan(()),
        c.RegroupWaves: c.RegroupWaves(),
        c.SetWaveRules: c.SetWaveRules(""),
        c.ClaimBatch: c.ClaimBatch(DeviceId("A"), PlaceId("CART")),
        c.DisposeLot: c.DisposeLot(InspectionId("I"), "accept", "x"),
        c.LeaseWaybills: c.LeaseWaybills(CarrierCode("SF"), DeviceId("A"), 1),
        c.RenewWalk: c.RenewWalk(BatchId("B"), DeviceId("A")),
        c.ReassignBatch: c.ReassignBatch(BatchId("B"), Badge("P2")),
        c.RevokeNumber: c.RevokeNumber(ParcelId("P"), "N", ParcelId("Q"), "x"),
        c.GiveToBench: c.GiveToBench(OrderId("O"), DeviceId("B")),
        c.AskAboutOrder: c.AskAboutOrder(OrderId("O"), "x"),
        c.NoteReviewed: c.NoteReviewed((OrderId("O"),)),
        c.MatchLine: c.MatchLine(OrderId("O"), "x", Sku("S")),
        c.GiveLabelData: c.GiveLabelData(()),
        c.CompleteGroup: c.CompleteGroup(OrderId("O")),
        c.OfferChange: c.OfferChange("lines", "x", e.OrderReceived(OrderId("O"), "C", "1", 1, "", "", ())),  # type: ignore[arg-type]
        c.TakeChange: c.TakeChange(OrderId("O"), "x"),
        c.KeepOrder: c.KeepOrder(OrderId("O"), "x"),
        c.ReportShipments: c.ReportShipments(ChannelCode("C"), (OrderId("O"),), "plain"),
    }
    return made[kind]


def test_the_hub_refuses_what_a_role_may_not_ask_and_records_nothing(house: House) -> None:
    asked = set(c.INTENTS)
    allowed: dict[TerminalRole, set[type]] = {
        TerminalRole.ALL: asked,
        TerminalRole.SUPERVISOR: asked,
        TerminalRole.PICKER: {c.ClaimBatch, c.RenewWalk},
        TerminalRole.PACKER: {c.LeaseWaybills},
        TerminalRole.INSPECTOR: {c.DisposeLot},
    }
    for role, may in allowed.items():
        member = house.enrol("A", role)
        for kind in asked:
            body = msgspec.json.encode(wire.ask(f"{role}-{kind.__name__}", Badge("P1"), a_command(kind)))
            before = house.counts()
            answer = house.signed(member, "POST", "/v1/ask", body)
            if kind in may:  # whatever the rules say to it then
                assert answer.status == 200 or answer.error == "session", (role, kind, answer.body)
            else:
                assert (answer.status, answer.error) == (403, "role"), (role, kind)
                assert house.counts() == before


def test_what_is_for_oneself_is_not_asked_for_another(house: House, member: Member) -> None:
    before = house.counts()
    for command in (
        c.ClaimBatch(DeviceId("B"), PlaceId("CART")),
        c.ClaimBatch(DeviceId(""), PlaceId("CART")),
        c.RenewWalk(BatchId("B"), DeviceId("B")),
        c.LeaseWaybills(CarrierCode("SF"), DeviceId("B"), 1),
    ):
        answer = house.signed(member, "POST", "/v1/ask", msgspec.json.encode(wire.ask("r", Badge("P1"), command)))
        assert (answer.status, answer.error) == (403, "device")
    assert house.counts() == before


def test_keys_that_open_recipients_go_to_packing_roles_only(house: House) -> None:
    house.hub.keep_keys([wire.KeyLine("order:1", b"k" * 32), wire.KeyLine("order:2", b"k" * 32)])
    house.hub.keep_keys([wire.KeyLine("order:2", None)])
    for role, subjects in (
        (TerminalRole.ALL, {"order:1", "order:2"}),
        (TerminalRole.SUPERVISOR, {"order:1", "order:2"}),
        (TerminalRole.PACKER, {"order:1", "order:2"}),
        (TerminalRole.PICKER, {"order:2"}),  # what was destroyed must be forgotten by whoever held it once
        (TerminalRole.INSPECTOR, {"order:2"}),
    ):
        answer = house.signed(house.enrol("A", role), "GET", "/v1/pull")
        assert answer.status == 200, answer.body
        assert {subject for subject, _ in answer.body["keys"]} == subjects, role
        assert [key for _, key in answer.body["keys"] if key is not None] or role in ("picker", "inspector")


def test_a_terminal_that_is_revoked_while_it_waits_is_told_nothing_more(house: House, member: Member) -> None:
    other = house.enrol("B")
    fact = [
        "B",
        1,
        1,
        None,
        1,
        "P1",
        "GoodsReceived",
        {"receipt": "R", "sku": "S", "lot": "", "quantity": 1, "place": "A"},
    ]
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(house.signed, member, "GET", "/v1/pull?after=0&wait=20")
        while house.terminals().listing(0)[0].last_seen == 0:
            time.sleep(0.01)
        time.sleep(0.2)  # the request is in its wait by now; were it not, it would be refused all the same
        house.terminals().revoke("A", "me", 1)
        push = {"device": "B", "epoch": 1, "first": 1, "facts": [fact]}
        assert house.signed(other, "POST", "/v1/push", push).status == 200
        answer = waiting.result(timeout=10)
    assert (answer.status, answer.error) == (401, "token")


def test_when_a_terminal_was_heard_of_is_noted_now_and_then(house: House, member: Member) -> None:
    [line] = house.terminals().listing(house.hub.now() // 1000)
    assert line.online
    assert abs(line.last_seen - house.hub.now() // 1000) < 20
    house.terminals()._database.write(lambda session: session.execute("UPDATE hub_terminal SET last_seen = 5"))
    assert house.signed(member, "GET", LIST).body["offline"] == 1  # noted less than ten seconds ago
    assert SEEN_EVERY >= 10


def test_one_token_can_not_keep_the_hub_busy(small_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    member, other = small_house.enrol("A"), small_house.enrol("B")
    monkeypatch.setattr(small_house.gate, "_requests", Allowance(0.001, 5))
    found = [small_house.signed(member, "GET", LIST) for _ in range(7)]
    assert [answer.status for answer in found] == [200] * 5 + [429] * 2
    assert found[-1].error == "busy"
    assert float(found[-1].headers["retry-after"]) > 0
    assert small_house.signed(other, "GET", LIST).status == 200


def test_guessing_tokens_is_slowed_down_and_those_who_are_known_go_on(small_house: House) -> None:
    member = small_house.enrol("A")
    stranger = replace(member, token="MAIN." + "x" * 43)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: small_house.signed(stranger, "GET", LIST).status, range(40)))
    assert found.count(401) in (30, 31)
    assert found.count(429) == 40 - found.count(401)
    assert small_house.signed(member, "GET", LIST).status == 200


def test_an_allowance_fills_up_again_and_forgets_who_is_quiet() -> None:
    now = [0.0]
    allowance = Allowance(rate=2, burst=3, clock=lambda: now[0])
    assert [allowance.take("a") for _ in range(4)] == [True, True, True, False]
    assert allowance.take("b")
    now[0] = 0.5
    assert [allowance.take("a") for _ in range(2)] == [True, False]
    allowance.give_back("a")
    assert [allowance.take("a") for _ in range(2)] == [True, False]
    for n in range(KEYS):
        allowance.take(str(n))
    assert allowance.take("a"), "long forgotten, so it begins anew"
    assert len(allowance._left) == KEYS


def test_an_address_is_a_machine_of_ipv4_and_a_network_of_ipv6() -> None:
    assert neighbourhood("192.0.2.7") == "192.0.2.7"
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff:1") != neighbourhood("2001:db8:0:1::1")
    assert neighbourhood("unknown") == "unknown"


def test_signing_and_verifying_cost_little() -> None:
    identity, words = Identity.make(), b"x" * 200
    signature = identity.sign(words)
    start = time.perf_counter()
    for _ in range(200):
        identity.sign(words)
    signing = (time.perf_counter() - start) / 200
    start = time.perf_counter()
    for _ in range(200):
        assert gate._verified(identity.public, signature, words)
    verifying = (time.perf_counter() - start) / 200
    print(f"sign {signing * 1e6:.0f} us, verify {verifying * 1e6:.0f} us")
    assert signing + verifying < 0.01
