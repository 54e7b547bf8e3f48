"""The review of orders that came through the hub's own interface."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from wms.domain.auditing import Finding, Rules
from wms.domain.ids import Badge, OrderId
from wms.domain.orders import Order
from wms.domain.recipients import PersonalData
from wms.hub.interface import HubStore
from wms.order_review import Unseal, review_rows
from wms.store.sealing import key_of, unseal_with

PATIENCE_S = 5.0


def review_at_hub(hub: HubStore, orders: Sequence[OrderId], person: Badge, rules: Rules) -> tuple[Finding, ...]:
    """As `wms.order_review.review_orders`, on the hub's picture and with the keys of its engine. Waits some seconds for
    a picture that lags behind the journal. Raises `StoreUnwritable`."""

    _wait_for(hub, orders)
    return review_rows(hub.rows, opener(hub), orders, hub.execute, person, rules)


def opener(hub: HubStore) -> Unseal:
    """Opens recipients with the keys that the hub's engine keeps."""

    def unseal(sealed: Mapping[OrderId, str]) -> dict[OrderId, PersonalData]:
        subjects = {order: key_of(order, text) for order, text in sealed.items()}
        keys = hub.keys_of([subject for subject in subjects.values() if subject])
        found: dict[OrderId, PersonalData] = {}
        for order, subject in subjects.items():
            if subject in keys:
                try:
                    found[order] = unseal_with(keys[subject], order, sealed[order])
                except ValueError:  # a damaged key is told of where it came in
                    continue
        return found

    return unseal


def _wait_for(hub: HubStore, orders: Sequence[OrderId]) -> None:
    until = time.monotonic() + PATIENCE_S
    while any(hub.rows.get(Order, order) is None for order in orders) and time.monotonic() < until:
        time.sleep(0.02)
