"""From a request to a call, and from a reply to a response. All that is wrong with a request is found out here."""

from __future__ import annotations

import random
import re
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wms.hub.answering import Refusal, json_of, read_body
from wms.hub.api.idempotency import InFlight, answered_once, read_key
from wms.hub.api.operation import Call, Operation, Reply
from wms.hub.gate import Caller, Gate

T = TypeVar("T")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Run(Protocol):
    """Runs what blocks on a thread that may."""

    def __call__(self, work: Callable[..., T], /, *args: Any) -> Awaitable[T]: ...


def endpoint(
    operation: Operation, gate: Gate, run: Run, in_flight: InFlight
) -> Callable[[Request], Awaitable[Response]]:
    """What answers the operation's route. Raises `Refusal`."""

    async def answer(request: Request) -> Response:
        caller = await _caller(request, operation, gate)
        path = {name: str(value) for name, value in request.path_params.items()}
        if any(map(_CONTROL.search, path.values())):
            raise Refusal(404, "request", "nothing here has such a name")
        query = _query(request, operation)
        content = await _content(request, operation)
        body = _body(content, operation)
        header = request.headers.get("Idempotency-Key") if operation.acting else None
        key = read_key(header) if header is not None else ""
        call = Call(caller, path, query, body, key, operation.name, content)
        return _response(await run(answered_once, call, operation.handler, in_flight))

    return answer


async def _caller(request: Request, operation: Operation, gate: Gate) -> Caller:
    """Programs are told to wait whole seconds (RFC 9110, 10.2.3), not all the same."""
    try:
        return await gate.client(request, *operation.roles)
    except Refusal as refusal:
        if refusal.status == 429:
            refusal.headers.setdefault("Retry-After", str(random.randint(1, 3)))  # noqa: S311
        raise


def _response(reply: Reply) -> Response:
    headers = {"Cache-Control": "no-store"}
    if reply.status == 204:
        return Response(status_code=204, headers=headers)
    return json_of(reply.body, reply.status, headers)


def _query(request: Request, operation: Operation) -> Any:
    said: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in said:
            raise Refusal(422, "query", "a parameter stands there twice")
        said[name] = _line(value, "a parameter")
    try:
        query = msgspec.convert(said, operation.query, strict=False)
    except msgspec.ValidationError as error:
        raise Refusal(422, "query", _without_values(error)) from error
    if any(getattr(query, name) is None for name in said):
        raise Refusal(422, "query", "leave out what you do not ask for; null is no value")
    return query


async def _content(request: Request, operation: Operation) -> bytes:
    if operation.method != "POST":
        return b""
    content = await read_body(request, operation.largest_body)
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if operation.body is not None and kind != "application/json":
        raise Refusal(415, "media_type", "send application/json", headers={"Accept-Post": "application/json"})
    return content


def _body(content: bytes, operation: Operation) -> Any:
    if operation.body is None:
        return None
    try:
        body = msgspec.json.decode(content, type=operation.body)
    except msgspec.ValidationError as error:
        raise Refusal(422, "body", _without_values(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal(400, "json", "the body is not JSON in UTF-8") from error
    except RecursionError as error:
        raise Refusal(400, "json", "the body is nested too deeply") from error
    _require_lines(msgspec.to_builtins(body, builtin_types=(bytes,)))
    return body


def _require_lines(value: Any) -> None:
    """JSON can spell characters that neither screens nor databases take."""
    match value:
        case str():
            _line(value, "a text")
        case dict():
            for each in value.values():
                _require_lines(each)
        case list() | tuple():
            for each in value:
                _require_lines(each)


def _line(text: str, name: str) -> str:
    if _CONTROL.search(text):
        raise Refusal(422, "text", f"{name} has a control character in it")
    return text


def _without_values(error: msgspec.ValidationError) -> str:
    """msgspec names types and places, but also fields and choices that nobody knows: those are the caller's words."""
    return re.sub(
        r"unknown field `.*`",
        "a field that nobody knows",
        re.sub(r"Invalid enum value .*? - ", "Not one of the choices - ", str(error)),
    )
