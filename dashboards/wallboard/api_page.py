"""The OpenAPI document as a page that people can read: plain HTML, no script, nothing from elsewhere. Pure."""

from collections.abc import Mapping
from html import escape
from typing import Any


def page(document: Mapping[str, Any]) -> str:
    paths = "".join(
        _operation(path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    shapes = "".join(
        _shape(name, shape) for name, shape in sorted(document["components"]["schemas"].items())
    )
    info = document["info"]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])}: API</title>"
        '<link rel="icon" href="/icon.svg" type="image/svg+xml">'
        '<link rel="stylesheet" href="/runbook.css"></head><body><main>'
        f"<h1>{escape(info['title'])}: API</h1><p>{escape(info['description'])}</p>"
        "<p>For programs: <code>Authorization: Bearer TOKEN</code>, and"
        ' <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>'
        f"<h2>Addresses</h2>{paths}<h2>Shapes</h2>{shapes}"
        '<p><a href="/">Board</a></p></main></body></html>\n'
    )


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> str:
    rows = [
        (f"<code>{escape(each['name'])}</code>", escape(each["description"]))
        for each in operation.get("parameters", ())
    ]
    if "requestBody" in operation:
        rows.append(("body", _content(operation["requestBody"]["content"])))
    rows += [
        (escape(status), f"{escape(answer['description'])}: {_content(answer['content'])}")
        for status, answer in operation["responses"].items()
    ]
    return (
        f"<h3><code>{method.upper()} {escape(path)}</code></h3><p>{escape(operation['summary'])}</p>"
        f"{_table(rows)}"
    )


def _shape(name: str, shape: Mapping[str, Any]) -> str:
    required = set(shape.get("required", ()))
    rows = [
        (
            f"<code>{escape(field)}</code>",
            _type(kind) + ("" if field in required or "const" in kind else ", may be absent"),
        )
        for field, kind in shape.get("properties", {}).items()
    ]
    told = escape(shape.get("description", ""))
    return f'<h3 id="{escape(name)}">{escape(name)}</h3><p>{told}</p>{_table(rows)}'


def _table(rows: list[tuple[str, str]]) -> str:
    return "<table>" + "".join(f"<tr><th>{a}</th><td>{b}</td></tr>" for a, b in rows) + "</table>"


def _content(content: Mapping[str, Any]) -> str:
    return ", ".join(f"{_type(each['schema'])} ({escape(kind)})" for kind, each in content.items())


def _type(kind: Mapping[str, Any]) -> str:
    """The type in a few words, with links to other shapes."""
    if "$ref" in kind:
        name = escape(kind["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in kind:
        return " or ".join(_type(each) for each in kind["anyOf"])
    if "enum" in kind:
        return " or ".join(f"<code>{escape(str(each))}</code>" for each in kind["enum"])
    if "const" in kind:
        return f"<code>{escape(str(kind['const']))}</code>"
    if kind.get("type") == "array":
        items = kind.get("items")
        return f"list of {_type(items)}" if isinstance(items, Mapping) else "list"
    if kind.get("type") == "object":
        values = kind.get("additionalProperties")
        return f"table of {_type(values)}" if isinstance(values, Mapping) else "table"
    return escape(str(kind.get("type", "anything")))
