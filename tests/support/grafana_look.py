"""What the tiles of our boards say, by Grafana's own display code: rung 6 of the ladder in docs/developer.md.

`make grafana-look` writes docs/grafana-look.md anew, and fails where a tile could not be read or says nonsense.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from typing import Any

from dashboards.grafana import look, render
from dashboards.grafana.panels import GRID_COLUMNS
from tests.support.services import ROOT

PACKAGES = ROOT / "build" / "grafana-look"
SCRIPT = ROOT / "tests" / "grafana" / "look" / "look.mjs"
DOCUMENT = ROOT / "docs" / "grafana-look.md"
LEAST_CONTRAST = 3.0  # WCAG, for large text
SCREEN_PX, ROW_PX, GAP_PX, TITLE_PX = 1920, 38, 8, 32
VALUES: dict[str, list[float | None]] = {  # by unit
    look.SECONDS: [0, 119.6, 3723, None],
    look.SHARE: [0, 0.796, 1, None],
    look.COUNT: [0, 1, 1234, None],
    look.MOMENT: [1_795_000_000_000, None],
}


def tiles() -> list[tuple[str, dict[str, Any]]]:
    return [
        (name, panel)
        for name in render.BOARDS
        for panel in render.board(name)["panels"]
        if panel["type"] == "stat"
    ]


def question(panel: dict[str, Any]) -> dict[str, Any]:
    """The tile at its size on a screen of 1920 pixels."""
    config, place = panel["fieldConfig"]["defaults"], panel["gridPos"]
    return {
        "width": SCREEN_PX * place["w"] // GRID_COLUMNS - GAP_PX,
        "height": ROW_PX * place["h"] - GAP_PX - TITLE_PX,
        "config": config,
        "values": VALUES[config["unit"]],
    }


def contrast(one: str, other: str) -> float:
    """As WCAG computes it, of two colours in any form of CSS that Grafana writes."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    if colour.startswith("#"):
        parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    else:
        parts = [int(each) for each in re.findall(r"\d+", colour)[:3]]
    linear = [
        part / 12.92 if (part := each / 255) <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for each in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def faults(board: str, title: str, drawn: list[dict[str, Any]]) -> list[str]:
    """What nobody could read, or should."""
    found = []
    for each in drawn:
        reached = contrast(each["colour"], each["background"])
        if reached < LEAST_CONTRAST:
            found.append(f"{board} / {title}: {each['words']} has a contrast of {reached:.1f}")
        if not each["words"] or re.search("NaN|undefined|null", each["words"]):
            found.append(f"{board} / {title}: says {each['words']!r}")
    return found


def row(board: str, panel: dict[str, Any], drawn: list[dict[str, Any]]) -> str:
    says = " · ".join(each["words"] for each in drawn)
    smallest = min(each["size"] for each in drawn)
    least = min(contrast(each["colour"], each["background"]) for each in drawn)
    return f"| {board} | {panel['title']} | {says} | {smallest:.0f} px | {least:.1f} |"


def main() -> int:
    shutil.copy(SCRIPT, PACKAGES / SCRIPT.name)  # Node looks for packages beside the script
    asked = tiles()
    done = subprocess.run(
        ["node", SCRIPT.name], cwd=PACKAGES, text=True, capture_output=True, check=False,
        env={**os.environ, "TZ": "UTC"},
        input=json.dumps([question(panel) for _, panel in asked]),
    )  # fmt: skip
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return 1
    answers = json.loads(done.stdout)
    rows, found = [], []
    for (board, panel), drawn in zip(asked, answers, strict=True):
        rows.append(row(board, panel, drawn))
        found += faults(board, panel["title"], drawn)
    head = "| board | tile | says | smallest text | least contrast |\n|---|---|---|---|---|\n"
    text = DOCUMENT.read_text(encoding="utf-8")
    begin = text.index("| board |")
    DOCUMENT.write_text(text[:begin] + head + "\n".join(rows) + "\n", encoding="utf-8")
    for line in found:
        print(line, file=sys.stderr)
    print(f"{len(rows)} tiles: {len(found)} findings; {DOCUMENT.relative_to(ROOT)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
