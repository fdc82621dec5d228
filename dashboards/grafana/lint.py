"""Checks the rules for our boards; each finding is one line with board and panel."""

import re
from collections.abc import Iterator
from typing import Any

from dashboards.grafana import look
from dashboards.grafana.frame import SHARED
from dashboards.grafana.panels import GRID_COLUMNS
from dashboards.grafana.render import SCHEMA_VERSION
from dashboards.grafana.sources import CLICKHOUSE_UID, PROMETHEUS_UID
from schemas.recorded import RECORDED
from schemas.series import SERIES, WINDOW_LABELS
from schemas.tables import TABLES

_LABELS = {series.name: series.labels for series in SERIES}
_SERIES_NAME = re.compile(r"\b(?:callcentre|queuewatch)_\w+")
_RECORDED_NAME = re.compile(r"\b\w+:(?:callcentre|queuewatch)_\w+:\w+")
_SELECTOR = re.compile(r"(\b(?:callcentre|queuewatch)_\w+)\{([^}]*)\}")
_MATCHER = re.compile(r'(\w+)\s*(?:=~|!=|!~|=)\s*"([^"]*)"')
_SQL_TEXT = re.compile(r"'[^']*'|\$\{[^}]*\}|\$__\w+")
_SQL_ALIAS = re.compile(r"\bAS\s+(?:`([^`]+)`|(\w+))")
_SQL_TABLE = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")
_SQL_WORD = re.compile(r"`[^`]+`|\b[A-Za-z_]\w*\b(?!\s*\()")
_SQL_KEYWORDS = frozenset(
    {
        "SELECT",
        "DISTINCT",
        "FROM",
        "FINAL",
        "WHERE",
        "AND",
        "NOT",
        "OR",
        "IN",
        "AS",
        "GROUP",
        "BY",
        "ORDER",
        "DESC",
        "LIMIT",
        "ANY",
        "LEFT",
        "JOIN",
        "USING",
        "INTERVAL",
        "DAY",
        "NULL",
        "UNION",
        "ALL",
    }
)
_SOURCES = {PROMETHEUS_UID, CLICKHOUSE_UID}
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)[^}]*\}|([A-Za-z_]\w*))")
_GIVEN = {"__fromTime", "__toTime", "__rate_interval"}  # Grafana and its data sources give these
_COUNTED = re.compile(r"\b(?:rate|increase)\(")
_SEE = re.compile(r" Definition: docs/[\w./-]+\.md#[\w-]+$")
_COLOUR_KEYS = frozenset({"color", "fixedColor"})


def lint(document: dict[str, Any]) -> list[str]:
    """Findings for one rendered board; empty when it follows all rules."""
    panels = document["panels"]
    found = [*_board(document), *_grid(panels)]
    for panel in panels:
        where = f"{document['title']} / {panel.get('title') or panel['id']}"
        found += [f"{where}: {finding}" for finding in _panel(panel)]
    return found


def _board(document: dict[str, Any]) -> Iterator[str]:
    title = document.get("title") or "(no title)"
    if document.get("schemaVersion") != SCHEMA_VERSION or "elements" in document:
        yield f"{title}: not classic JSON of schemaVersion {SCHEMA_VERSION}"
    for key in ("uid", "title", "description"):
        if not document.get(key):
            yield f"{title}: no {key}"
    ids = [panel["id"] for panel in document["panels"]]
    if len(ids) != len(set(ids)):
        yield f"{title}: panel ids repeat"
    variables = document["templating"].get("list") or []
    if _is_shared(document):
        if variables:
            yield f"{title}: variables, though a board with them cannot be shared"
        for panel in document["panels"]:
            if any("expr" in each and not each.get("instant") for each in panel["targets"]):
                yield f"{title}: {panel['title']} is not instant: it draws history on a wall"
    for variable in variables:
        if variable.get("datasource", {}).get("uid") not in _SOURCES:
            yield f"{title}: data source of variable {variable['name']} is not provisioned"
    known = {variable["name"] for variable in variables} | _GIVEN
    for name in sorted(_asked_for(document) - known):
        yield f"{title}: no variable {name}"
    for link in document.get("links") or []:
        if link["type"] != "dashboards" or not set(link["tags"]) <= set(document["tags"]):
            yield f"{title}: link {link['title']} leads to boards that are not ours"


def _is_shared(document: dict[str, Any]) -> bool:
    return SHARED in document.get("tags", [])


