"""Boards as literals of Grafana's own TypeScript types: rung 2 of the ladder in docs/developer.md.

`python -m tests.support.grafana_types FOLDER` writes one file a board there.
"""

import json
import sys
from pathlib import Path
from typing import Any

from dashboards.grafana import render

RAW = "@grafana/schema/dist/esm/raw"
KINDS = {"stat": "Stat", "bargauge": "BarGauge", "table": "Table", "timeseries": "TimeSeries"}
CUSTOM = frozenset({"table", "timeseries"})  # panels whose fields have options of their own
# JSON has no enums: a text of one is the text that it stands for.
_PLAIN = """
type Plain<T> = T extends string ? `${T}` : T extends number ? number : T extends (infer U)[] ? Plain<U>[]
  : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
"""


def source(board: dict[str, Any]) -> str:
    """TypeScript that compiles only if Grafana knows every key and word of the board and its panels."""
    lines = [f"import type {{ Dashboard }} from '{RAW}/dashboard/x/Dashboard_types.gen';"]
    lines += [
        f"import type * as {kind} from '{RAW}/composable/{kind}/panelcfg/x/{name}PanelCfg_types.gen';"
        for kind, name in KINDS.items()
    ]
    lines += [_PLAIN, f"export const board: Plain<Dashboard> = {_literal(board)};"]
    for panel in board["panels"]:
        number, kind = panel["id"], panel["type"]
        lines.append(
            f"export const options{number}: Plain<{kind}.Options> = {_literal(panel['options'])};"
        )
        if kind in CUSTOM:
            custom = _literal(panel["fieldConfig"]["defaults"]["custom"])
            lines.append(f"export const custom{number}: Plain<{kind}.FieldConfig> = {custom};")
    return "\n".join(lines) + "\n"


def write(folder: Path) -> None:
    for name in render.BOARDS:
        (folder / f"{name}.ts").write_text(source(render.board(name)), encoding="utf-8")


def _literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
