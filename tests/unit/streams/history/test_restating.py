"""Which published figures are other ones now, and which calls made them so."""

import pytest

from schemas.millis import DAY
from schemas.publications import PublishedFigure
from streams.history import restating
from streams.history.catalogue import Catalogue
from streams.history.holding import steps
from streams.history.question import HistoryError
from streams.history.restating import (
    MOST_LEGS,
    ChangedFigure,
    changed_figures,
    changed_since,
    check_not_too_many,
    restated,
)
from streams.history.versions import COMPARED
from tests.support.builders import targets
from tests.support.fake_archive import FakeArchive
from tests.support.published import END, REPORT, publication

AS_OF = 1_000


def figure(group: str, value: float | None, name: str = "called") -> PublishedFigure:
    return PublishedFigure("centres", group, name, value)


def test_a_figure_that_is_the_same_is_not_told() -> None:
    assert (
        changed_figures([figure("water", 5), figure("staff", None)], [figure("water", 5.0)]) == []
    )


def test_a_figure_that_came_went_or_changed_is_told() -> None:
    then = [figure("water", 5), figure("gone", 1), figure("staff", None)]
    now = [figure("new", 2), figure("water", 6), figure("staff", 3)]
    assert changed_figures(then, now) == [
        ChangedFigure("centres", "water", "called", 5, 6),
        ChangedFigure("centres", "gone", "called", 1, None),
        ChangedFigure("centres", "staff", "called", None, 3),
        ChangedFigure("centres", "new", "called", None, 2),
    ]


def told(number: int, known_at: int, delivery: str = "", **said: object) -> dict[str, object]:
    return dict.fromkeys(COMPARED) | {
        "version": number, "known_at_ms": known_at, "delivery": delivery, "arrived_at_ms": 1, "outcome": "answered", **said,
    }  # fmt: skip


FIRST = told(1, 500, "a")


def since(*versions: dict[str, object], **withdrawn: int) -> tuple[object, object, int] | None:
    """Numbers of the versions that held then and now, and when the last change became known."""
    found = changed_since(list(steps(versions, withdrawn)), AS_OF)
    if found is None:
        return None
    before, after = (each and each["version"] for each in (found.before, found.after))
    return before, after, found.known_at


def test_what_was_known_when_it_was_published_changed_nothing() -> None:
    assert since(FIRST) is None
    assert since(FIRST, told(2, AS_OF, outcome="abandoned")) is None


def test_a_correction_a_late_call_and_a_withdrawal_did() -> None:
    assert since(FIRST, told(2, AS_OF + 1, outcome="abandoned")) == (1, 2, AS_OF + 1)
    assert since(told(2, AS_OF + 5)) == (None, 2, AS_OF + 5)
    assert since(FIRST, a=AS_OF + 7) == (1, None, AS_OF + 7)


def test_the_same_said_again_changed_nothing() -> None:
    assert since(FIRST, told(2, AS_OF + 1)) is None


def test_of_several_changes_what_holds_now_is_compared_with_then() -> None:
    back = (FIRST, told(2, AS_OF + 1, outcome="abandoned"), told(3, AS_OF + 2))
    assert since(*back) is None
    assert since(*back, told(4, AS_OF + 9, wait_ms=5)) == (1, 4, AS_OF + 9)


def test_more_calls_than_a_report_can_hold_are_refused() -> None:
    row = {"queue": "q", "node": "", "key_at": 1}
    check_not_too_many([{**row, "leg_id": str(each % 10)} for each in range(MOST_LEGS + 1)])
    with pytest.raises(HistoryError, match="publish the report again"):
        check_not_too_many([{**row, "leg_id": str(each)} for each in range(MOST_LEGS + 1)])


@pytest.mark.parametrize(("department", "told"), [("water", {"gone"}), ("", set())])
def test_of_deleted_calls_it_is_told_all_the_same_that_a_queue_left_the_department(
    department: str, told: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A figure without a value may need the deleted calls, but no figure of what is not in the report any more does."""
    of = publication(REPORT, department=department)
    known = Catalogue("UTC", {"pipes": targets("pipes", centre="stays", department="water")})
    deleted = {"until_ms": END + DAY, "noted_ms": END + DAY, "is_noted": 1}
    archive = FakeArchive(queue_days=[deleted])
    then = [figure("stays", 5), figure("gone", 7)]
    monkeypatch.setattr(restating, "figures", lambda _: then)
    monkeypatch.setattr(restating, "figures_now", lambda *_: [])
    found = restated(archive, known, lambda *_: pytest.fail("none is made"), of, END + 2 * DAY)
    assert {each.group for each in found.figures} == told
    assert found.legs == []