def _asked_for(document: dict[str, Any]) -> set[str]:
    """Variables in queries of panels and of other variables."""
    texts = [
        each.get("expr") or each["rawSql"] for p in document["panels"] for each in p["targets"]
    ]
    texts += [str(each["query"]) for each in document["templating"].get("list") or []]
    return {found[0] or found[1] for text in texts for found in _VARIABLE.findall(text)}


def _grid(panels: list[dict[str, Any]]) -> Iterator[str]:
    taken: dict[tuple[int, int], str] = {}
    for panel in panels:
        place = panel["gridPos"]
        if place["x"] < 0 or place["x"] + place["w"] > GRID_COLUMNS:
            yield f"{panel['title']}: wider than {GRID_COLUMNS} columns"
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                other = taken.setdefault((x, y), panel["title"])
                if other != panel["title"]:
                    yield f"{panel['title']}: lies over {other}"
                    return


def _panel(panel: dict[str, Any]) -> Iterator[str]:
    for key in ("title", "description"):
        if not panel.get(key):
            yield f"no {key}"
    if not _SEE.search(panel.get("description") or ""):
        yield "the description does not end with the page of docs that defines what is shown"
    if panel.get("datasource", {}).get("uid") not in _SOURCES:
        yield "data source is not provisioned"
    defaults = panel["fieldConfig"]["defaults"]
    if defaults.get("noValue") not in {look.NO_DATA, look.NO_VALUE}:
        yield f'noValue is neither "{look.NO_DATA}" nor "{look.NO_VALUE}"'
    for key, value in _settings(panel["fieldConfig"]):
        if key in _COLOUR_KEYS and isinstance(value, str) and value not in look.COLOURS:
            yield f"colour {value} is not one of {', '.join(sorted(look.COLOURS))}"
        if key == "unit" and value not in look.UNITS:
            yield f"unit {value} is not one of {', '.join(sorted(look.UNITS))}"
        if key == "steps":
            yield from _steps(value)
    refs = [target["refId"] for target in panel["targets"]]
    if not refs or len(refs) != len(set(refs)):
        yield "no targets, or their refIds repeat"
    for target in panel["targets"]:
        yield from _target(target)


def _steps(steps: list[dict[str, Any]]) -> Iterator[str]:
    limits = [step["value"] for step in steps]
    if limits[0] is not None or any(limit is None for limit in limits[1:]):
        yield "the first threshold, and no other, is without a value"
    elif limits[1:] != sorted(limits[1:]):
        yield "thresholds do not rise"


def _target(target: dict[str, Any]) -> Iterator[str]:
    uid = target["datasource"]["uid"]
    if uid == PROMETHEUS_UID:
        yield from unknown_series(target["expr"])
        if "_total" in target["expr"] and not _COUNTED.search(target["expr"]):
            yield "a counter without rate or increase"
    elif uid == CLICKHOUSE_UID:
        yield from unknown_columns(target["rawSql"])
    else:
        yield f"data source {uid} is not provisioned"


def unknown_series(promql: str) -> Iterator[str]:
    """Series, labels and windows that no exporter of ours has, and recorded series that no rule of ours makes."""
    for name in sorted(set(_SERIES_NAME.findall(promql)) - set(_LABELS)):
        yield f"no series {name}"
    for name in sorted(set(_RECORDED_NAME.findall(promql)) - {each.name for each in RECORDED}):
        yield f"no recorded series {name}"
    for name, matchers in _SELECTOR.findall(promql):
        for label, value in _MATCHER.findall(matchers):
            if label not in {*_LABELS.get(name, ()), "job", "instance"}:
                yield f"series {name} has no label {label}"
            if label == "window" and value not in WINDOW_LABELS:
                yield f"no window {value}"


def unknown_columns(sql: str) -> Iterator[str]:
    """Tables and columns that the archive does not have."""
    bare = _SQL_TEXT.sub(" ", sql)
    tables = set(_SQL_TABLE.findall(bare))
    for table in sorted(tables - set(TABLES)):
        yield f"no table {table}"
    aliases = {quoted or plain for quoted, plain in _SQL_ALIAS.findall(bare)}
    columns = {column for table in tables & set(TABLES) for column in TABLES[table]}
    words = {word.strip("`") for word in _SQL_WORD.findall(bare)}
    for word in sorted(words - aliases - columns - tables - _SQL_KEYWORDS):
        yield f"no column {word}"


def _settings(node: Any) -> Iterator[tuple[str, Any]]:
    """Every key and value below `node`; the key of an override's property is its id."""
    if isinstance(node, dict):
        if "id" in node and "value" in node:
            yield str(node["id"]), node["value"]
        for key, value in node.items():
            yield key, value
            yield from _settings(value)
    elif isinstance(node, list):
        for item in node:
            yield from _settings(item)
