"""Requests read within bounds, answers written, and every way to fail as a problem in JSON (RFC 9457)."""

from __future__ import annotations

import http
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from wms.hub.database import DatabaseAway
from wms.hub.interface import Fork, Gap, StaleSession, Unacceptable
from wms.hub.limits import LARGEST_BODY
from wms.store import StoreUnwritable
from wms.sync import wire

T = TypeVar("T")
PROBLEM = "application/problem+json"
log = logging.getLogger(__name__)


class Refusal(Exception):
    """A request that is answered with an error: `error` for programs, `detail` for people."""

    def __init__(
        self,
        status: int,
        error: str,
        detail: str,
        expected: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.error, self.detail, self.expected = status, error, detail, expected
        self.headers = dict(headers or {})


def refusal_of(error: Exception) -> Refusal:
    """What a failure is told as. What nobody foresaw gets a number, which stands in the log beside it."""
    match error:
        case Refusal():
            return error
        case Gap(expected):
            return Refusal(409, "gap", f"go on from {expected}", expected)
        case Fork(first):
            return Refusal(409, "fork", f"{first} already stands for something else", first)
        case StaleSession():
            return Refusal(409, "session", "another run of this terminal has spoken since: say hello again")
        case wire.NewerVersion():
            return Refusal(426, "hub_old", str(error))
        case DatabaseAway():
            return Refusal(503, "database", "the hub's database does not answer", headers={"Retry-After": "1"})
        case StoreUnwritable():
            return Refusal(503, "disk", "the hub can not write to its disk", headers={"Retry-After": "1"})
        case HTTPException():
            return Refusal(error.status_code, "request", error.detail, headers=error.headers)
        case ClientDisconnect():
            return Refusal(400, "message", "the request ended before it was whole")
        case Unacceptable():
            return Refusal(400, "message", str(error))
        case ValueError():  # its text was written for whoever reads the code
            log.warning("a request that can not be understood", exc_info=error)
            return Refusal(400, "message", "the hub can not make sense of this request")
    number = secrets.token_hex(4)
    log.error("fault %s", number, exc_info=error)
    return Refusal(500, "fault", f"the hub has a fault; its log says more under {number}")


def problem(refusal: Refusal) -> Response:
    title = http.HTTPStatus(refusal.status).phrase
    type_ = f"urn:wms:problem:{refusal.error}"
    body = wire.Problem(refusal.error, refusal.detail, refusal.status, title, type_, refusal.expected)
    headers = refusal.headers
    if refusal.status == 429:
        headers = {"Retry-After": "1", **headers}  # whole seconds (RFC 9110, 10.2.3); who comes back spreads it
    return json_of(body, refusal.status, headers, PROBLEM)


def json_of(
    body: object, status: int = 200, headers: Mapping[str, str] | None = None, kind: str = "application/json"
) -> Response:
    said = {wire.VERSION_HEADER: str(wire.VERSION), **(headers or {})}
    return Response(msgspec.json.encode(body), status, said, kind)


def answering(handler: Callable[[Request], Awaitable[object]]) -> Callable[[Request], Awaitable[Response]]:
    """The handler with its answer as JSON (or as the response that it is), and its failures as problems."""

    async def answer(request: Request) -> Response:
        try:
            found = await handler(request)
        except Exception as error:
            return problem(refusal_of(error))
        return found if isinstance(found, Response) else json_of(found)

    return answer


async def failed(_: Request, error: Exception) -> Response:
    """For failures outside all handlers: no such path, no such method."""
    return problem(refusal_of(error))


async def read_body(request: Request, most: int = LARGEST_BODY) -> bytes:
    """Raises `Refusal` beyond `most` bytes, before more than that is held."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > most:
            raise Refusal(413, "too_large", f"more than {most} bytes; send less at once")
    return bytes(content)


def decoded(body: bytes, kind: type[T]) -> T:
    """Raises `Refusal` for what is no such message."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, "message", f"the body is no such message: {_where(error)}") from error


def _where(error: Exception) -> str:
    """What msgspec says names types and places in the message, never the values there."""
    match error:
        case RecursionError():
            return "it is nested too deeply"
        case UnicodeDecodeError():
            return "it is not UTF-8"
        case _:
            return str(error)
