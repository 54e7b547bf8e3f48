"""Webhooks: signed as the specification says, in order, until they are taken or given up, and never led astray."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlcipher3.dbapi2 import OperationalError
from standardwebhooks.webhooks import Webhook as Independent

from tests.hub.gatehouse import House, serving
from tests.hub.programs import Program, furnish, order, program
from tests.hub.test_api_orders import eventually
from wms.domain import events as e
from wms.domain.ids import Badge, OrderId
from wms.domain.review import Review
from wms.hub import audit, opening, webhooks_delivery
from wms.hub.database import Session
from wms.hub.interface import HubStore
from wms.hub.roles import ClientRole
from wms.hub.webhooks import Webhook, Webhooks
from wms.hub.webhooks_delivery import SCHEDULE, Deliveries
from wms.hub.webhooks_sending import Sender, Sent
from wms.hub.webhooks_targets import Targets

P = Badge("P")
HERE = ["127.0.0.0/8"]


@dataclass
class Receiver:
    """Answers by `script`, then 204, and remembers what came."""

    port: int = 0
    script: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?x=1"

    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.taken]

    def orders(self) -> list[str]:
        return [json.loads(body)["data"].get("order", "") for _, body in self.taken]


@contextmanager
def listening(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            said = {name.lower(): value for name, value in self.headers.items()}
            status, headers = receiver.script.pop(0) if receiver.script else (204, {})
            receiver.came.append((said, body))
            if 200 <= status < 300:
                receiver.taken.append((said, body))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield receiver
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as found:
        yield found


@pytest.fixture
def hub(tmp_path: Path, engine: str) -> Iterator[HubStore]:
    opening.add(tmp_path / "hub", engine, "MAIN")
    with opening.hubs(tmp_path / "hub", engine, ("MAIN",)) as hubs:
        furnish(hubs["MAIN"])
        yield hubs["MAIN"]


def hooks(hub: HubStore) -> Webhooks:
    return Webhooks(hub.database, hub.warehouse)


def registered(hub: HubStore, url: str, *kinds: str) -> Webhook:
    head, now = hub.head(), hub.now() // 1000
    return hub.database.write(lambda session: hooks(hub).add(session, "erp", url, kinds, head, now))


def kept(hub: HubStore, hook: Webhook) -> Webhook:
    found = hooks(hub).get(hook.id)
    assert found is not None
    return found


def receive(hub: HubStore, *references: str) -> None:
    hub.record(
        [
            e.OrderReceived(OrderId(f"shop-{name}"), "shop", name, 1_790_000_000, "", "sf", ())  # type: ignore[arg-type]
            for name in references
        ],
        P,
    )


def deliver(
    hub: HubStore, until: Callable[[], bool], *, sender: Sender | None = None, times: int = 1, **options: Any
) -> None:
    """Let one process deliver (or `times` of them) until something is so; then all die."""

    async def run() -> None:
        threads = ThreadPoolExecutor(4)
        loop = asyncio.get_running_loop()

        async def work(function: Callable[..., Any], *args: Any) -> Any:
            return await loop.run_in_executor(threads, function, *args)

        said: dict[str, Any] = {"schedule": (0,), "look": 0.02} | options
        tasks = [
            asyncio.create_task(Deliveries({"MAIN": hub}, work, sender or Sender(Targets(HERE)), **said).forever())
            for _ in range(times)
        ]
        async with asyncio.timeout(20):
            while not await work(until):
                await asyncio.sleep(0.02)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        threads.shutdown()

    asyncio.run(run())


def test_an_independent_implementation_verifies_what_is_sent(hub: HubStore, receiver: Receiver) -> None:
    hook = registered(hub, receiver.url)
    receive(hub, "1")
    deliver(hub, lambda: len(receiver.taken) == 1)
    headers, body = receiver.taken[0]
    event = Independent(hook.secret).verify(body, headers)
    assert event["type"] == "order.received"
    assert (event["data"]["order"], event["data"]["reference"]) == ("shop-1", "1")
    assert (headers["content-type"], headers["host"]) == ("application/json", f"127.0.0.1:{receiver.port}")
    with pytest.raises(Exception, match="No matching signature"):
        Independent(hook.secret).verify(body.replace(b"shop-1", b"shop-2"), headers)
    with pytest.raises(Exception, match="No matching signature"):
        Independent(hook.secret).verify(body, headers | {"webhook-id": "evt_other"})


def test_a_program_registers_and_hears_of_its_own_order(tmp_path: Path, engine: str, receiver: Receiver) -> None:
    """All of it: over the API, through the served hub's own deliveries."""
    with serving(tmp_path / "hub", engine, webhook_networks=HERE) as house:
        furnish(house.hub)
        erp = program(house)
        made = erp.post("/v1/webhooks", {"url": receiver.url, "types": ["order.received", "order.cancelled"]}, "k").body
        assert erp.post("/v1/webhooks", {"url": receiver.url, "types": []}, "k").error == "key_reused"
        assert made["secret"].startswith("whsec_")
        assert made["secret"] not in json.dumps(erp.get("/v1/webhooks").body)
        erp.post("/v1/orders", order("1"))
        erp.post("/v1/orders/shop-1/cancel", {"reason": "x"})
        eventually(lambda: len(receiver.taken) == 2)
        for headers, body in receiver.taken:
            Independent(made["secret"]).verify(body, headers)
        assert receiver.types() == ["order.received", "order.cancelled"]
        feed = erp.get("/v1/feed").body["events"]
        assert {headers["webhook-id"] for headers, _ in receiver.taken} <= {one["id"] for one in feed}
        name = made["webhook"]["id"]
        assert eventually(lambda: erp.get(f"/v1/webhooks/{name}").body["behind"] == 0)
        assert erp.delete(f"/v1/webhooks/{name}").status == 204
        assert erp.delete(f"/v1/webhooks/{name}").error == "no_webhook"


