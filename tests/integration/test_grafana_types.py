"""Rung 2: every board compiles as a literal of the types of Grafana's current release (`make test` fetches them)."""

import subprocess
from pathlib import Path

from dashboards.grafana import render
from tests.support.grafana_types import source
from tests.support.services import ROOT

TYPES = ROOT / "build" / "grafana-types"
STRICT = (
    "--strict", "--noEmit", "--skipLibCheck", "--moduleResolution", "bundler", "--module", "esnext",
    "--target", "es2022",
)  # fmt: skip


def compiled(folder: Path, **texts: str) -> str:
    compiler = TYPES / "node_modules" / "typescript" / "bin" / "tsc"
    assert compiler.exists(), "run `make build/grafana-types/.setup`"
    (folder / "node_modules").symlink_to(TYPES / "node_modules")
    for name, text in texts.items():
        (folder / f"{name}.ts").write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["node", str(compiler), *STRICT, *(f"{name}.ts" for name in texts)],
        cwd=folder, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    return done.stdout + done.stderr


def test_grafana_knows_every_key_and_word_of_every_board(tmp_path: Path) -> None:
    assert compiled(tmp_path, **{name: source(render.board(name)) for name in render.BOARDS}) == ""


MISTAKES = {
    "word": ('"colorMode": "background_solid"', '"colorMode": "bg"'),
    "threshold": ('"mode": "absolute"', '"mode": "abs"'),
    "key": ('"refresh": "5s"', '"refrsh": "5s"'),
    "option": ('"justifyMode"', '"justifMode"'),
}


def test_mistakes_are_found(tmp_path: Path) -> None:
    text = source(render.board("wall"))
    assert all(written in text for written, _ in MISTAKES.values())
    found = compiled(tmp_path, **{name: text.replace(*each) for name, each in MISTAKES.items()})
    assert {line.split("(")[0] for line in found.splitlines() if ": error TS" in line} == {
        f"{name}.ts" for name in MISTAKES
    }
