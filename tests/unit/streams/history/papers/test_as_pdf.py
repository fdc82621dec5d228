"""Pages by typst: the same bytes, tagged, names stay text, forty queues and long Arabic names fit."""

import sys
from io import BytesIO

import pytest
from msgspec.structs import replace
from pypdf import PdfReader

from schemas.owners import Language as Code
from streams.history.language import language_of
from streams.history.paper import Section, Table
from streams.history.papers.as_pdf import displayable, pdf, pictures
from streams.history.papers.shown import shown
from streams.history.papers.worst import DAYS
from streams.history.question import HistoryError
from streams.history.report import Row
from tests.support.papers import LONG_ARABIC, made_paper


@pytest.mark.parametrize("code", ["en", "id", "zu", "ar"])
def test_the_same_paper_gives_the_same_bytes_in_every_language(code: Code) -> None:
    paper = shown(made_paper(), language_of(code))
    first = pdf(paper)  # typst refuses what is not PDF/UA-1
    assert first == pdf(paper)
    assert b"pdfuaid" in first


def test_a_letter_that_no_font_has_is_written_as_its_code() -> None:
    assert displayable("Ä ž Ж مياه 水") == "Ä ž Ж مياه [U+6C34]"
    assert pdf(shown(made_paper("水 😀"), language_of("en")))


def test_markup_of_typst_stays_text() -> None:
    named = shown(made_paper('#panic("x") \\ ] $ * _ `', LONG_ARABIC), language_of("en"))
    assert pdf(named)


def test_long_names_of_alerts_leave_room_for_what_stands_beside_them() -> None:
    """The worst days of a bad month had five alerts each: the name lay below the next column, and the note beyond the paper."""
    row: Row = {"start": "2026-11-04T00:00:00+02:00", "name": "Accounts", "promised_calls": 402, "sl_promised": 0.112,
           "calls_missing": 276.6, "note": "two people were ill",
           "alerts": "service_level_burn, understaffed, waiting_per_agent, oldest_wait, abandonment"}  # fmt: skip
    section = Section("worst", tables=(Table(DAYS, [row], (*row,)),))
    made = pdf(shown(replace(made_paper(), sections=(section,)), language_of("en")))
    (page,) = PdfReader(BytesIO(made)).pages
    begins: dict[str, float] = {}
    page.extract_text(visitor_text=lambda text, at, *_: begins.update({text.strip(): at[4]}))
    assert begins["Promised"] - begins["Name"] > 50
    assert begins["Alerts"] - begins["Note"] > 50


def test_pages_are_pictures_to_look_at() -> None:
    found = pictures(shown(made_paper(), language_of("ar")), 40)
    assert len(found) >= 2
    assert all(each.startswith(b"\x89PNG") for each in found)


def test_without_typst_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(HistoryError, match=r"pip install 'queuewatch\[reports\]'"):
        pdf(shown(made_paper("a"), language_of("en")))
