"""Each rule of the lint finds its mistake; the boards that ship have none."""

from collections.abc import Callable
from typing import Any

import pytest

from dashboards.grafana import render
from dashboards.grafana.lint import lint, unknown_columns, unknown_series

Board = dict[str, Any]


def first(board: Board) -> dict[str, Any]:
    panel: dict[str, Any] = board["panels"][0]
    return panel


def defaults(board: Board) -> dict[str, Any]:
    found: dict[str, Any] = first(board)["fieldConfig"]["defaults"]
    return found


MISTAKES: dict[str, tuple[Callable[[Board], Any], str]] = {
    "v2": (lambda b: b.update(schemaVersion=1), "not classic JSON"),
    "no uid": (lambda b: b.update(uid=""), "no uid"),
    "no description": (lambda b: b.update(description=""), "no description"),
    "variables": (
        lambda b: b["templating"].update(list=[{"name": "queue", "query": ""}]),
        "cannot be shared",
    ),
    "variable from elsewhere": (
        lambda b: b["templating"].update(list=[{"name": "queue", "query": ""}]),
        "data source of variable queue is not provisioned",
    ),
    "unknown variable": (
        lambda b: first(b)["targets"][0].update(expr='up{job="$jb"}'),
        "no variable jb",
    ),
    "variable in a variable": (
        lambda b: b["templating"].update(
            list=[{"name": "queue", "query": "x{y=~'${centre:pipe}'}"}]
        ),
        "no variable centre",
    ),
    "link elsewhere": (
        lambda b: b.update(links=[{"title": "x", "type": "dashboards", "tags": ["theirs"]}]),
        "link x leads to boards that are not ours",
    ),
    "no definition": (
        lambda b: first(b).update(description="Callers who wait."),
        "does not end with the page of docs",
    ),
    "panel source": (
        lambda b: first(b).update(datasource={"uid": "mine"}),
        "data source is not provisioned",
    ),
    "counter": (
        lambda b: first(b)["targets"][0].update(expr="sum(queuewatch_checkpoints_total)"),
        "a counter without rate or increase",
    ),
    "ids": (lambda b: first(b).update(id=2), "panel ids repeat"),
    "wide": (lambda b: first(b)["gridPos"].update(x=22), "wider than 24 columns"),
    "overlap": (lambda b: first(b)["gridPos"].update(w=5), "lies over"),
    "panel title": (lambda b: first(b).update(title=""), "no title"),
    "panel description": (lambda b: first(b).update(description=""), "no description"),
    "noValue": (lambda b: defaults(b).update(noValue="N/A"), "noValue"),
    "unit": (lambda b: defaults(b).update(unit="seconds"), "unit seconds"),
    "colour": (
        lambda b: defaults(b)["thresholds"]["steps"][0].update(color="green"),
        "colour green",
    ),
    "steps": (
        lambda b: defaults(b)["thresholds"]["steps"][1].update(value=99),
        "thresholds do not rise",
    ),
    "base": (
        lambda b: defaults(b)["thresholds"]["steps"][0].update(value=0),
        "the first threshold",
    ),
    "no targets": (lambda b: first(b).update(targets=[]), "no targets"),
    "source": (
        lambda b: first(b)["targets"][0]["datasource"].update(uid="mine"),
        "data source mine is not provisioned",
    ),
    "series": (
        lambda b: first(b)["targets"][0].update(expr="sum(callcentre_waiting)"),
        "no series callcentre_waiting",
    ),
    "recorded": (
        lambda b: first(b)["targets"][0].update(expr="sum(queue:callcentre_agents:max)"),
        "no recorded series queue:callcentre_agents:max",
    ),
    "range": (
        lambda b: first(b)["targets"][0].update(instant=False),
        "is not instant: it draws history",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found(name: str) -> None:
    board = render.board("wall")
    spoil, finding = MISTAKES[name]
    spoil(board)
    assert any(finding in line for line in lint(board)), lint(board)


@pytest.mark.parametrize("name", render.BOARDS)
def test_the_boards_that_ship_have_no_findings(name: str) -> None:
    assert lint(render.board(name)) == []


@pytest.mark.parametrize(
    ("promql", "findings"),
    [
        ('sum(callcentre_window_offered_legs{window="30m"})', []),
        ('sum(callcentre_window_offered_legs{window="31m"})', ["no window 31m"]),
        (
            'callcentre_window_offered_legs{agent="4"}',
            ["series callcentre_window_offered_legs has no label agent"],
        ),
        ("rate(queuewatch_eventz_total[1m])", ["no series queuewatch_eventz_total"]),
    ],
)
def test_unknown_series(promql: str, findings: list[str]) -> None:
    assert list(unknown_series(promql)) == findings


@pytest.mark.parametrize(
    ("sql", "findings"),
    [
        ("SELECT queue, count() AS n FROM legs FINAL WHERE n > 'nonsense'", []),
        ("SELECT queu FROM legs", ["no column queu"]),
        ("SELECT queue FROM calls", ["no table calls", "no column queue"]),
        ("SELECT wait_ms FROM targets", ["no column wait_ms"]),
    ],
)
def test_unknown_columns(sql: str, findings: list[str]) -> None:
    assert list(unknown_columns(sql)) == findings
