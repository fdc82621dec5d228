"""Renders boards to JSON files, and compares the files with the code. Edit the code, never the files."""

import json
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.grafana import boards

FOLDER = Path(__file__).parent / "json"
SCHEMA_VERSION = 42  # classic JSON; newer "v2" boards are refused by file provisioning
_SEE = re.compile(r"docs/([\w./-]+\.md(?:#[\w-]+)?)")


def _found() -> dict[str, Callable[[], Dashboard]]:
    """By name: each module of `boards` has a function `board`; `on_call.py` is `on-call`."""
    return {
        module.name.replace("_", "-"): import_module(f"{boards.__name__}.{module.name}").board
        for module in iter_modules(boards.__path__)
    }


BOARDS = _found()


def board(name: str, docs_url: str = "") -> dict[str, Any]:
    """The board as Grafana reads it; the panels are numbered from 1.

    Each panel names the page of `docs` that defines what it shows; with `docs_url`, the address of that folder
    somewhere, as a link.
    """
    document: dict[str, Any] = json.loads(json.dumps(BOARDS[name](), cls=JSONEncoder))
    for number, panel in enumerate(document["panels"], start=1):
        panel["id"] = number
        if docs_url:
            link = rf"[\g<0>]({docs_url.rstrip('/')}/\g<1>)"
            panel["description"] = _SEE.sub(link, panel["description"])
    return document


def text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write(folder: Path, docs_url: str = "") -> list[Path]:
    """Write every board to `folder`/<name>.json; OSError if that is not writable."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.json" for name in BOARDS]
    for path in paths:
        path.write_text(text(board(path.stem, docs_url)), encoding="utf-8")
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
