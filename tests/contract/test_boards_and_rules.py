"""Boards, rules and deployment files name only what exists: series, columns, files, uids."""

import json
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard

from dashboards.grafana import render, sources
from dashboards.grafana.lint import unknown_series
from dashboards.grafana.look import SERVED_AS_PROMISED
from schemas.alerts import alert_name
from schemas.recorded import RECORDED
from schemas.series import SERIES
from streams.core.rule_catalogue import RULES as ALERT_RULES
from tests.support import board_table, grafana_look
from tests.support.boards import asked
from tests.support.services import ROOT

DEPLOY = ROOT / "deploy"
RULES = (DEPLOY / "prometheus/rules/pipeline.yml").read_text()
ALERTS = dict(re.findall(r"- alert: (\w+)(.*?runbook_url)", RULES, re.DOTALL))
COMPOSE = (ROOT / "docker-compose.yml").read_text()


def test_rendered_files_are_fresh() -> None:
    assert render.stale(render.FOLDER) == [], "run `queuewatch dashboards render`"


def test_the_table_of_boards_is_fresh() -> None:
    text = board_table.DOCUMENT.read_text(encoding="utf-8")
    assert board_table.rendered(text) == text, "run python -m tests.support.board_table"


def test_every_tile_has_its_line_in_the_page_of_what_tiles_say() -> None:
    """What they say is told by `make grafana-look`, which fetches Grafana's code."""
    lines = grafana_look.DOCUMENT.read_text(encoding="utf-8").splitlines()
    told = [tuple(line.split(" | ")[:2]) for line in lines if line.startswith("| ")][1:]
    assert told == [(f"| {name}", panel["title"]) for name, panel in grafana_look.tiles()]


@pytest.mark.parametrize("name", render.BOARDS)
def test_grafanas_own_model_knows_every_key(name: str) -> None:
    """A misspelt key would be dropped on the way through the SDK's classes."""
    plugins.register_default_plugins()
    board = render.board(name)
    again = json.loads(json.dumps(dashboard.Dashboard.from_json(board), cls=JSONEncoder))
    assert list(lost(board, again)) == []


