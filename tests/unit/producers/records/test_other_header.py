import pytest

from producers.records.header import read_header
from producers.records.mapping import parse_mapping
from producers.records.other_header import below_other, told_header

MAPPING = parse_mapping('[columns]\nwait_ms = "Wait"\ntalk_ms = "Talk"\n[skip]\nKind = "test"')
HEADER = read_header(("queue", "arrived_at", "outcome", "Wait", "Talk", "Kind", "Note"), MAPPING)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (("Queue", "arrived_at", "outcome", "wait", "talk", "kind", "note"), "same"),
        (("queue", "arrived_at", "outcome", "Wait", "Talk", "Kind", "Remark"), "same"),
        (("queue", "arrived_at", "outcome", "Talk", "Wait", "Kind", "Note"), "other"),
        (("queue", "arrived_at", "outcome", "Wait", "Talk", "Note", "Kind"), "other"),
        (("id", "queue", "arrived_at", "outcome", "Wait", "Talk", "Kind", "Note"), "other"),
        (("queue", "arrived_at", "outcome"), ""),
        (("wait", "2026-03-02T09:00:00Z", "answered", "1", "2", "talk", ""), ""),
        ((), ""),
    ],
)
def test_a_second_header_is_the_same_by_the_columns_that_are_read(
    cells: tuple[str, ...], kind: str
) -> None:
    assert told_header(cells, HEADER) == kind


def test_the_reason_names_the_line() -> None:
    assert below_other(5).startswith("below line 5, a header")
