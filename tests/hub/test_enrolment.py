"""One-time codes, the keys that come with them, revocation, and the programs' tokens."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.hub.gatehouse import House, Member, serving
from wms.hub import audit, opening
from wms.hub.roles import ClientRole, TerminalRole
from wms.hub.terminals import CODE_SECONDS, Terminals


def key_of(letters: bytes = b"") -> str:
    return base64.b64encode(letters or os.urandom(32)).decode()


def acts(house: House) -> list[tuple[str, str, str, str]]:
    found = house.hub.database.read(lambda session: audit.entries(session, house.hub.warehouse))
    assert [line.serial for line in found] == list(range(1, len(found) + 1))
    assert [line.actor for line in found if line.act == "life"] == ["hub"]
    return [(line.actor, line.act, line.subject, line.detail) for line in found if line.act != "life"]


def test_a_code_lets_one_terminal_in_and_only_hashes_are_kept(house: House) -> None:
    code = house.code("bench 1", TerminalRole.PACKER)
    answer = house.send("POST", "/v1/enrol", {"code": code.lower(), "device": "A", "public_key": key_of()})
    assert answer.status == 200
    assert {name: answer.body[name] for name in ("warehouse", "name", "role")} == {
        "warehouse": "MAIN", "name": "bench 1", "role": "packer",
    }  # fmt: skip
    warehouse, _, secret = answer.body["token"].partition(".")
    assert (warehouse, len(secret)) == ("MAIN", 43)  # 256 bits
    again = house.send("POST", "/v1/enrol", {"code": code, "device": "B", "public_key": key_of()})
    assert (again.status, again.error) == (403, "code")
    everything = house.hub.database.read(
        lambda session: [
            session.execute(f"SELECT * FROM {table}").fetchall() for table in ("hub_terminal", "hub_code", "hub_audit")
        ]
    )
    assert secret not in str(everything)
    assert code.replace("-", "") not in str(everything)
    assert acts(house) == [
        ("cli:test", "code", "bench 1", "packer"), ("terminal:A", "enrolled", "bench 1", "packer"),
    ]  # fmt: skip


def test_a_code_is_good_for_a_quarter_of_an_hour_in_its_own_warehouse(tmp_path: Path, postgres_database: str) -> None:
    with serving(tmp_path, postgres_database, ("north", "south")) as house:
        now = house.hub.now() // 1000
        north, south = (Terminals(house.hub.database, name) for name in ("north", "south"))
        old = north.new_code("bench", TerminalRole.ALL, "me", now - CODE_SECONDS - 1)
        answer = house.send("POST", "/v1/enrol", {"code": old, "device": "A", "public_key": key_of()})
        assert (answer.status, answer.error) == (403, "code")
        member = house.enrol("A", warehouse="south")
        assert member.token.startswith("south.")
        assert [line.device for line in south.listing(now)] == ["A"]
        assert north.listing(now) == []
        stolen = "north." + member.token.partition(".")[2]
        away = house.signed(Member("A", stolen, member.key, life=member.life), "GET", "/v1/terminals")
        assert (away.status, away.error) == (401, "token")


def test_enrolling_again_replaces_key_and_token(house: House) -> None:
    old = house.enrol("A", TerminalRole.PICKER)
    new = house.enrol("A", TerminalRole.PACKER)
    assert house.signed(old, "GET", "/v1/terminals").status == 401
    mixed = Member("A", new.token, old.key, life=new.life)
    assert house.signed(mixed, "GET", "/v1/terminals").error == "signature"
    assert house.signed(new, "GET", "/v1/terminals").status == 200
    assert [(line.device, line.role) for line in house.terminals().listing(0)] == [("A", "packer")]


def test_a_revoked_terminal_is_as_unknown_as_a_stranger_and_keeps_its_line(house: House) -> None:
    member = house.enrol("A")
    house.enrol("B")
    now = house.hub.now() // 1000
    assert house.terminals().revoke("nobody", "cli:test", now) == []
    assert house.terminals().revoke("A", "cli:test", now) == ["A"]
    assert house.terminals().revoke("A", "cli:test", now) == []
    revoked = house.signed(member, "GET", "/v1/terminals")
    stranger = house.signed(Member("A", "MAIN." + "x" * 43, member.key), "GET", "/v1/terminals")
    assert revoked.body == stranger.body
    assert (revoked.status, revoked.headers["www-authenticate"]) == (401, "Bearer")
    assert [(line.device, bool(line.revoked)) for line in house.terminals().listing(now)] == [("A", True), ("B", False)]
    assert house.terminals().counts(now)[0] == 1
    assert ("cli:test", "revoked", "A", "A") in acts(house)
    assert house.signed(house.enrol("A"), "GET", "/v1/terminals").status == 200


def test_the_hubs_own_name_and_names_that_are_none_are_not_given_out(house: House) -> None:
    code = house.code()
    for device in (house.hub.device, "", "a b", "é", "x" * 65, "'; DROP TABLE hub_terminal; --", "A\0B"):
        answer = house.send("POST", "/v1/enrol", {"code": code, "device": device, "public_key": key_of()})
        assert (answer.status, answer.error) == (400, "message"), device
    for key in ("", key_of(b"short"), key_of(os.urandom(33))):
        answer = house.send("POST", "/v1/enrol", {"code": code, "device": "A", "public_key": key})
        assert answer.status == 400
    assert house.send("POST", "/v1/enrol", {"code": code, "device": "A", "public_key": key_of()}).status == 200


def test_guessing_codes_is_slowed_down_and_a_good_one_of_another_address_is_not_used_up(small_house: House) -> None:
    guess = {"device": "A", "public_key": key_of()}
    found = [small_house.send("POST", "/v1/enrol", {"code": f"AAAA-{n:04}", **guess}) for n in range(11)]
    assert [answer.status for answer in found] == [403] * 10 + [429]
    assert found[-1].error == "codes"
    assert 0 < float(found[-1].headers["retry-after"]) < 60
    code = small_house.code()
    assert small_house.send("POST", "/v1/enrol", {"code": code, **guess}).status == 429
    with opening.tables(small_house.hub.store.folder) as tables:  # type: ignore[attr-defined]
        assert Terminals(tables.database, "MAIN").enrol(code, "A", os.urandom(32), int(time.time()))[1:] == (
            "bench 1", "all",
        )  # fmt: skip


def test_codes_guessed_at_once_are_no_more_than_those_guessed_one_by_one(small_house: House) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def guess(n: int) -> int:
        body = {"code": f"AAAA-{n:04}", "device": "A", "public_key": key_of()}
        return small_house.send("POST", "/v1/enrol", body).status

    with ThreadPoolExecutor(40) as threads:
        found = list(threads.map(guess, range(80)))
    assert 0 < found.count(403) <= 11, "one may have grown back meanwhile"
    assert set(found) == {403, 429}


def test_good_codes_are_not_counted(small_house: House) -> None:
    for n in range(14):
        answer = small_house.send(
            "POST", "/v1/enrol", {"code": small_house.code(), "device": f"T{n}", "public_key": key_of()}
        )
        assert answer.status == 200, answer.body


def test_a_code_used_by_two_at_once_lets_one_in(house: House) -> None:
    from concurrent.futures import ThreadPoolExecutor

    code = house.code()

    def enter(n: int) -> int:
        return house.send("POST", "/v1/enrol", {"code": code, "device": f"T{n}", "public_key": key_of()}).status

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(enter, range(6))) == [200] + [403] * 5
    assert len(house.terminals().listing(0)) == 1


def test_programs_have_tokens_of_their_own_that_open_no_terminals_route(house: House) -> None:
    token = house.client_token("erp", ClientRole.ERP)
    found = house.clients().of_token(token.partition(".")[2])
    assert found is not None
    assert (found.name, found.role) == ("erp", "erp")
    key = Ed25519PrivateKey.generate()
    assert house.signed(Member("erp", token, key), "GET", "/v1/terminals").error == "token"
    newer = house.client_token("erp", ClientRole.ERP)
    assert house.clients().of_token(token.partition(".")[2]) is None
    assert house.clients().revoke("erp", "cli:test", 5)
    assert not house.clients().revoke("erp", "cli:test", 6)
    assert house.clients().of_token(newer.partition(".")[2]) is None
    assert [(one.name, one.revoked) for one in house.clients().listing()] == [("erp", 5)]
    for name in ("", "a b", "x" * 65, "é"):
        with pytest.raises(ValueError, match="program's name"):
            house.client_token(name, ClientRole.ERP)


def test_acts_at_the_same_moment_each_get_a_line(house: House) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def act(n: int) -> Any:
        work: Callable[[Any], None] = lambda session: audit.note(session, "MAIN", n, "me", "backup", f"{n}")  # noqa: E731
        return house.hub.database.write(work)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(act, range(40)))
    assert sorted(int(subject) for _, _, subject, _ in acts(house)) == list(range(40))
