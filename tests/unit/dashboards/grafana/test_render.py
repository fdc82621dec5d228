"""Boards to files, and files that went stale."""

import json
from pathlib import Path

from dashboards.grafana import render


def test_written_files_are_fresh_and_are_the_boards(tmp_path: Path) -> None:
    paths = render.write(tmp_path / "boards")
    assert render.stale(tmp_path / "boards") == []
    assert [json.loads(path.read_text()) for path in paths] == [
        render.board(name) for name in render.BOARDS
    ]


def test_what_is_missing_changed_or_unknown_is_named(tmp_path: Path) -> None:
    render.write(tmp_path)
    (tmp_path / "wall.json").write_text("{}")
    (tmp_path / "executive.json").unlink()
    (tmp_path / "old.json").write_text("{}")
    assert render.stale(tmp_path) == [
        f"{tmp_path}/executive.json: missing",
        f"{tmp_path}/wall.json: differs from the code",
        f"{tmp_path}/old.json: no board of that name",
    ]


def test_panels_are_numbered_from_one() -> None:
    for name in render.BOARDS:
        ids = [panel["id"] for panel in render.board(name)["panels"]]
        assert ids == list(range(1, len(ids) + 1))


def test_a_module_is_a_board() -> None:
    assert set(render.BOARDS) == {"wall", "supervisor", "on-call", "executive", "pipeline"}


def test_with_an_address_of_the_documents_each_panel_links_to_its_definition(
    tmp_path: Path,
) -> None:
    (plain,) = [p["description"] for p in render.board("wall")["panels"] if p["title"] == "Waiting"]
    assert plain == "Callers who wait now, in all queues. Definition: docs/definitions.md#now"
    render.write(tmp_path, "https://wiki.example.org/queuewatch/")
    panels = json.loads((tmp_path / "wall.json").read_text())["panels"]
    (linked,) = [panel["description"] for panel in panels if panel["title"] == "Waiting"]
    address = "https://wiki.example.org/queuewatch/definitions.md#now"
    assert linked.endswith(f"Definition: [docs/definitions.md#now]({address})")
    assert all("](https://" in panel["description"] for panel in panels)