def lost(before: Any, after: Any, where: str = "") -> Iterator[str]:
    """What the way through the classes dropped or changed; defaults that they add are no fault."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            yield from lost(value, after.get(key), f"{where}/{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, value in enumerate(before):
            yield from lost(value, after[number], f"{where}/{number}")
    elif before != after:
        yield where


def test_the_sdk_is_the_one_for_this_grafana() -> None:
    """A bare install takes a build for Grafana 10.1, whose number sorts higher."""
    assert version("grafana-foundation-sdk").lstrip("v") == "0.0.21"


@pytest.mark.parametrize("name", render.BOARDS)
def test_boards_are_classic_json(name: str) -> None:
    board = render.board(name)
    assert board["schemaVersion"] == 42
    assert "panels" in board
    assert not {"elements", "layout", "spec"} & set(board)


def test_executive_asks_clickhouse_only_and_the_others_prometheus_only() -> None:
    for name in render.BOARDS:
        for query in asked(name):
            assert query.text.startswith("SELECT") == (name == "executive"), query.name


@pytest.mark.parametrize("name", render.BOARDS)
def test_every_panel_says_where_its_figure_is_defined(name: str) -> None:
    for panel in render.board(name)["panels"]:
        path, heading = re.findall(
            r"Definition: (docs/[\w-]+\.md)#([\w-]+)$", panel["description"]
        )[0]
        titles = re.findall(r"^#+ (.+)$", (ROOT / path).read_text(), re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
        assert heading in anchors, (panel["title"], path, heading)


def test_a_figure_over_queues_with_different_promises_is_named_so() -> None:
    """A share of several formulas under the name of one would be taken for that one."""
    over_all = "sum(callcentre_window_service_level_numerator_legs{"
    for name in render.BOARDS:
        for query in asked(name):
            if query.text.startswith((over_all, "SELECT if(sum(due) > 0, sum(good)")):
                assert query.panel.startswith(SERVED_AS_PROMISED), query.name


def test_rules_name_only_series_that_are_exported() -> None:
    assert list(unknown_series(RULES)) == []
    named = {series.name for series in SERIES if series.name in RULES}
    assert "callcentre_unexplained_legs" in named  # the search itself finds something


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    linked = set(re.findall(r"runbook_url: docs/runbooks/(\w+)\.md", RULES))
    linked |= {alert_name(rule.name) for rule in ALERT_RULES}
    there = {path.stem for path in (ROOT / "docs/runbooks").glob("*.md")}
    assert there - {"README"} == linked  # that one is what a message marked TEST links to
    assert len(re.findall("runbook_url:", RULES)) == len(ALERTS)


RUNBOOKS = [path for path in (ROOT / "docs/runbooks").glob("*.md") if path.stem != "README"]


@pytest.mark.parametrize("page", sorted(RUNBOOKS), ids=lambda path: path.stem)
def test_every_runbook_has_the_same_parts_and_the_steps_come_first(page: Path) -> None:
    """Who is woken looks for the next step at the same place of each page; tables and history stand last."""
    text = page.read_text()
    head, *parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    assert re.findall(r"^\*\*(\w+):\*\* \S", head, re.MULTILINE) == ["Means", "Hurts"]
    titles, bodies = parts[::2], parts[1::2]
    assert titles[:4] == ["First look", "What to do", "Escalate", "Over when"]
    assert titles[-1] == "How it was tuned"
    for title, body in list(zip(titles, bodies, strict=True))[:2]:
        assert "\n1. " in body, title
        assert "\n|" not in body, title


def test_a_crashed_exporter_ends_no_page() -> None:
    """Whether the twin works: test_deploy takes each away, and the unit tests of the rules fail."""
    paging = [text for text in ALERTS.values() if "severity: page" in text]
    assert len(paging) >= 5
    assert [text for text in paging if "absent(" not in text] == []


def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    files = (DEPLOY / "prometheus/rules").glob("*_test.yml")
    cases = "".join(file.read_text() for file in files)
    quiet = set(re.findall(r"alertname: (\w+), exp_alerts: \[\]", cases))
    fires = set(re.findall(r"alertname: (\w+)\n\s+exp_alerts:\n\s+- exp_labels", cases))
    assert quiet == ALERTS.keys() - {"Watchdog"}
    assert fires == ALERTS.keys()


def test_what_is_recorded_is_what_boards_ask_for() -> None:
    made = re.findall(r"- record: (\S+)\n\s+expr: (.+)\n", RULES)
    assert made == [(each.name, each.expr) for each in RECORDED]
    asked_for = {
        name
        for board in render.BOARDS
        for query in asked(board)
        for name in re.findall(r"[a-z]+:\w+:\w+", query.text)
    }
    assert asked_for == {each.name for each in RECORDED}
    in_alerts = RULES[RULES.index("- name: pipeline") :]
    assert [name for name in asked_for if name not in in_alerts] == []


def test_provisioned_sources_have_the_uids_of_the_boards() -> None:
    text = (DEPLOY / "grafana/provisioning/datasources/queuewatch.yaml").read_text()
    uids = set(re.findall(r"^\s+uid: (\S+)$", text, re.MULTILINE))
    assert uids == {sources.PROMETHEUS_UID, sources.CLICKHOUSE_UID}


def test_grafana_finds_the_boards_where_compose_mounts_them() -> None:
    text = (DEPLOY / "grafana/provisioning/dashboards/queuewatch.yaml").read_text()
    path = re.search(r"path: (\S+)", text)
    assert path
    assert f"./dashboards/grafana/json:{path[1]}:ro" in COMPOSE
    assert f"{path[1]}/wall.json" in COMPOSE


def test_every_mounted_file_exists() -> None:
    mounted = re.findall(r"^\s+- (\./[^:]+):", COMPOSE, re.MULTILINE)
    assert len(mounted) >= 7
    assert [path for path in mounted if not (ROOT / path).exists()] == []


def test_every_image_is_pinned_and_every_port_is_on_loopback() -> None:
    images = re.findall(r"^\s+image: (\S+)$", COMPOSE, re.MULTILINE)
    images += re.findall(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert len(images) == 8
    assert [image for image in images if not re.search(r":v?\d+\.\d+", image)] == []
    ports = re.findall(r'"([\d.:]+:\d+)"', COMPOSE)
    assert len(ports) >= 8
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_the_image_has_all_that_the_wheel_is_made_of() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    text, kept = (DEPLOY / "Dockerfile").read_text(), (ROOT / ".dockerignore").read_text()
    for source in build["targets"]["wheel"]["force-include"]:
        assert f"COPY {source} {source}\n" in text
        assert f"!{source}\n" in kept


def test_the_dockerfile_copies_what_exists_and_runs_as_nobody_special() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    kept = (ROOT / ".dockerignore").read_text()
    build, _, run = text.rpartition("\nFROM ")
    lines = re.findall(r"^COPY (.+) \S+$", build, re.MULTILINE)
    copied = [name for line in lines for name in line.split()]
    # What is run gets one folder of what was built, and nothing of the checkout.
    assert re.findall(r"^COPY .*$", run, re.MULTILINE) == [
        "COPY --from=build /opt/queuewatch /opt/queuewatch"
    ]
    assert {"requirements.lock", "schemas", "streams", "producers", "dashboards"} <= set(copied)
    for name in copied:
        assert (ROOT / name).exists(), name
        assert f"!{name}\n" in kept, name
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", run, re.MULTILINE)
    assert "--require-hashes" in text


@pytest.mark.parametrize("name", ["prometheus.yml", "prometheus-local.yml"])
def test_prometheus_looks_where_the_processes_listen(name: str) -> None:
    text = (DEPLOY / "prometheus" / name).read_text()
    jobs = re.findall(r"job_name: (\w+)", text)
    assert jobs == ["stream", "archive", "notify", "deliver", "reports"]
    for port in ("9101", "9102", "9103", "9104", "9105", "9093"):
        assert port in text
