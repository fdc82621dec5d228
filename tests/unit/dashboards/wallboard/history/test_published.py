"""Which publications a reader sees, and that none of them is left out in silence."""

import csv
import io
from dataclasses import dataclass
from datetime import date

from msgspec.structs import replace

from dashboards.access.rights import WHOLE, Scope
from dashboards.wallboard.history.address import Address, address_of
from dashboards.wallboard.history.place import Place
from dashboards.wallboard.history.published import MOST_ON_PAGE, section, seen, table
from dashboards.wallboard.history.shown import Shown
from dashboards.wallboard.history.table import as_csv
from dashboards.wallboard.past import KnownFigures
from dashboards.wallboard.texts import texts_of
from schemas.past_figures import Figures, PastAsked
from tests.support.past_figures import told_of

NOW = 1_800_000_000_000
WATER = Scope(frozenset({"water"}))


@dataclass(frozen=True)
class Seen:
    page: str
    file: list[str]


def row(id_: str, department: str | None) -> Figures:
    return {
        "publication": id_, "report": "day", "period": "2026-10-14", "department": department, "edition": 1,
        "published_at": "2026-10-15T06:30:00+02:00", "who": "reports, day", "digest": "9f2c" * 16,
    }  # fmt: skip


def as_seen(rows: list[Figures], scope: Scope) -> Seen:
    address: Address = address_of([("when", "2026-10")], date(2026, 11, 30))
    told = told_of(PastAsked("published", address.period, ()), NOW)
    known = seen(KnownFigures(replace(told, rows=tuple(rows)), ""), scope, address)
    where = Place("all", "", "", (), (), {})
    shown = Shown(address, where, {"published": known}, texts_of("en"), NOW, "UTC")
    file = csv.DictReader(io.StringIO(as_csv(table(shown))))
    return Seen(str(section(shown)), [each["publication"] for each in file])


def test_publications_of_others_take_nothing_away_from_a_reader() -> None:
    """Hundreds of other departments stand before it."""
    others = [row(f"o-{n}", f"other-{n}") for n in range(2 * MOST_ON_PAGE)]
    found = as_seen([*others, row("mine", "water")], WATER)
    assert found.file == ["mine"]
    assert ">mine<" in found.page
    assert "too many" not in found.page


def test_what_a_page_has_no_room_for_is_said_and_in_the_file() -> None:
    found = as_seen([row(f"p-{n}", "water") for n in range(MOST_ON_PAGE + 7)], WHOLE)
    assert len(found.file) == MOST_ON_PAGE + 7
    assert found.page.count(">p-") == MOST_ON_PAGE
    assert "Not shown, because they are too many: 7<" in found.page


def test_what_is_hidden_from_a_reader_is_not_said_to_be_unpublished() -> None:
    found = as_seen([row("of-all", None), row("of-staff", "staff")], WATER)
    assert found.file == []
    assert "No publication of this period is listed here." in found.page
    assert "was published" not in found.page


def test_who_sees_the_queues_of_no_department_sees_no_report_of_all() -> None:
    rows = [row("of-all", None), row("mine", "water")]
    assert as_seen(rows, Scope(frozenset({"", "water"}))).file == ["mine"]
    assert as_seen(rows, WHOLE).file == ["of-all", "mine"]
