"""The archive as the board asks it: its errors are one kind, and no connection stays open."""

import pytest

from dashboards.wallboard.past import ArchiveSilentError
from streams.processes.board_archive import BoardArchive
from streams.sinks.clickhouse.database import Answer, RefusedError, UnavailableError


class Reader:
    def __init__(self, error: Exception | None = None) -> None:
        self._error = error
        self.closed = 0

    def execute(self, _: str) -> Answer:
        if self._error:
            raise self._error
        return Answer([], [])

    def close(self) -> None:
        self.closed += 1


def test_an_empty_archive_answers_with_days_of_which_nothing_is_known() -> None:
    reader = Reader()
    archive = BoardArchive(lambda: reader)
    days = archive.past_days(("a",), 1_795_000_000_000)
    assert days.reaches_to is None
    assert {half.offered for half in days.yesterday.halves} == {None}
    assert archive.last_minutes(1_795_000_000_000) == []
    assert reader.closed == 2


@pytest.mark.parametrize("error", [UnavailableError("away\nfar"), RefusedError("no")])
def test_an_archive_that_cannot_answer_is_one_error_of_one_line(error: Exception) -> None:
    reader = Reader(error)
    with pytest.raises(ArchiveSilentError, match=r"^(away|no)$"):
        BoardArchive(lambda: reader).past_days(("a",), 1_795_000_000_000)
    assert reader.closed == 1


def test_a_connection_that_cannot_be_made_is_that_error_too() -> None:
    def opened() -> Reader:
        raise UnavailableError("no archive answers")

    with pytest.raises(ArchiveSilentError):
        BoardArchive(opened).last_minutes(1_795_000_000_000)
