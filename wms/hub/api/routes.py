"""The interface for other programs as a whole: its routes, its description, its figures, its deliveries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, TypeAlias

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from wms.domain.auditing import Rules
from wms.hub.answering import answering
from wms.hub.api import exceptions, feed, hooks, label_data, orders, parcels, stock
from wms.hub.api.endpoint import endpoint
from wms.hub.api.idempotency import InFlight
from wms.hub.api.openapi import describe
from wms.hub.api.operation import Operation
from wms.hub.api.page import page
from wms.hub.gate import Gate
from wms.hub.health import Health
from wms.hub.interface import HubStore
from wms.hub.metrics import CONTENT_TYPE, Metrics
from wms.hub.webhooks_delivery import Deliveries
from wms.hub.webhooks_sending import Sender
from wms.hub.webhooks_targets import Targets
from wms.order_review.rules import defaults

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_PROXIED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


class Api:
    """What the hub's application mounts. `run` carries out what blocks; `webhook_networks` are those that webhooks may
    reach although they are not public; `pushes` says how many pushes are in flight. With `local_metrics` this machine
    may read the figures without a token: not behind a proxy, through which everybody is this machine. Orders are
    reviewed by `rules`, those of the house if none are given."""

    def __init__(
        self,
        hubs: Mapping[str, HubStore],
        gate: Gate,
        run: Callable[..., Awaitable[Any]],
        *,
        webhook_networks: Sequence[str] = (),
        pushes: Callable[[], int] = lambda: 0,
        local_metrics: bool = True,
        sender: Sender | None = None,
        rules: Rules | None = None,
    ) -> None:
        self._gate, self._run, self._local_metrics = gate, run, local_metrics
        targets = Targets(webhook_networks)
        self.operations: tuple[Operation, ...] = (
            *label_data.OPERATIONS,
            *orders.operations(rules or defaults()),
            *parcels.OPERATIONS,
            *stock.OPERATIONS,
            *exceptions.OPERATIONS,
            *feed.OPERATIONS,
            *hooks.operations(targets),
        )
        self._hubs, self._sender = hubs, sender or Sender(targets)
        self._health, self._metrics = Health(hubs, run), Metrics(hubs, pushes)

    def routes(self) -> list[Route]:
        in_flight = InFlight()
        by_path: dict[str, dict[str, Endpoint]] = {}
        for op in self.operations:
            by_path.setdefault(op.path, {})[op.method] = answering(endpoint(op, self._gate, self._run, in_flight))
        serving = [Route(path, _by_method(methods), methods=[*methods]) for path, methods in by_path.items()]
        document = describe(self.operations)
        described = msgspec.json.encode(document)
        shown = page(document)

        async def description(_: Request) -> Response:
            return Response(described, media_type="application/json")

        async def reading(_: Request) -> Response:
            return HTMLResponse(shown, headers={"Content-Security-Policy": _PAGE_POLICY})

        return [
            *serving,
            *self._health.routes(),
            Route("/metrics", answering(self._figures), methods=["GET"]),
            Route("/openapi.json", description, methods=["GET"]),
            Route("/docs", reading, methods=["GET"]),
        ]

    def timed(self, app: ASGIApp) -> ASGIApp:
        """The whole application, with its answers counted."""
        return self._metrics.timed(app)

    async def deliver(self) -> None:
        """Deliver webhooks until cancelled."""
        await Deliveries(self._hubs, self._run, self._sender).forever()

    async def _figures(self, request: Request) -> Response:
        if not (self._local_metrics and _from_this_machine(request)):
            await self._gate.client(request, "monitor", "admin")
        return Response(await self._run(self._metrics.text), media_type=CONTENT_TYPE)


def _by_method(methods: Mapping[str, Endpoint]) -> Endpoint:
    """One route for a path, so that a wrong method is told of all the right ones."""

    async def chosen(request: Request) -> Response:
        return await methods["GET" if request.method == "HEAD" else request.method](request)

    return chosen


def _from_this_machine(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in _PROXIED):
        return False
    with suppress(ValueError):
        return ip_address(request.client.host).is_loopback
    return False
