"""A terminal played by hand: it says what the test wants, over a socket, with nothing of the product's client."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tests.contract.hub_process import HubProcess
from tests.hub.gatehouse import Answer
from wms.hub.roles import TerminalRole

START = bytes(32)


def line(device: str, n: int, epoch: int = 1, kind: str = "GoodsReceived", **body: object) -> list[Any]:
    """A fact on the wire: `n` units of goods received, or whatever `kind` and `body` say."""
    said = body or {"receipt": f"R{n}", "sku": "SKU", "lot": device, "quantity": n, "place": "A-01"}
    return [device, epoch, n, None, 1_700_000_000_000 + n, "P1", kind, said]


def written(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def chained(before: bytes, *lines: list[Any]) -> bytes:
    """As the handbook of the protocol says: SHA-256 over the hash before, key and circumstances, and the body."""
    for device, epoch, n, _, at, person, kind, body in lines:
        said = written([device, epoch, n, at, person, kind]) + written(body)
        before = hashlib.sha256(before + said.encode()).digest()
    return before


class Hand:
    """One enrolled terminal that has said hello."""

    def __init__(self, hub: HubProcess, device: str, role: TerminalRole = TerminalRole.ALL) -> None:
        self.hub, self.device = hub, device
        self.member = hub.enrol(device, role)

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        content = None if body is None else body if isinstance(body, bytes) else written(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.hub.signed(self.member, method, path, content, headers=sent)

    def push(self, first: int, count: int, epoch: int = 1, **more: object) -> tuple[int, Any]:
        answer = self.send([line(self.device, n, epoch) for n in range(first, first + count)], **more)
        return answer.status, answer.body

    def send(self, lines: list[Any], **more: object) -> Answer:
        first = lines[0] if lines else [self.device, 1, 1]
        body = {"device": self.device, "epoch": first[1], "first": first[2], "facts": lines} | more
        return self.call("POST", "/v1/push", body)

    def pull(self, after: int = 0, wait: int = 0, limit: int = 500) -> list[Any]:
        return list(self.pulled(after, wait, limit)["facts"])

    def pulled(self, after: int = 0, wait: int = 0, limit: int = 500, keys_after: int = 0) -> Any:
        answer = self.call("GET", f"/v1/pull?after={after}&wait={wait}&limit={limit}&keys_after={keys_after}")
        assert answer.status == 200, answer.body
        return answer.body

    def everything(self) -> list[Any]:
        found: list[Any] = []
        while more := self.pull(len(found)):
            found += more
        return found

    def ask(self, request: str, command: str, **body: object) -> Answer:
        said = {"request": request, "person": "P1", "command": command, "body": body}
        return self.call("POST", "/v1/ask", said)

    def give_back(self, lines: list[Any]) -> tuple[int, Any]:
        answer = self.call("POST", "/v1/return", {"facts": lines})
        return answer.status, answer.body

    def hello(self, session: str, previous: str = "", **more: object) -> Any:
        """Another run of its program speaks from now on."""
        self.member.session = session
        answer = self.hub.hello(self.member, previous=previous, **more)
        assert answer.status == 200, answer.body
        self.member.life = answer.body["lives"][-1][0]
        return answer.body
