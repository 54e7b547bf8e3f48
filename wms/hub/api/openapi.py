"""The description of the interface (OpenAPI 3.1), made from the very types that requests are judged by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

import msgspec

from wms.hub.api.operation import Nothing, Operation
from wms.sync.wire import Problem

_ALWAYS = {
    401: "Nobody has this token.",
    403: "The token's role may not do this.",
    422: "Understood, but not acceptable: `detail` says what.",
    429: "Too many requests: come back after `Retry-After` seconds.",
    503: "The hub can't reach or write its database just now.",
}
_WITH_BODY = {400: "The body is not JSON.", 413: "The body is too large.", 415: "The body is not application/json."}
_ACTING = {409: "The same Idempotency-Key is being worked on, or the rules refuse it.", 400: "A bad Idempotency-Key."}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Your own name for this request, at most 255 printable ASCII characters, a fresh one for each. Sent"
    " again with the same key it has no second effect and gets the first answer, for a week. The same key with"
    " another body is refused with 422.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 257},
}
ABOUT = """Orders in; shipments, stock, exceptions and a feed of events out.

Every request carries `Authorization: Bearer TOKEN`; the token alone says which warehouse it is about. `wms hub client
NAME --role erp` makes one. Errors are problems after RFC 9457: `error` is for programs, `detail` for people. Fields may
be added to answers; pass over those you do not know. In requests, fields nobody knows are refused.
"""


def describe(operations: Iterable[Operation], server: str = "/") -> dict[str, Any]:
    """The whole document, ready for JSON."""
    operations = tuple(operations)
    bodies = [op.body for op in operations if op.body is not None]
    answers = [kind for op in operations for _, kind in op.answers.values() if kind is not None]
    queries = [op.query for op in operations if op.query is not Nothing]
    kinds = list(dict.fromkeys([*bodies, *answers, *queries, Problem]))
    schemas, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    schema_of = dict(zip(kinds, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for op in operations:
        path = op.path.replace(":path}", "}")
        paths.setdefault(path, {})[op.method.lower()] = _operation(op, path, schema_of, components)
    for query in queries:
        components.pop(query.__name__, None)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Warehouse hub", "version": version("wms"), "description": ABOUT},
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "tags": [{"name": group} for group in dict.fromkeys(op.group for op in operations)],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _operation(op: Operation, path: str, schema_of: Mapping[Any, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": op.name,
        "tags": [op.group],
        "summary": op.summary,
        "description": f"{op.about}\n\nRoles: {', '.join(op.roles)}.".lstrip(),
        "parameters": list(_parameters(op, path, components)),
        "responses": _responses(op, schema_of),
    }
    if op.body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema_of[op.body]}}}
    return found


def _parameters(op: Operation, path: str, components: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    if "{id}" in path:
        yield {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    if op.query is not Nothing:
        for name, schema in components[op.query.__name__]["properties"].items():
            shown = {key: value for key, value in schema.items() if key != "description"}
            if "anyOf" in shown:  # a parameter is left out, never null
                shown = next(one for one in shown["anyOf"] if one.get("type") != "null")
            yield {
                "name": name,
                "in": "query",
                "required": False,
                "description": schema.get("description", ""),
                "schema": shown,
            }
    if op.acting:
        yield _KEY


def _responses(op: Operation, schema_of: Mapping[Any, Any]) -> dict[str, Any]:
    wrong = {**_ALWAYS, **(_ACTING if op.acting else {}), **(_WITH_BODY if op.body is not None else {}), **op.refusals}
    if op.method == "POST":
        wrong.setdefault(413, _WITH_BODY[413])
    said = {str(status): _response(about, schema_of.get(kind)) for status, (about, kind) in op.answers.items()}
    said |= {
        str(status): {
            "description": about,
            "content": {"application/problem+json": {"schema": schema_of[Problem]}},
        }
        for status, about in sorted(wrong.items())
    }
    return said


def _response(about: str, schema: Any) -> dict[str, Any]:
    if schema is None:
        return {"description": about}
    return {"description": about, "content": {"application/json": {"schema": schema}}}
