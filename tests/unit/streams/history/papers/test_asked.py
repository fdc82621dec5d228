"""Who is in a paper: all departments or one."""

import pytest
from msgspec.structs import replace

from streams.history.catalogue import Catalogue
from streams.history.papers.asked import asked
from streams.history.period import period_of
from streams.history.question import HistoryError
from tests.support.builders import targets

PERIOD = period_of("month", "2026-03", "UTC")
KNOWN = Catalogue(
    "UTC",
    {
        "billing": targets("billing", name="Bills", department="money", department_name="Money"),
        "pipes": targets("pipes", department="water", department_name="Water"),
    },
)


def test_a_department_has_its_queues_alone() -> None:
    about = asked(PERIOD, KNOWN, "money", 9, None)
    assert [*about.catalogue.queues] == ["billing"]
    assert (about.department_name, about.queue_name("billing")) == ("Money", "Bills")
    assert about.queue_name("gone") == "gone"
    assert about.question.configured_only


def test_a_department_that_is_none_is_refused_with_those_that_are() -> None:
    with pytest.raises(HistoryError, match='no department "fire"; there are: money, water'):
        asked(PERIOD, KNOWN, "fire", 9, None)


def test_what_is_known_as_of_a_time_is_never_later_than_now() -> None:
    about = asked(PERIOD, KNOWN, None, 9, None)
    assert [replace(about, as_of=at).known_at for at in (None, 5, 12)] == [9, 5, 9]


def test_no_name_is_no_department_though_queues_are_of_none() -> None:
    """Published, it would stand there as the report of all."""
    known = Catalogue("UTC", {**KNOWN.queues, "odd": targets("odd", department="")})
    with pytest.raises(HistoryError, match=r'no department ""; there are: money, water$'):
        asked(PERIOD, known, "", 9, None)
