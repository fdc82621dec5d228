from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

import pytest

from producers.asterisk.table_forms import found_form
from producers.asterisk.table_lines import TableLine, epoch_of, has_local_times, table_lines

BERLIN = ZoneInfo("Europe/Berlin")
HEADER = "id,time,callid,queuename,agent,event,data1,data2,data3\n"


def _told(text: str, zone: tzinfo = UTC) -> list[TableLine]:
    numbered = list(enumerate(text.splitlines(), 1))
    form = found_form(numbered)
    assert form is not None
    return list(table_lines(form, zone, lambda: numbered))


@pytest.mark.parametrize(
    ("text", "zone", "epoch"),
    [
        ("2025-03-11 11:40:00", UTC, "1741693200"),
        ("2025-03-11T11:40:00", UTC, "1741693200"),
        ("2025-03-11 11:40:00.123456", UTC, "1741693200.123"),
        ("2025-03-11 11:40:00,1", UTC, "1741693200.100"),
        ("2025-03-11 12:40:00", BERLIN, "1741693200"),
        ("2025-03-11 11:40:00.5+00", BERLIN, "1741693200.500"),
        ("2025-03-11 13:10:00+0130", BERLIN, "1741693200"),
        ("2025-03-11 13:10:00 +01:30", BERLIN, "1741693200"),
        ("2025-03-11 11:40:00Z", BERLIN, "1741693200"),
        ("1741693200", BERLIN, "1741693200"),
        ("1741693200.123456", BERLIN, "1741693200.123456"),
    ],
)
def test_a_time_is_seconds_since_1970(text: str, zone: tzinfo, epoch: str) -> None:
    assert epoch_of(text, zone) == epoch


@pytest.mark.parametrize(
    "text",
    ["", "11.03.2025 11:40", "2025-03-11", "0000-00-00 00:00:00", "2025-02-30 00:00:00", "x"],
)
def test_another_text_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="such as 2026-03-02T09:00:05, or seconds"):
        epoch_of(text, UTC)


@pytest.mark.parametrize("local", ["2025-10-26 02:30:00", "2025-03-30 02:30:00"])
def test_a_local_time_that_comes_twice_or_never_is_not_guessed(local: str) -> None:
    with pytest.raises(
        ValueError, match=f"{local.replace(' ', 'T')} comes twice or never in Europe/Berlin"
    ):
        epoch_of(local, BERLIN)
    assert epoch_of(local, UTC)
    assert epoch_of(f"{local}+02", BERLIN)


def test_a_row_is_the_line_of_the_log() -> None:
    assert _told(
        HEADER
        + "1,2025-03-11 11:40:00,7.1,sales,,ENTERQUEUE,,5550160,1\n"
        + "2,2025-03-11 11:40:14.5,7.1,sales,SIP/1,CONNECT,14,NULL,13\n"
        + "3,2025-03-11 11:41:00,,,,QUEUESTART,\\N,,\n"
    ) == [
        TableLine(2, "1741693200|7.1|sales|NONE|ENTERQUEUE||5550160|1"),
        TableLine(3, "1741693214.500|7.1|sales|SIP/1|CONNECT|14||13"),
        TableLine(4, "1741693260|NONE|NONE|NONE|QUEUESTART|||"),
    ]


def test_a_pipe_or_a_line_break_in_a_cell_makes_no_other_field() -> None:
    (line,) = _told(HEADER + '1,1741693200,7.1,"a|b",NONE,INFO,"x\ny",z,\n')
    assert line.text == "1741693200|7.1|a¦b|NONE|INFO|x y|z|"


def test_one_column_of_data_holds_several_fields() -> None:
    header = "time,callid,queuename,agent,event,data,data1,data2\n"
    first, second = _told(
        header + "1741693200,7.1,q,NONE,ABANDON,1|1|33,,\n1741693201,7.1,q,NONE,INFO,a,b,c\n"
    )
    assert first.text.endswith("|ABANDON|1|1|33")
    assert second.text.endswith("|INFO|b|c")


