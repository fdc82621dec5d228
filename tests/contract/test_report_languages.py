"""The catalogues of reports: each language has all texts, with the same places to fill, and no text is of nothing."""

import re
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import pytest
from msgspec import toml

from schemas.owners import Language as Code
from streams.history.language import ENGLISH, language_of
from streams.history.papers import (
    alerts_told,
    carried,
    league,
    own_metrics,
    planned,
    targets,
    trend,
    worst,
)
from streams.history.papers.carried import ACTIONS
from streams.history.papers.completeness import HOLES, QUARANTINED, SOURCES
from streams.history.papers.restated import CORRECTED
from streams.history.papers.scope import STRANGERS
from streams.history.reports.month import LOSSES
from tests.support.sources import ROOT

FOLDER = ROOT / "streams/history/languages"
TABLES = ("say", "lead", "head", "columns", "words", "definitions")
CODES: tuple[Code, ...] = get_args(Code)
# Parts that a paper shows with all their columns.
WHOLE = (
    alerts_told.INCIDENTS, alerts_told.LINES, ACTIONS, HOLES, QUARANTINED, SOURCES, CORRECTED, STRANGERS, LOSSES,
)  # fmt: skip
CHOSEN = (
    alerts_told,
    carried,
    league,
    own_metrics,
    planned,
    targets,
    trend,
    worst,
)  # modules that choose
in_every_language = pytest.mark.parametrize("code", CODES)


def read(code: str) -> dict[str, Any]:
    found: dict[str, Any] = toml.decode((FOLDER / f"{code}.toml").read_bytes())
    return found


def places(text: str | dict[str, str]) -> dict[str, set[str]]:
    texts = {"": text} if isinstance(text, str) else text
    return {
        length: {name for _, name, _, _ in Formatter().parse(each) if name}
        for length, each in texts.items()
    }


def sources() -> str:
    folders = (ROOT / "streams/history").rglob("*.py")
    return "\n".join(Path(path).read_text(encoding="utf-8") for path in folders)


@in_every_language
def test_every_language_has_every_text(code: Code) -> None:
    english, found = read("en"), read(code)
    for table in TABLES:
        assert list(found[table]) == list(english[table]), table
    assert language_of(code).code == code


@in_every_language
def test_every_text_has_the_same_places_to_fill(code: Code) -> None:
    english, found = read("en"), read(code)
    for table in ("say", "lead"):
        for name, text in english[table].items():
            assert places(found[table][name]) == places(text), name
            if not isinstance(text, str):
                assert set(text) == {"month", "week", "day"}


@in_every_language
def test_a_lead_begins_its_sentence(code: Code) -> None:
    found = read(code)
    for name, lead in found["lead"].items():
        assert found["say"][name].startswith(lead)


def test_every_sentence_and_heading_is_used() -> None:
    text, english = sources(), read("en")
    names = {*re.findall(r'"([a-z_0-9]+)"', text)}
    assert [name for name in english["say"] if name not in names] == []
    assert [name for name in english["head"] if name not in names] == []


def test_every_column_that_a_page_shows_has_a_heading() -> None:
    shown = {column.name for part in WHOLE for column in part.columns}
    for module in CHOSEN:
        shown |= {*module._SHOWN, *getattr(module, "_WHERE_CHANGED", ())}
    assert [name for name in sorted(shown) if not ENGLISH.columns.get(name)] == []
