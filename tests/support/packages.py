"""Packages of others, installed as far as entry points go: a folder of metadata on the path."""

from pathlib import Path

OURS = "tests.support.jsonl_legs:JSONL_LEGS"


def offer(folder: Path, package: str, **platforms: str) -> None:
    """`folder` holds that package from now on; its platforms are `name_of_command="module:object"`."""
    info = folder / f"{package}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\nSummary: Calls of {package}\n"
    )
    points = "".join(f"{name.replace('_', '-')} = {target}\n" for name, target in platforms.items())
    (info / "entry_points.txt").write_text(f"[queuewatch.platforms]\n{points}")