def test_the_secret_is_neither_kept_in_an_answer_nor_told_twice(house: House) -> None:
    erp, wanted = program(house), {"url": "https://example.com/"}
    first, again = (erp.post("/v1/webhooks", wanted, "k") for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert first.body["secret"].startswith("whsec_")
    assert again.body == first.body | {"secret": None}
    kept = house.hub.database.read(lambda session: session.execute("SELECT body FROM hub_idempotency").fetchall())
    assert first.body["secret"].encode() not in b"".join(bytes(row[0]) for row in kept)


def test_a_program_sees_and_touches_its_own_alone_and_an_administrators_all(house: House) -> None:
    one, other = (Program(house, house.client_token(name, ClientRole.ERP)) for name in ("one", "other"))
    admin = program(house, ClientRole.ADMIN)
    made = [each.post("/v1/webhooks", {"url": "https://example.com/"}).body["webhook"]["id"] for each in (one, other)]

    def listed(each: Program) -> set[str]:
        return {hook["id"] for hook in each.get("/v1/webhooks").body["webhooks"]}

    assert [listed(each) for each in (one, other, admin)] == [{made[0]}, {made[1]}, set(made)]
    for answer in (
        other.get(f"/v1/webhooks/{made[0]}"),
        other.post(f"/v1/webhooks/{made[0]}/enable"),
        other.delete(f"/v1/webhooks/{made[0]}"),
    ):
        assert (answer.status, answer.error) == (404, "no_webhook")
    assert admin.get(f"/v1/webhooks/{made[0]}").status == 200
    assert [one.delete(f"/v1/webhooks/{made[0]}").status, admin.delete(f"/v1/webhooks/{made[1]}").status] == [204, 204]


def test_nothing_is_sent_to_a_program_that_was_revoked(tmp_path: Path, engine: str, receiver: Receiver) -> None:
    with serving(tmp_path / "hub", engine, webhook_networks=HERE) as house:
        furnish(house.hub)
        erp, admin = program(house), program(house, ClientRole.ADMIN)
        hooks = [
            each.post("/v1/webhooks", {"url": f"{receiver.url}{n}", "types": ["order.received"]}).body["webhook"]["id"]
            for n, each in enumerate((erp, admin))
        ]
        assert house.clients().revoke("the-erp", "cli:test", 5)
        admin.post("/v1/orders", order("1"))
        assert eventually(lambda: len(receiver.taken) == 1), "the administrator's own"
        assert eventually(lambda: admin.get(f"/v1/webhooks/{hooks[0]}").body["trouble"])
        left = admin.get(f"/v1/webhooks/{hooks[0]}").body
        assert (left["enabled"], left["trouble"]) == (False, "the program was revoked")
        lines = house.hub.database.read(lambda session: audit.entries(session, "MAIN"))
        assert ("cli:test", "webhook_disabled", hooks[0], "the-erp") in {
            (line.actor, line.act, line.subject, line.detail) for line in lines
        }


def test_one_that_was_given_up_is_let_try_again_over_the_api(tmp_path: Path, receiver: Receiver) -> None:
    with serving(tmp_path / "hub", webhook_networks=HERE) as house:
        furnish(house.hub)
        erp = program(house)
        receiver.script = [(410, {})]
        name = erp.post("/v1/webhooks", {"url": receiver.url}).body["webhook"]["id"]
        erp.post("/v1/orders", order("1"))
        eventually(lambda: erp.get(f"/v1/webhooks/{name}").body["enabled"] is False)
        (found,) = eventually(lambda: erp.get("/v1/exceptions").body["exceptions"])
        assert (found["kind"], found["subject"]) == ("webhook", name)
        assert erp.post(f"/v1/webhooks/{name}/enable").status == 204
        eventually(lambda: len(receiver.taken) == 1)
        assert eventually(lambda: erp.get("/v1/exceptions").body["exceptions"] == [])


def test_events_come_in_order_and_once_each_while_all_goes_well(hub: HubStore, receiver: Receiver) -> None:
    hook = registered(hub, receiver.url)
    receive(hub, *map(str, range(30)))
    deliver(hub, lambda: kept(hub, hook).cursor == hub.head())  # told to stop before that, it would say the last again
    receive(hub, "30")
    deliver(hub, lambda: kept(hub, hook).cursor == hub.head())
    assert receiver.orders() == [f"shop-{n}" for n in range(31)]
    assert len({headers["webhook-id"] for headers, _ in receiver.taken}) == 31
    assert kept(hub, hook).cursor == hub.head()


def test_only_what_was_asked_for_is_sent(hub: HubStore, receiver: Receiver) -> None:
    registered(hub, receiver.url, "order.cancelled")
    receive(hub, "1", "2")
    hub.record([e.OrderCancelled(OrderId("shop-2")), e.OrderHeld(OrderId("shop-1"), "x")], P)
    deliver(hub, lambda: len(receiver.taken) == 1)
    assert (receiver.types(), receiver.orders()) == (["order.cancelled"], ["shop-2"])


def test_a_failed_one_holds_back_the_next_and_comes_again_under_the_same_id(hub: HubStore, receiver: Receiver) -> None:
    hook = registered(hub, receiver.url)
    receiver.script = [(500, {}), (404, {}), (429, {}), (204, {}), (503, {})]
    receive(hub, "1", "2")
    deliver(hub, lambda: len(receiver.taken) == 2)
    assert receiver.orders() == ["shop-1", "shop-2"]
    first = receiver.came[0][0]["webhook-id"]
    assert [headers["webhook-id"] == first for headers, _ in receiver.came] == [True] * 4 + [False] * 2
    for headers, body in receiver.came:
        Independent(hook.secret).verify(body, headers)
    after = kept(hub, hook)
    assert (after.attempts, after.failing, after.trouble) == (0, 0, "")


def test_the_schedule_is_kept_with_jitter_and_the_receiver_may_ask_for_more(hub: HubStore, receiver: Receiver) -> None:
    hook = registered(hub, receiver.url)
    receiver.script = [(500, {})]
    receive(hub, "1")
    deliver(hub, lambda: kept(hub, hook).attempts == 1, schedule=SCHEDULE)
    now = hub.now() // 1000
    assert 3 <= kept(hub, hook).due - now <= 6
    assert kept(hub, hook).trouble == "answered 500"
    receiver.script = [(429, {"Retry-After": "4000"})]
    hub.database.write(lambda s: s.execute("UPDATE hub_webhook SET due = 0"))
    deliver(hub, lambda: kept(hub, hook).attempts == 2, schedule=SCHEDULE)
    assert kept(hub, hook).due - now >= 3990


def test_nothing_is_sent_before_it_is_due(hub: HubStore, receiver: Receiver) -> None:
    hook = registered(hub, receiver.url)
    receiver.script = [(500, {})] * 10
    receive(hub, "1")
    deliver(hub, lambda: kept(hub, hook).attempts > 0, schedule=(3600,))
    with listening() as other:
        registered(hub, other.url)
        receive(hub, "2", "3")
        deliver(hub, lambda: len(other.taken) == 2, schedule=(3600,))
        receive(hub, "4")
        deliver(hub, lambda: len(other.taken) == 3, schedule=(3600,))
    assert len(receiver.came) == 1


def test_of_several_events_of_one_fact_none_that_was_taken_comes_again(hub: HubStore, receiver: Receiver) -> None:
    hook = registered(hub, receiver.url)
    receiver.script = [(204, {}), (204, {}), (500, {})]
    orders = tuple(OrderId(f"o-{n}") for n in range(5))
    batch = e.PlannedBatch("B", 0, orders, ())  # type: ignore[arg-type]
    hub.record([e.WaveReleased("W", "food", 0, (batch,))], P)  # type: ignore[arg-type]
    deliver(hub, lambda: kept(hub, hook).attempts == 1, schedule=(3600,))
    hub.database.write(lambda s: s.execute("UPDATE hub_webhook SET due = 0"))
    deliver(hub, lambda: kept(hub, hook).cursor == hub.head())
    assert receiver.orders() == list(orders)
    assert len(receiver.came) == 6


def test_the_wait_grows_and_its_steps_are_those_of_the_specification() -> None:
    assert SCHEDULE == (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)


def test_given_up_after_days_it_is_disabled_and_a_person_learns_of_it(hub: HubStore, receiver: Receiver) -> None:
    hook = registered(hub, receiver.url)
    receiver.script = [(500, {})] * 50
    receive(hub, "1")
    deliver(hub, lambda: kept(hub, hook).attempts > 0 and bool(kept(hub, hook).failing), give_up=10**9)
    assert not kept(hub, hook).disabled
    deliver(hub, lambda: bool(kept(hub, hook).disabled), give_up=0)

    def review() -> Review | None:
        return hub.rows.get(Review, f"webhook/{hook.id}")

    deliver(hub, lambda: review() is not None)
    found = review()
    assert found is not None
    assert (found.open, found.detail) == (True, "answered 500")
    came = len(receiver.came)
    receive(hub, "2")
    deliver(hub, lambda: hub.rows.connection.execute("SELECT count(*) FROM orders").fetchone()[0] == 2)
    assert len(receiver.came) == came
    receiver.script = []
    hub.database.write(lambda session: hooks(hub).enable(session, hook.id))
    deliver(hub, lambda: len(receiver.taken) == 2)
    assert receiver.orders() == ["shop-1", "shop-2"]


def test_gone_means_gone(hub: HubStore, receiver: Receiver) -> None:
    hook = registered(hub, receiver.url)
    receiver.script = [(410, {})]
    receive(hub, "1")
    deliver(hub, lambda: bool(kept(hub, hook).disabled))
    assert len(receiver.came) == 1


def test_a_redirect_is_a_failure_and_not_followed(hub: HubStore, receiver: Receiver) -> None:
    with listening() as elsewhere:
        hook = registered(hub, receiver.url)
        receiver.script = [(307, {"Location": elsewhere.url})]
        receive(hub, "1")
        deliver(hub, lambda: len(receiver.taken) == 1)
        assert elsewhere.came == []
        assert kept(hub, hook).failing == 0


def test_who_does_not_answer_keeps_nobody_else_waiting(hub: HubStore, receiver: Receiver) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = registered(hub, f"http://127.0.0.1:{silent.getsockname()[1]}/")
        registered(hub, receiver.url)
        receive(hub, "1")
        sender = Sender(Targets(HERE), patience=0.3)
        deliver(hub, lambda: len(receiver.taken) == 1 and kept(hub, mute).attempts > 0, sender=sender, schedule=(60,))
        assert kept(hub, mute).trouble == "no answer within 0.3 s"


def test_two_processes_do_not_tell_everything_twice(hub: HubStore, receiver: Receiver) -> None:
    hook = registered(hub, receiver.url)
    receive(hub, *map(str, range(20)))
    deliver(hub, lambda: kept(hub, hook).cursor == hub.head(), times=3)
    assert receiver.orders() == [f"shop-{n}" for n in range(20)]


def test_a_process_that_dies_in_between_is_followed_where_it_stood(hub: HubStore, receiver: Receiver) -> None:
    hook = registered(hub, receiver.url)
    receive(hub, *map(str, range(20)))
    deliver(hub, lambda: len(receiver.taken) >= 7)
    deliver(hub, lambda: kept(hub, hook).cursor == hub.head())
    ids = [headers["webhook-id"] for headers, _ in receiver.taken]
    assert list(dict.fromkeys(receiver.orders())) == [f"shop-{n}" for n in range(20)]
    assert len(ids) - len(set(ids)) <= 1  # the one that was under way when it died


def put_back(hub: HubStore, head: int, cursor: int) -> None:
    """The database is an older copy again, beneath the hub at work; the webhook in it had come to `cursor`."""

    def work(session: Session) -> None:
        session.execute("DELETE FROM hub_event WHERE position > ?", (head,))
        session.execute("UPDATE hub_head SET position = ?", (head,))
        session.execute("UPDATE hub_webhook SET cursor = ?, told = ''", (cursor,))

    hub.database.write(work)


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
@pytest.mark.parametrize("told", [0, 4])
def test_what_a_new_life_brings_is_told_though_others_were_told_at_its_positions(
    hub: HubStore, receiver: Receiver, told: int
) -> None:
    """`told` is how many of the facts that were lost the copy's webhook counts as told: some when a delivery that was
    under way is noted in it."""
    hook, head, lives_begun = registered(hub, receiver.url), hub.head(), [hub.life]
    receive(hub, *"1234")

    def all_told() -> bool:
        if receiver.orders() == [f"shop-{n}" for n in "1234"] and kept(hub, hook).cursor == head + 4:
            put_back(hub, head, head + told)
            receive(hub, *"56")
            lives_begun.append(hub.life)
        return receiver.orders()[4:] == ["shop-5", "shop-6"]

    deliver(hub, all_told)
    assert len(set(lives_begun)) == len(lives_begun) == 2
    assert hub.head() == head + 2


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_a_delivery_under_way_while_a_life_begins_moves_nothing_in_it(hub: HubStore, receiver: Receiver) -> None:
    hook, head = registered(hub, receiver.url), hub.head()
    receive(hub, *"1234")

    class Slow(Sender):
        async def send(self, *asked: Any, **more: Any) -> Sent:
            sent = await super().send(*asked, **more)
            if receiver.orders() == ["shop-1", "shop-2"]:
                await asyncio.to_thread(put_back, hub, head, head)
                await asyncio.to_thread(receive, hub, *"56")
            return sent

    deliver(hub, lambda: kept(hub, hook).cursor == head + 2, sender=Slow(Targets(HERE)))
    assert receiver.orders() == [f"shop-{n}" for n in "1256"]


def test_a_read_that_fails_ends_no_deliveries(
    hub: HubStore, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The embedded engine's own error is no `StoreUnwritable`."""
    registered(hub, receiver.url)
    real, failures = webhooks_delivery.heard_up_to, [OperationalError("disk I/O error")]

    def heard_up_to(hub: HubStore) -> int:
        if failures:
            raise failures.pop()
        return real(hub)

    monkeypatch.setattr(webhooks_delivery, "heard_up_to", heard_up_to)
    receive(hub, "1")
    deliver(hub, lambda: receiver.orders() == ["shop-1"])
    assert failures == []


def test_no_address_that_is_not_listed_is_connected_to(hub: HubStore, receiver: Receiver) -> None:
    hook = registered(hub, f"https://localhost:{receiver.port}/")
    receive(hub, "1")
    deliver(hub, lambda: kept(hub, hook).attempts > 0, sender=Sender(Targets()), schedule=(60,))
    assert "not public" in kept(hub, hook).trouble
    assert receiver.came == []


def test_tls_is_verified(hub: HubStore, tmp_path: Path) -> None:
    certificate = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trusting = Sender(Targets([*HERE, "::1/128"]), ssl.create_default_context(cafile=str(certificate)))
    with listening(context) as receiver:
        hook = registered(hub, f"https://127.0.0.1:{receiver.port}/")
        misnamed = registered(hub, f"https://localhost:{receiver.port}/")
        receive(hub, "1")
        deliver(hub, lambda: kept(hub, hook).attempts > 0, schedule=(60,))
        assert kept(hub, hook).trouble.startswith("TLS: ")
        assert receiver.came == []
        hub.database.write(lambda s: s.execute("UPDATE hub_webhook SET due = 0, attempts = 0"))
        deliver(
            hub,
            lambda: len(receiver.taken) == 1 and kept(hub, misnamed).attempts > 0,
            schedule=(60,),
            sender=trusting,
        )
        assert kept(hub, misnamed).trouble.startswith("TLS: ")  # the certificate is another name's
        assert len(receiver.came) == 1


def _certificate(folder: Path) -> Path:
    """For 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "hook.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
