"""A bulletin for people and for programs: the same figures, hidden ones as such, names as text."""

import csv
import io

from msgspec import json
from msgspec.structs import replace

from schemas.bulletin import Bulletin, BulletinRow, Withheld
from streams.history.bulletin_text import COLUMNS, as_csv, as_html, as_json

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
