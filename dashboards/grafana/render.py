"""Renders boards to JSON files, and compares the files with the code. Edit the code, never the files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.grafana.executive import executive
from dashboards.grafana.wall import wall

FOLDER = Path(__file__).parent / "json"
BOARDS: dict[str, Callable[[], Dashboard]] = {"wall": wall, "executive": executive}
SCHEMA_VERSION = 42  # classic JSON; newer "v2" boards are refused by file provisioning


def board(name: str) -> dict[str, Any]:
    """The board as Grafana reads it; the panels are numbered from 1."""
    document: dict[str, Any] = json.loads(json.dumps(BOARDS[name](), cls=JSONEncoder))
    for number, panel in enumerate(document["panels"], start=1):
        panel["id"] = number
    return document


def text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> list[Path]:
    """Write every board to `folder`/<name>.json; OSError if that is not writable."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.json" for name in BOARDS]
    for path in paths:
        path.write_text(text(board(path.stem)), encoding="utf-8")
    return paths


def stale(folder: Path) -> list[str]:
    """Differences between `folder` and what the code renders, one line each."""
    found = []
    for name in BOARDS:
        path = folder / f"{name}.json"
        if not path.is_file():
            found.append(f"{path}: missing")
        elif path.read_text(encoding="utf-8") != text(board(name)):
            found.append(f"{path}: differs from the code")
    unknown = {path.stem for path in folder.glob("*.json")} - set(BOARDS)
    return found + [f"{folder / name}.json: no board of that name" for name in sorted(unknown)]
