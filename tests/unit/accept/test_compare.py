from tests.accept.compare import COUNTS, PERCENTAGES, SECONDS, differences

THEIRS = (
    dict.fromkeys(COUNTS, "2") | dict.fromkeys(PERCENTAGES, "66.67") | dict.fromkeys(SECONDS, "7.5")
)
OURS = (
    dict.fromkeys(COUNTS.values(), "2")
    | dict.fromkeys(PERCENTAGES.values(), "0.666667")
    | dict.fromkeys(SECONDS.values(), "7.5")
)
DAY = [THEIRS | {"date": "2026-05-01", "type": "billing"}]
HALF = [THEIRS | {"start": "07:30:00", "type": "billing"}]


def ours(**changes: str) -> dict[str, str]:
    return OURS | {"start": "2026-05-01T07:30:00+00:00", "queue": "billing"} | changes


def test_equal_figures_are_no_difference() -> None:
    assert list(differences(DAY, [ours(start="2026-05-01T00:00:00+00:00")])) == []
    assert list(differences(HALF, [ours()])) == []


def test_every_column_is_compared() -> None:
    for name in (*COUNTS.values(), *PERCENTAGES.values(), *SECONDS.values()):
        changed = ours(**{name: "3" if name in COUNTS.values() else "0.5"})
        (line,) = differences(HALF, [changed])
        assert line.startswith(f"billing 07:30:00: {name}: expected ")


def test_no_value_is_not_zero() -> None:
    empty = [HALF[0] | {"ASA": ""}]
    assert list(differences(empty, [ours(asa_s="0")])) == [
        "billing 07:30:00: asa_s: expected no value, got 0"
    ]


def test_missing_rows_and_rows_too_many() -> None:
    assert list(differences(HALF, [])) == ["billing 07:30:00: missing"]
    more = ours(start="2026-05-01T08:00:00+00:00")
    assert list(differences(HALF, [ours(), more])) == ["billing 08:00:00: not expected, offered 2"]
    zeros = more | dict.fromkeys(COUNTS.values(), "0")
    assert list(differences(HALF, [ours(), zeros])) == []
