"""`wms hub erase`, on both engines, beside the hub that runs."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.hub.gatehouse import serving
from wms.cli.main import run
from wms.domain import events as e
from wms.domain.ids import Badge, OrderId
from wms.hub import audit, opening
from wms.hub.erasing import erase, erase_due
from wms.hub.interface import HubStore
from wms.sync.wire import KeyLine

NAMES = ("A:" + "0" * 16, "A:" + "1" * 16, "AB:" + "0" * 16, "A:B:" + "0" * 16)


def live_keys(hub: HubStore) -> list[str]:
    return [one.subject for one in hub.page(hub.head(), 500, 0).keys if one.key is not None]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_recipient_is_erased_beside_a_running_hub(tmp_path: Path, engine: str, request, capsys) -> None:
    url = request.getfixturevalue("postgres_database") if engine == "postgresql" else ""
    with serving(tmp_path, url) as house:
        house.hub.record([e.OrderReceived(OrderId("A"), "web", "1", 0, "", "", ())], Badge(""))
        house.hub.keep_keys([KeyLine(name, bytes(32)) for name in NAMES])
        at = house.hub.page(house.hub.head(), 500, 0).keys_next
        more = ["--data", str(tmp_path), "--json", *(["--database", url] if url else [])]
        assert run(["hub", "erase", "A", "nobody", *more]) == 1
        assert "there is no order nobody" in capsys.readouterr().err
        assert house.hub.page(house.hub.head(), 500, at).keys == ()
        for name, answer in (
            ("1", {"erased": ["A"], "gone": [], "unsent": 0}),
            ("A", {"erased": [], "gone": ["A"], "unsent": 0}),
        ):
            assert run(["hub", "erase", name, "--why", "she asked", *more]) == 0
            assert json.loads(capsys.readouterr().out) == answer
        told = house.hub.page(house.hub.head(), 500, at).keys
        assert sorted(told, key=lambda one: one.subject) == [KeyLine(name, None) for name in NAMES[:2]]
        lines = house.hub.database.read(lambda session: audit.entries(session, "MAIN"))
        erased = [(line.act, line.subject, line.actor.partition(":")[0]) for line in lines if line.act == "erase"]
        assert erased == [("erase", "A", "cli")]
        facts = house.hub.page(0, 9, 0).facts
        assert [json.loads(line.text)["why"] for line in facts if line.kind == "RecipientErased"] == ["she asked"]
        [after] = house.hub.record([e.OrderCancelled(OrderId("A"))], Badge(""))
        assert (after.key.n, after.position) == (facts[-1].n + 1, len(facts) + 1), "the running hub goes on from there"
        house.hub.keep_keys([KeyLine(NAMES[0], bytes(32))])  # from a terminal that had it still
        assert KeyLine(NAMES[0], bytes(32)) not in house.hub.page(house.hub.head(), 500, 0).keys


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_what_is_over_is_erased_on_both_engines(tmp_path: Path, engine: str, request) -> None:
    url = request.getfixturevalue("postgres_database") if engine == "postgresql" else ""
    with serving(tmp_path, url) as house:
        house.hub.record([e.OrderReceived(OrderId("A"), "web", "1", 0, "", "", ())], Badge(""))
        house.hub.record([e.OrderCancelled(OrderId("A"))], Badge(""))
        house.hub.keep_keys([KeyLine(name, bytes(32)) for name in NAMES])
        assert erase_due(house.hub, 1) == []
        told: list[int] = []
        house.hub.listen(lambda: told.append(len(live_keys(house.hub))))
        assert erase_due(house.hub, -1) == ["A"]
        assert told[0] == 2, "the fact is told of when the keys are gone, never before"
        assert live_keys(house.hub) == list(NAMES[2:])
        assert house.hub.page(0, 9, 0).facts[-1].kind == "RecipientErased"
        lines = house.hub.database.read(lambda session: audit.entries(session, "MAIN"))
        assert [(line.actor, line.subject) for line in lines if line.act == "erase"] == [("hub", "A")]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_key_that_comes_while_a_recipient_is_erased_goes_too(
    tmp_path: Path, engine: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two terminals imported the same order; the key of one arrives when that of the other is being destroyed."""
    url = request.getfixturevalue("postgres_database") if engine == "postgresql" else ""
    opening.add(tmp_path, url, "MAIN")
    with opening.hubs(tmp_path, url) as hubs:
        hub = hubs["MAIN"]
        hub.keep_keys([KeyLine(name, bytes(32)) for name in NAMES[:1]])
        record = hub.record

        def record_late(*said: Any, **more: Any) -> Any:
            hub.keep_keys([KeyLine(name, bytes(32)) for name in NAMES[1:]])
            return record(*said, **more)

        monkeypatch.setattr(hub, "record", record_late)
        assert erase(hub, [OrderId("A")], Badge(""), "she asked") == ["A"]
        assert live_keys(hub) == list(NAMES[2:]), "those of other orders stay"
        told = {line.subject: line.key for line in hub.page(hub.head(), 500, 0).keys}
        assert [told[name] for name in NAMES[:2]] == [None, None]
