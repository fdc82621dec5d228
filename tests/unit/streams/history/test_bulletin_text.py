"""A bulletin for people and for programs: the same figures, hidden ones as such, names as text."""

import csv
import io
from typing import get_args

from msgspec import json
from msgspec.structs import replace

from schemas.bulletin import Bulletin, BulletinRow, Withheld
from schemas.owners import Language
from streams.history.bulletin_text import COLUMNS, HEADINGS, as_csv, as_html, as_json
from streams.history.language import language_of
from streams.history.sentences import sentence

CODES: tuple[Language, ...] = get_args(Language)

ROW = BulletinRow(
    group="water", name="=<b>Water</b>", calls=1234, answered=1200, gave_up=None, refused=None, otherwise=0,
    suppressed=("gave_up", "refused"), served_percent=79, goal_percent=80,
)  # fmt: skip
SHOWN = Bulletin(
    length="month", period="2026-10", start="2026-09-30T22:00:00Z", end="2026-10-31T22:00:00Z",
    zone="Africa/Johannesburg", known_at="2026-11-02T00:00:00Z", smallest_count=5, fewest=20, rows=(ROW,),
)  # fmt: skip
WITHHELD = replace(
    SHOWN, rows=(), withheld=(Withheld("source_silent", "source <pbx> told nothing"),)
)


def test_json_comes_back_as_it_is() -> None:
    assert json.decode(as_json(SHOWN), type=Bulletin) == SHOWN
    assert json.decode(as_json(WITHHELD), type=Bulletin) == WITHHELD


def test_csv_has_its_columns_and_runs_nothing() -> None:
    (row,) = csv.DictReader(io.StringIO(as_csv(SHOWN)))
    assert tuple(row) == COLUMNS
    assert (row["calls"], row["gave_up"], row["suppressed"]) == ("1234", "", "gave_up refused")
    assert row["name"].startswith("'=")


def test_html_says_few_and_keeps_markup_as_text() -> None:
    html = as_html(SHOWN)
    assert html.count("<td>few</td>") == 2
    assert "<td>1,234</td>" in html
    assert "<b>Water" not in html
    assert "79 %" in html
    assert "<td>–</td>" in html


def test_a_bulletin_that_is_withheld_says_why_and_has_no_figure() -> None:
    html = as_html(WITHHELD)
    assert "<table>" not in html
    assert "source &lt;pbx&gt; told nothing" in html
    (row,) = csv.DictReader(io.StringIO(as_csv(WITHHELD)))
    assert row["withheld"] == "source <pbx> told nothing"


def test_every_language_says_the_same_figures_in_its_own_words() -> None:
    pages = {code: as_html(replace(SHOWN, language=code, missing_at_most=7)) for code in CODES}
    assert len({page.split("<h1>")[1].split("</h1>")[0] for page in pages.values()}) == len(CODES)
    for code, page in pages.items():
        language = language_of(code)
        direction = "rtl" if language.right_to_left else "ltr"
        assert f'<html lang="{code}" dir="{direction}">' in page
        assert f"<td>{language.number(1234)}</td>" in page
        assert page.count(f"<td>{language.head('bulletin_few')}</td>") == 2
        assert language.percent_whole(0.79) in page
        assert sentence("bulletin_missing", calls=7).said(language) in page
        for heading in map(language.head, HEADINGS):
            assert f'<th scope="col">{heading}</th>' in page


def test_calls_that_may_be_missing_stand_in_every_format() -> None:
    of = replace(SHOWN, missing_at_most=7)
    (row,) = csv.DictReader(io.StringIO(as_csv(of)))
    assert row["missing_at_most"] == "7"
    assert json.decode(as_json(of), type=Bulletin).missing_at_most == 7
    assert "Up to 7 calls may be missing" in as_html(of)
    assert "may be missing" not in as_html(SHOWN)
