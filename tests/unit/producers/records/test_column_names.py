import pytest

from producers.records.column_names import are_utc, says_utc, spoken_name


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("Wait Time (sec)", "waittime"),
        ("Wait Duration(s)", "waitduration"),
        ("Start Time [UTC]", "starttime"),
        ("Originator DN (Calling Number)", "originatordncallingnumber"),
        ("(s)", ""),
    ],
)
def test_a_unit_in_brackets_is_no_part_of_the_name(name: str, spoken: str) -> None:
    assert spoken_name(name) == spoken


@pytest.mark.parametrize(
    ("name", "utc"),
    [
        ("Start Time (UTC)", True),
        ("start_utc", True),
        ("UTC", False),
        ("Start Time (local)", False),
    ],
)
def test_a_name_may_say_that_its_times_are_in_utc(name: str, utc: bool) -> None:
    assert says_utc(name) is utc
    assert are_utc(["Date", name]) is utc