def test_the_fifth_column_of_data_holds_all_fields_that_are_left() -> None:
    """Asterisk has five columns and an attended transfer has six fields."""
    header = "time,callid,queuename,agent,event,data1,data2,data3,data4,data5\n"
    (line,) = _told(
        header + "1741693200,7.1,q,SIP/1,ATTENDEDTRANSFER,LINK,SIP/1-1,SIP/2|2,10,20|1\n"
    )
    assert line.text.endswith("|ATTENDEDTRANSFER|LINK|SIP/1-1|SIP/2¦2|10|20|1")


ENTER = "1741693200,7.1,q,NONE,ENTERQUEUE,,555"
GONE = "1741693200,7.1,q,NONE,ABANDON,1,1"
LATER = "1741693209,8.1,q,NONE,ENTERQUEUE,,556"


def _verbs(*rows: str, ids: tuple[int, ...] = ()) -> list[str]:
    head = "time,callid,queuename,agent,event,data1,data2"
    numbered = [f"{n},{row}" for n, row in zip(ids, rows, strict=True)] if ids else list(rows)
    told = _told("\n".join((f"id,{head}" if ids else head, *numbered)))
    return [line.text.split("|")[4] + line.text.split("|")[1] for line in told]


def test_rows_are_put_in_the_order_of_time() -> None:
    right = ["ENTERQUEUE7.1", "ABANDON7.1", "ENTERQUEUE8.1"]
    assert _verbs(ENTER, GONE, LATER) == right
    assert _verbs(ENTER, LATER, GONE) == right  # within a second as they stand
    assert _verbs(LATER, GONE, ENTER, ids=(3, 2, 1)) == right
    assert _verbs(GONE, ENTER, LATER, ids=(2, 1, 3)) == right
    assert _verbs(ENTER, LATER, GONE, ids=(9, 1, 11)) == right  # the time counts first


def test_newest_first_without_ids_is_turned_round_within_a_second_too() -> None:
    assert _verbs(LATER, GONE, ENTER) == ["ENTERQUEUE7.1", "ABANDON7.1", "ENTERQUEUE8.1"]


def test_a_row_that_cannot_be_read_says_why_and_keeps_its_fields() -> None:
    bad_time, short, no_event, good = _told(
        HEADER
        + "1,yesterday,7.1,sales,SIP/1,CONNECT,14,,\n"
        + "2,1741693200,7.1\n"
        + "3,1741693200,7.1,sales,NONE,,,,\n"
        + "4,1741693200,7.1,sales,NONE,ABANDON,1,1,3\n"
    )
    assert (
        bad_time.problem
        == "time: expected a time such as 2026-03-02T09:00:05, or seconds since 1970"
    )
    assert bad_time.text == "yesterday|7.1|sales|SIP/1|CONNECT|14||"
    assert short.problem == "the row has not the 9 cells of the header"
    assert no_event.problem == "the row has no event"
    assert good.problem == ""
    assert [line.number for line in (bad_time, short, no_event, good)] == [2, 3, 4, 5]


def test_a_row_that_cannot_be_read_does_not_hinder_the_order() -> None:
    told = _told(
        HEADER + "2,1741693209,8.1,q,NONE,A,,,\nx\n1,1741693200,7.1,q,NONE,B,,,\n"
    )  # the bad row stays behind the one before it
    assert [line.number for line in told] == [4, 2, 3]


@pytest.mark.parametrize(
    ("times", "local"),
    [
        (("1741693200", "2025-03-11 11:40:00Z"), False),
        (("1741693200", "2025-03-11 11:40:00"), True),
        (("x", "y"), False),
    ],
)
def test_whether_a_zone_must_be_known(times: tuple[str, ...], local: bool) -> None:
    text = HEADER + "".join(f"1,{time},7.1,q,NONE,X,,,\n" for time in times)
    numbered = list(enumerate(text.splitlines(), 1))
    form = found_form(numbered)
    assert form is not None
    assert has_local_times(form, numbered) is local


@pytest.mark.parametrize("row_id", ["9" * 5_000, "x", "", "18446744073709551615"])
def test_any_text_in_the_place_of_the_id_leaves_the_row_its_time(row_id: str) -> None:
    row = f"{row_id},2025-03-11 11:40:00,7.1,q,NONE,ENTERQUEUE,,5550001,1\n"
    (line,) = _told(HEADER + row)
    assert line.text.startswith("1741693200|7.1|q|NONE|ENTERQUEUE")
