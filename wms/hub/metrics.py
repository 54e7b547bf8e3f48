"""Figures for Prometheus: what is counted as it happens, and what is looked up when somebody asks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wms.domain.review import Review
from wms.hub.health import picture_lag
from wms.hub.interface import HubStore
from wms.hub.terminals import Terminals
from wms.hub.webhooks import Webhooks
from wms.store import StoreUnwritable, journal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
LONG_POLLS = {"/v1/pull"}  # wait on purpose: their time says nothing
_GAUGES = {
    "wms_hub_head": "Facts in the journal.",
    "wms_hub_picture_lag_facts": "Facts of the journal that are not in the picture yet.",
    "wms_hub_exceptions_open": "Things that wait for a supervisor.",
    "wms_hub_terminals_online": "Terminals heard of lately.",
    "wms_hub_terminals_offline": "Terminals not heard of lately.",
    "wms_hub_webhooks_disabled": "Webhooks that were given up.",
    "wms_hub_up": "Whether the warehouse's database answers.",
}


class Metrics:
    """`pushes` says how many pushes are in flight. `text` blocks; `timed` wraps the application."""

    def __init__(self, hubs: Mapping[str, HubStore], pushes: Callable[[], int] = lambda: 0) -> None:
        self._registry = CollectorRegistry()
        self._seconds = Histogram(
            "wms_hub_request_seconds",
            "Time from a request to its answer.",
            ("method", "route"),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._answers = Counter(
            "wms_hub_answers", "Answers by status.", ("method", "route", "status"), registry=self._registry
        )
        self._registry.register(_Looked(hubs, pushes))

    def text(self) -> bytes:
        return generate_latest(self._registry)

    def timed(self, app: ASGIApp) -> ASGIApp:
        """The application, with each answer counted and timed under its route (never under what was asked for)."""

        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            begun, status = time.perf_counter(), 0

            async def heard(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            try:
                await app(scope, receive, heard)
            finally:
                method, route = _named(scope)
                self._answers.labels(method, route, str(status)).inc()
                if route not in LONG_POLLS:
                    self._seconds.labels(method, route).observe(time.perf_counter() - begun)

        return wrapped


_METHODS = {"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"}


def _named(scope: Scope) -> tuple[str, str]:
    route = scope.get("route")
    path = getattr(route, "path", "") if "endpoint" in scope else ""
    return scope["method"] if scope["method"] in _METHODS else "other", path or "none"


class _Looked(Collector):
    """What the databases say at this moment."""

    def __init__(self, hubs: Mapping[str, HubStore], pushes: Callable[[], int]) -> None:
        self._hubs, self._pushes = hubs, pushes

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        gauges = {name: GaugeMetricFamily(name, about, labels=["warehouse"]) for name, about in _GAUGES.items()}
        lag = GaugeMetricFamily(
            "wms_hub_webhook_lag_facts", "Facts a webhook was not told yet.", labels=["warehouse", "webhook"]
        )
        taken = CounterMetricFamily("wms_hub_facts_taken", "Facts pushed that were new.", labels=["warehouse"])
        repeated = CounterMetricFamily("wms_hub_facts_repeated", "Facts pushed once more.", labels=["warehouse"])
        for name, hub in self._hubs.items():
            taken.add_metric([name], hub.facts_taken)
            repeated.add_metric([name], hub.facts_repeated)
            try:
                found = _figures(hub)
                hooks = Webhooks(hub.database, hub.warehouse).listing()
                seen = journal.head(hub.rows.connection)
            except StoreUnwritable:
                gauges["wms_hub_up"].add_metric([name], 0)
                continue
            found |= {"wms_hub_up": 1, "wms_hub_webhooks_disabled": sum(bool(hook.disabled) for hook in hooks)}
            for gauge, value in found.items():
                gauges[gauge].add_metric([name], value)
            for hook in hooks:
                lag.add_metric([name, hook.id], max(seen - hook.cursor, 0))
        yield from gauges.values()
        yield from (lag, taken, repeated)
        in_flight = GaugeMetricFamily("wms_hub_pushes_in_flight", "Pushes being committed.")
        in_flight.add_metric([], self._pushes())
        yield in_flight


def _figures(hub: HubStore) -> dict[str, int]:
    known, silent = Terminals(hub.database, hub.warehouse).counts(hub.now() // 1000)
    return {
        "wms_hub_head": hub.head(),
        "wms_hub_picture_lag_facts": picture_lag(hub),
        "wms_hub_exceptions_open": hub.rows.count(Review, open=1),
        "wms_hub_terminals_online": known - silent,
        "wms_hub_terminals_offline": silent,
    }
