"""The line of the queues that a page does not show in full."""

from msgspec.structs import replace

from dashboards.wallboard.drawing.rest import rest
from dashboards.wallboard.page import Row
from dashboards.wallboard.texts import texts_of
from streams.charts.html import plain
from tests.support.floors import snapshot, targets
from tests.support.walls import NOW, WATCH, latest_of, only_row

SAY = texts_of("en")


def asking(name: str) -> Row:
    row = only_row(latest_of(snapshot(NOW, attention=WATCH), promises=(targets(),)))
    return replace(row, name=name)


def test_names_that_have_commas_are_told_apart() -> None:
    plainly = rest([asking("Payroll"), asking("Leave")], SAY)
    assert "Payroll, Leave" in plain(plainly)
    with_commas = rest([asking("Sizakala, housing"), asking("Leave")], SAY)
    assert "Sizakala, housing; Leave" in plain(with_commas)
    arabic = rest([asking("إسكان، شرق"), asking("Leave")], texts_of("ar"))
    assert str(texts_of("ar")("semicolon")) in plain(arabic)


def test_names_beyond_the_room_are_counted() -> None:
    said = plain(rest([asking(f"A queue with a long name {n}") for n in range(9)], SAY))
    assert "and 6 more" in said
