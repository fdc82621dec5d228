"""Boards without a Grafana: what their panels ask, with its macros and variables expanded.

The expansion imitates what the ClickHouse data source 4.x documents of its macros.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from dashboards.grafana import render
from schemas.recorded import RECORDED
from tests.support.services import ROOT


class Asked(Struct, frozen=True):
    """One query of one panel: PromQL or SQL as written on the board."""

    board: str
    panel: str
    ref: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.board}/{self.panel}/{self.ref}"


def asked(board: str) -> Iterator[Asked]:
    for panel in render.board(board)["panels"]:
        for target in panel["targets"]:
            text = target.get("expr") or target["rawSql"]
            yield Asked(board, panel["title"], target["refId"], text)


def expanded(sql: str, from_s: int, to_s: int, zone: str) -> str:
    """`$__fromTime`, `$__toTime` and `${zone:singlequote}`; anything left over fails."""
    for macro, value in {
        "$__fromTime": f"toDateTime({from_s})",
        "$__toTime": f"toDateTime({to_s})",
        "${zone:singlequote}": f"'{zone}'",
    }.items():
        sql = sql.replace(macro, value)
    left_over = re.findall(r"\$\w+|\$\{.*?\}", sql)
    assert not left_over, left_over
    return sql


def promql_expanded(expr: str, **variables: str) -> str:
    """As Grafana sends it, and with what our rules record in place of its name: test_wall_board records it really."""
    for name, value in {"__rate_interval": "1m", **variables}.items():
        expr = expr.replace(f"${name}", value)
    for each in RECORDED:
        expr = expr.replace(each.name, f"({each.expr})")
    left_over = re.findall(r"\$[A-Za-z_]\w*", expr)
    assert not left_over, left_over
    return expr


def on_chdb(setup: Sequence[str], queries: Sequence[str]) -> list[list[dict[str, Any]]]:
    """Rows of each query on an embedded ClickHouse in a process of its own (one engine a process)."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.chdb_process"],
        cwd=ROOT,
        input=json.dumps({"setup": list(setup), "queries": list(queries)}),
        capture_output=True,
        text=True,
        check=False,  # pytest's time limit holds for it, too
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answers: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return answers
