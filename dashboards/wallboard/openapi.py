"""What `/api` offers as OpenAPI 3.1: one table of its addresses, the shapes made from the Structs that are sent. Pure."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

import msgspec
from msgspec import Struct

from dashboards.wallboard import order_route
from dashboards.wallboard.desk import Desk
from dashboards.wallboard.filters import WORDS
from dashboards.wallboard.orders import AnyOrder
from dashboards.wallboard.page import Board
from dashboards.wallboard.problem import Problem
from dashboards.wallboard.queue_detail import QueueDetail

_REF = "#/components/schemas/{name}"


class Me(Struct, frozen=True, omit_defaults=True):
    """Who asks, how they were let in, and for which departments they have each right ("all" or ids).

    `csrf` is what a POST carries in the header X-CSRF-Token, unless a token is sent.
    """

    who: str
    way: Literal["session", "token", "wall", "proxy", "open"]
    may: dict[str, Literal["all"] | list[str]]
    csrf: str


class Drawing(Struct, frozen=True, omit_defaults=True):
    """A page as HTML, for our own pages where no stream of events comes through; no `html` if it cannot be drawn."""

    number: int
    build: str
    title: str = ""
    html: str = ""


class Endpoint(Struct, frozen=True):
    """One address: `answer` of status 200, `body` of a POST, `refusals` with their Problem."""

    path: str
    method: Literal["get", "post"]
    summary: str
    answer: Any
    refusals: tuple[int, ...]
    body: Any = None
    is_filtered: bool = False
    kind: str = "application/json"


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("/api/board", "get", "The board now: every queue that you may see, sums, alerts, parts.",
             Board, (400, 401, 404), is_filtered=True),
    Endpoint("/api/desk", "get", "The same with callers and agents one by one, where queues.toml lists them to you.",
             Desk, (400, 401, 404), is_filtered=True),
    Endpoint("/api/queue/{queue}", "get", "One queue with everything that is known: callers, agents, alerts, and each figure"
             " with its formula, T, window and n.", QueueDetail, (401, 404)),
    Endpoint("/api/me", "get", "Who you are and what you may.", Me, (401,)),
    Endpoint(order_route.PATH, "post", "Acknowledge, give back, note, mute, unmute, show or take a line on boards, write a note beside the figures.",
             order_route.Done, (400, 401, 403, 404, 409, 503), AnyOrder),
    Endpoint("/api/page", "get", "A page of the board (`?page=/queue/burst-pipes`) as it is drawn now; for our own pages.",
             Drawing, (401, 404)),
    Endpoint("/events", "get", "Server-sent events: `event: board` with the whole board as `data`, at once and on each"
             " change.", Board, (401,), kind="text/event-stream"),
)  # fmt: skip
_FILTERS: Mapping[str, str] = {
    "department": "Only queues of this department (its id); may be given several times.",
    "centre": "Only queues of this centre (its id); may be given several times.",
    "queue": "Only this queue (its id); may be given several times.",
    "sign": "Only rows with this word; may be given several times.",
}
_WHY: Mapping[int, str] = {
    400: "what was sent cannot be read",
    401: "nobody is logged in",
    403: "the role may not, or the form lacks its mark",
    404: "there is no such thing, or none that you may see",
    409: "somebody has it already, or nobody has it",
    503: "the board does not know, or cannot write, now",
}


def document(version: str) -> dict[str, Any]:
    """The document; `version` is that of queuewatch."""
    kinds = [Problem, *(each.answer for each in ENDPOINTS)]
    kinds += [each.body for each in ENDPOINTS if each.body is not None]
    shapes, schemas = msgspec.json.schema_components(kinds, ref_template=_REF)
    shape_of = {_name(kind): shape for kind, shape in zip(kinds, shapes, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for each in ENDPOINTS:
        paths.setdefault(each.path, {})[each.method] = _operation(each, shape_of)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "queuewatch board",
            "version": version,
            "description": (
                "Times are milliseconds since 1970 UTC, durations are milliseconds, shares are 0 to 1. A field that is absent"
                " has its default; a figure that is absent is not known, which is never 0."
            ),
        },
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "queuewatch"},
            },
        },
    }


def _name(kind: Any) -> str:
    return " | ".join(each.__name__ for each in get_args(kind)) or kind.__name__


def _operation(each: Endpoint, shape_of: Mapping[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": each.summary,
        "responses": {
            "200": {
                "description": "as asked",
                "content": {each.kind: {"schema": shape_of[_name(each.answer)]}},
            },
            **{str(status): _refusal(status, shape_of) for status in each.refusals},
        },
    }
    parameters = [_parameter(name, text) for name, text in _FILTERS.items() if each.is_filtered]
    if "{queue}" in each.path:
        named = {"name": "queue", "in": "path", "required": True, "schema": {"type": "string"}}
        parameters.append({**named, "description": "The id of the queue."})
    if parameters:
        operation["parameters"] = parameters
    if each.body is not None:
        content = {"application/json": {"schema": shape_of[_name(each.body)]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _refusal(status: int, shape_of: Mapping[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": shape_of["Problem"]}}
    return {"description": _WHY[status], "content": content}


def _parameter(name: str, text: str) -> dict[str, Any]:
    item: dict[str, Any] = {"type": "string"}
    if name == "sign":
        item["enum"] = list(WORDS)
    return {
        "name": name,
        "in": "query",
        "description": text,
        "schema": {"type": "array", "items": item},
        "style": "form",
        "explode": True,
    }
