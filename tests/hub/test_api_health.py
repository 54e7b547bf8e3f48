"""Is it alive, can it work, how much does it do: and who may know."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.hub.gatehouse import House, serving
from tests.hub.programs import Program, furnish, order, program
from tests.hub.test_api_orders import eventually
from wms.domain import events as e
from wms.domain.ids import Badge
from wms.hub import health
from wms.hub.roles import ClientRole
from wms.store import StoreUnwritable

ELSEWHERE = {"Forwarded": "for=203.0.113.7"}  # as a proxy on this machine says it


@pytest.fixture(autouse=True)
def fresh_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "GOOD_FOR", 0.0)


def figures(house: House, headers: dict[str, str] | None = None) -> dict[tuple[str, str], float]:
    answer = house.send("GET", "/metrics", None, headers)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()) if name != "le")): (
            sample.value
        )
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
    }


def test_alive_and_ready_without_a_token(house: House) -> None:
    assert house.send("GET", "/healthz").body == {"status": "alive"}
    assert house.send("GET", "/readyz").body == {"status": "ready"}


def test_a_database_that_can_not_be_written_is_not_ready_but_alive(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Callable[..., Any]) -> None:
        raise StoreUnwritable("disk full at /secret/place")

    with monkeypatch.context() as patch:
        patch.setattr(house.hub.database, "write", fails)
        answer = house.send("GET", "/readyz")
        assert (answer.status, answer.error) == (503, "not_ready")
        assert "secret" not in json.dumps(answer.body)
        assert house.send("GET", "/healthz").status == 200
    assert house.send("GET", "/readyz").status == 200


@pytest.fixture
def hanging(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A write that does not come back, as with a standby that is gone."""
    go_on, write = threading.Event(), house.hub.database.write

    def hangs(work: Callable[..., Any]) -> Any:
        go_on.wait(20)
        return write(work)

    monkeypatch.setattr(house.hub.database, "write", hangs)
    monkeypatch.setattr(health, "PATIENCE", 0.1)
    yield
    go_on.set()


@pytest.mark.usefixtures("hanging")
def test_a_database_that_hangs_is_found_out_and_asked_only_once(house: House) -> None:
    for _ in range(5):
        answer = house.send("GET", "/readyz")
        assert (answer.status, answer.body["detail"]) == (503, "the database does not answer")
    assert house.send("GET", "/healthz").status == 200


