"""The description as a page to read: plain HTML, nothing fetched from anywhere."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
h2{border-bottom:1px solid #bbb;margin-top:2.5rem}
h3{margin:2rem 0 .3rem;font-family:ui-monospace,monospace;font-size:1rem}
h3 b{display:inline-block;min-width:4.5em}code,pre{font-family:ui-monospace,monospace;font-size:.9em}
pre{background:#f3f3f3;padding:.6rem;overflow:auto}table{border-collapse:collapse;width:100%}
td,th{border-top:1px solid #ddd;padding:.25rem .6rem .25rem 0;text-align:left;vertical-align:top}summary{cursor:pointer}
p.about{white-space:pre-line}
@media(prefers-color-scheme:dark){body{background:#161616;color:#eee}pre{background:#242424}td,th{border-color:#444}}
"""


def page(document: Mapping[str, Any]) -> str:
    info = document["info"]
    parts = [f"<h1>{_text(info['title'])} {_text(info['version'])}</h1>", _about(info["description"])]
    parts.append('<p><a href="openapi.json">openapi.json</a></p>')
    for tag in document["tags"]:
        parts.append(f"<h2>{_text(tag['name'])}</h2>")
        parts += [
            _operation(path, method, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if tag["name"] in operation["tags"]
        ]
    parts.append("<h2>Types</h2>")
    parts += [_schema(name, schema) for name, schema in sorted(document["components"]["schemas"].items())]
    head = f"<meta charset=utf-8><meta name=viewport content='width=device-width'><title>{_text(info['title'])}</title>"
    return (
        f"<!doctype html><html lang=en><head>{head}<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>"
    )


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> str:
    said = [
        f"<h3 id={_text(operation['operationId'])}><b>{method.upper()}</b>{_text(path)}</h3>",
        f"<p><strong>{_text(operation['summary'])}.</strong></p>",
        _about(operation["description"]),
        _table(
            ("Parameter", "In", "Type", ""),
            [
                (_text(one["name"]), one["in"], _kind(one["schema"]), _text(one.get("description", "")))
                for one in operation["parameters"]
            ],
        ),
    ]
    if "requestBody" in operation:
        said.append(f"<p>Body: {_kind(operation['requestBody']['content']['application/json']['schema'])}</p>")
    said.append(_table(("Status", "Answer", ""), list(_answers(operation["responses"]))))
    return "".join(said)


def _answers(responses: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for status, response in responses.items():
        kind = "".join(_kind(content["schema"]) for content in response.get("content", {}).values())
        yield status, kind, _text(response["description"])


def _schema(name: str, schema: Mapping[str, Any]) -> str:
    needed = schema.get("required", ())
    rows = [
        (
            f"<code>{_text(field)}</code>{' *' if field in needed else ''}",
            _kind(one),
            _text(one.get("description", "")),
        )
        for field, one in schema.get("properties", {}).items()
    ]
    choices = f"<p>{_text(', '.join(map(json.dumps, schema['enum'])))}</p>" if "enum" in schema else ""
    return (
        f"<h3 id={_text(name)}>{_text(name)}</h3>{_about(schema.get('description', ''))}{choices}"
        f"{_table(('Field (* needed)', 'Type', ''), rows)}"
    )


def _kind(schema: Mapping[str, Any]) -> str:
    match schema:
        case {"$ref": str(ref)}:
            name = ref.rpartition("/")[2]
            return f'<a href="#{_text(name)}">{_text(name)}</a>'
        case {"anyOf": list(choices)} | {"oneOf": list(choices)}:
            return " or ".join(_kind(one) for one in choices)
        case {"type": "array"}:
            return f"list of {_kind(schema.get('items', {}))}"
        case {"enum": list(values)}:
            return f"<code>{_text(', '.join(map(str, values)))}</code>"
    return _text(str(schema.get("format") or schema.get("type") or "anything"))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{''.join(f'<th>{name}</th>' for name in head)}</tr>{cells}</table>"


def _about(text: str) -> str:
    return f"<p class=about>{_text(text.strip())}</p>" if text else ""


def _text(text: str) -> str:
    return html.escape(text)
