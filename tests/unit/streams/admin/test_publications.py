"""The ledger of publications as its topic tells it."""

import pytest
from msgspec.structs import replace

from streams.admin.broker import AdminError
from streams.admin.publications import COLUMNS, SHOWN, known, line, named
from tests.support.published import REPORT, publication

FIRST = publication(REPORT)
SECOND = replace(FIRST, publication_id="month-2026-10-2", edition=2)


def test_publications_come_by_period_and_edition() -> None:
    assert known([SECOND, FIRST]) == [FIRST, SECOND]


def test_one_is_found_by_its_id() -> None:
    assert named([FIRST, SECOND], "month-2026-10-2") is SECOND
    with pytest.raises(AdminError, match='no publication "x"'):
        named([FIRST], "x")


def test_a_line_has_every_column() -> None:
    assert set(COLUMNS) == set(line(FIRST))
    assert set(SHOWN) <= set(COLUMNS)