def test_a_picture_that_lags_is_not_ready(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LARGEST_LAG", 3)
    head = house.hub.head()
    monkeypatch.setattr(house.hub, "head", lambda: head + 4)
    assert house.send("GET", "/readyz").body["detail"] == "the picture is 4 facts behind"


def test_a_picture_that_stands_still_behind_the_journal_is_not_ready(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, ahead = [0.0], [0]
    follower = health.Follower(lambda: now[0])
    head = house.hub.head
    monkeypatch.setattr(house.hub, "head", lambda: head() + ahead[0])

    def trouble(at: float, behind: int) -> str:
        now[0], ahead[0] = at, behind
        return follower.trouble(house.hub)

    furnish(house.hub)
    assert eventually(lambda: health.picture_lag(house.hub) == 0)
    assert [trouble(0, 0), trouble(100, 3), trouble(100 + health.LONGEST_STILL, 3)] == ["", "", ""]
    assert "3 facts behind and has not moved" in trouble(131, 3)
    assert [trouble(132, 0), trouble(200, 3), trouble(229, 3)] == ["", "", ""]
    house.hub.record([e.SiteNamed("s", "UTC")], Badge("P"))
    assert eventually(lambda: health.picture_lag(house.hub) == 3)
    assert trouble(231, 3) == "", "it moves"


def test_a_picture_that_can_not_be_brought_up_is_not_ready_until_it_can(
    tmp_path: Path, postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tmp_path, postgres_database) as house:

        def fails() -> bool:
            raise RuntimeError("what it says stands in the log")

        with monkeypatch.context() as patch:
            patch.setattr(house.hub, "_catch_up_one", fails)
            house.hub.record([e.SiteNamed("s", "UTC")], Badge("P"))
            assert eventually(lambda: house.send("GET", "/readyz").status == 503)
            assert house.send("GET", "/healthz").status == 200
        assert eventually(lambda: house.send("GET", "/readyz").status == 200)


def test_asking_often_does_not_make_the_hub_write_often(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    probes = []
    monkeypatch.setattr(health, "GOOD_FOR", 60.0)
    monkeypatch.setattr(health, "probe", lambda hub, _: probes.append(hub) or "")
    assert {house.send("GET", "/readyz").status for _ in range(10)} == {200}
    assert len(probes) == 1


def test_figures_are_for_monitors_and_for_this_machine(house: House) -> None:
    assert figures(house)
    assert house.send("GET", "/metrics", None, ELSEWHERE).error == "token"
    assert house.send("GET", "/metrics", None, {"X-Forwarded-For": "203.0.113.7"}).error == "token"
    erp, monitor = program(house), program(house, ClientRole.MONITOR)
    assert house.send("GET", "/metrics", None, ELSEWHERE | erp.headers()).error == "role"
    assert figures(house, ELSEWHERE | monitor.headers())


def test_figures_say_what_there_is(house: House) -> None:
    furnish(house.hub)
    erp = program(house)
    house.enrol("T1")
    erp.post("/v1/orders", order("1", "JAM"))
    house.hub.record([e.ReviewRaised("clock", "T1", "90")], Badge("P"))
    hook = erp.post("/v1/webhooks", {"url": "https://example.com/"}).body["webhook"]["id"]
    found = eventually(lambda: (now := figures(house))["wms_hub_exceptions_open", "warehouse=MAIN"] == 2 and now)
    assert found["wms_hub_head", "warehouse=MAIN"] == house.hub.head()
    assert found["wms_hub_terminals_online", "warehouse=MAIN"] == 1
    assert found["wms_hub_terminals_offline", "warehouse=MAIN"] == 0
    assert found["wms_hub_webhook_lag_facts", f"warehouse=MAIN,webhook={hook}"] <= 1
    assert found["wms_hub_up", "warehouse=MAIN"] == 1
    assert found["wms_hub_pushes_in_flight", ""] == 0


def test_facts_are_counted_as_new_and_as_repeated(house: House) -> None:
    member = house.enrol("T1")
    fact = ["T1", 1, 1, None, 0, "P", "SignedOut", {"badge": "P"}]
    push = {"device": "T1", "epoch": 1, "first": 1, "facts": [fact], "chain": base64.b64encode(bytes(32)).decode()}
    assert [house.signed(member, "POST", "/v1/push", push).status for _ in range(3)] == [200] * 3
    found = figures(house)
    assert found["wms_hub_facts_taken_total", "warehouse=MAIN"] == 1
    assert found["wms_hub_facts_repeated_total", "warehouse=MAIN"] == 2


def test_answers_are_counted_by_route_never_by_what_was_asked_for(house: House) -> None:
    erp = program(house)
    erp.get("/v1/orders/secret-1")
    erp.get("/v1/orders/secret-2")
    erp.get("/nowhere/secret")
    house.send("BREW", "/v1/orders", None, erp.headers())
    found = figures(house)
    route = "method=GET,route=/v1/orders/{id:path}"
    assert found["wms_hub_answers_total", f"{route},status=404"] == 2
    assert found["wms_hub_request_seconds_count", route] == 2
    assert found["wms_hub_answers_total", "method=GET,route=none,status=404"] == 1
    assert not any("secret" in labels or "BREW" in labels for _, labels in found)


# The description


def test_the_description_is_whole(small_house: House) -> None:
    document = small_house.send("GET", "/openapi.json").body
    assert document["openapi"] == "3.1.0"
    refs = set(re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', json.dumps(document)))
    assert refs <= set(document["components"]["schemas"])
    assert refs == set(document["components"]["schemas"])
    operations = [(path, method, op) for path, ops in document["paths"].items() for method, op in ops.items()]
    assert len({op["operationId"] for *_, op in operations}) == len(operations) == 23
    for path, method, op in operations:
        assert {"401", "403", "422", "429", "503"} <= set(op["responses"])
        for status, response in op["responses"].items():
            kind = "application/json" if status.startswith("2") else "application/problem+json"
            assert set(response.get("content", {kind: 0})) == {kind}
        names = [one["name"] for one in op["parameters"]]
        assert ("id" in names) == ("{id}" in path)
        assert ("Idempotency-Key" in names) == (method == "post")


def test_the_page_fetches_nothing_and_names_everything(small_house: House) -> None:
    answer = small_house.send("GET", "/docs")
    text = answer.body.decode()
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert not re.findall(r"""(?:src|href)=["']?(?:https?:|//)""", text)
    assert "<script" not in text
    document = small_house.send("GET", "/openapi.json").body
    assert all(path in text for path in document["paths"])


def test_every_answer_is_as_described(house: House) -> None:
    """The shapes of answers against the description: no field is missing, none is more."""
    furnish(house.hub)
    erp = program(house)
    document = house.send("GET", "/openapi.json").body
    schemas = document["components"]["schemas"]
    erp.post("/v1/orders", order("1", "JAM"))
    eventually(lambda: erp.get("/v1/exceptions").body["exceptions"])
    made = erp.post("/v1/webhooks", {"url": "https://example.com/"})
    assert made.status == 201
    for path in (
        "/v1/orders", "/v1/shipments", "/v1/stock", "/v1/stock-places", "/v1/items", "/v1/exceptions", "/v1/feed",
        "/v1/webhooks",
    ):  # fmt: skip
        answer = erp.get(path)
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        _require_shape(answer.body, schema, schemas)
    problem = erp.get("/v1/orders?limit=0")
    _require_shape(problem.body, {"$ref": "#/components/schemas/Problem"}, schemas)


def _require_shape(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> None:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return
    if schema.get("type") == "object" and "properties" in schema:
        assert set(value) == set(schema["properties"])
        for name, each in value.items():
            _require_shape(each, schema["properties"][name], schemas)
    if schema.get("type") == "array" and isinstance(schema.get("items"), dict):
        for each in value:
            _require_shape(each, schema["items"], schemas)


def test_the_interface_of_a_program_needs_nothing_but_its_token(house: House) -> None:
    """No version header, no session: what terminals must say is not asked of programs."""
    erp: Program = program(house)
    assert house.send("GET", "/v1/orders", None, {"Wms-Version": "999", **erp.headers()}).status == 200
