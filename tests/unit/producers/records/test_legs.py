import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.records.header import Header, HeaderError, read_header
from producers.records.legs import LegReader, hides_caller
from producers.records.mapping import Mapping, parse_mapping
from producers.records.row_error import RowError
from schemas.calls import FinishedLeg, Queued
from schemas.millis import from_iso
from schemas.privacy import TokenKey, caller_token, key_from_secret

KEY = key_from_secret(b"a secret of the tests")
NAMES = (
    "leg_id,contact_id,queue,channel,caller,arrived_at,answered_at,left_at,ended_at,outcome,agent,"
    "reason,direction,topic,area,priority,wait_ms,missed_offers,hold_ms,wrap_ended_at,disposition,talk_ms"
)
ANSWERED = {
    "leg_id": "7", "queue": "billing", "arrived_at": "2010-08-01T07:00:00Z",
    "answered_at": "2010-08-01T07:00:08Z", "left_at": "2010-08-01T07:00:08Z",
    "ended_at": "2010-08-01T07:01:00Z", "outcome": "answered",
}  # fmt: skip
ABANDONED = ANSWERED | {"answered_at": "", "ended_at": "", "outcome": "abandoned"}
OPEN = ABANDONED | {"left_at": "", "outcome": "open"}
ARRIVED = from_iso("2010-08-01T07:00:00Z")
NOW = from_iso("2010-08-02T00:00:00Z")


def _read(
    row: dict[str, str], mapping: Mapping | None = None, names: str = NAMES, key: TokenKey = KEY
) -> FinishedLeg | Queued:
    mapping = mapping or Mapping()
    header = read_header(tuple(names.split(",")), mapping)
    cells = [row.get(name, "") for name in names.split(",")]
    return LegReader(header, mapping, key, "records:day").read(cells, NOW)


def test_an_answered_leg_with_all_it_says() -> None:
    extra = {
        "contact_id": "c", "channel": "callback", "caller": "031 555 0001", "agent": "ada",
        "direction": "INBOUND", "topic": "leak", "area": "north", "priority": "2", "wait_ms": "8012",
        "missed_offers": "3", "hold_ms": "5000", "wrap_ended_at": "2010-08-01T07:01:30Z",
        "disposition": "solved",
    }  # fmt: skip
    assert _read(ANSWERED | extra) == FinishedLeg(
        event_id=f"7:leg:{ARRIVED + 8_000}", at=ARRIVED + 8_000, source="records:day", feed="history",
        queue="billing", leg_id="7", contact_id="c", wait_ms=8012, outcome="answered",
        arrived_at=ARRIVED, answered_at=ARRIVED + 8_000, left_at=ARRIVED + 8_000,
        ended_at=ARRIVED + 60_000, wrap_ended_at=ARRIVED + 90_000, hold_ms=5000, agent="ada",
        channel="callback", caller=caller_token(KEY, "0315550001"), topic="leak", area="north",
        priority=2, missed_offers=3, disposition="solved",
    )  # fmt: skip


def test_an_open_leg_is_queued() -> None:
    assert _read(OPEN) == Queued(
        event_id=f"7:queued:{ARRIVED}",
        at=ARRIVED,
        visit_at=ARRIVED,
        source="records:day",
        queue="billing",
        leg_id="7",
    )


@pytest.mark.parametrize(
    ("outcome", "reason", "expected"),
    [
        ("abandoned", "", ("abandoned", "")),
        ("Exited", "timeout", ("exited", "timeout")),
        ("exited", "bored", ("exited", "unknown")),
        ("transferred", "sales", ("transferred", "sales")),
        ("callback", "", ("callback", "")),
        ("dropped", "power", ("dropped", "power")),
        ("ghost", "", ("ghost", "")),
        ("rejected", "full", ("rejected", "full")),
        ("rejected", "rude", ("rejected", "unknown")),
    ],
)  # fmt: skip
def test_every_way_to_leave(outcome: str, reason: str, expected: tuple[str, str]) -> None:
    leg = _read(ABANDONED | {"outcome": outcome, "reason": reason})
    assert isinstance(leg, FinishedLeg)
    assert (leg.outcome, leg.reason) == expected
    left_at = ARRIVED if outcome == "rejected" else ARRIVED + 8_000
    assert leg.at == leg.left_at == left_at


@pytest.mark.parametrize("left_at", ["", "2010-08-01T07:00:30Z"])
def test_a_rejected_caller_counts_at_the_arrival(left_at: str) -> None:
    """The stream takes the moment of the refusal for the arrival: that of an announcement would move it."""
    row = ABANDONED | {"outcome": "rejected", "left_at": left_at}
    assert _read(row).at == ARRIVED


def test_the_end_of_a_lost_call_is_when_it_left() -> None:
    row = ABANDONED | {"left_at": "", "ended_at": "2010-08-01T07:00:20Z"}
    assert _read(row).at == ARRIVED + 20_000


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (ANSWERED | {"leg_id": ""}, "leg_id is empty"),
        (ANSWERED | {"queue": ""}, "queue is empty"),
        (ANSWERED | {"outcome": ""}, 'outcome is empty; if that has a meaning, say it: [outcomes] "" = "abandoned"'),
        (ANSWERED | {"outcome": "-"}, 'outcome is empty; if that has a meaning, say it: [outcomes] "" = "abandoned"'),
        (ANSWERED | {"leg_id": "NULL"}, "leg_id is empty"),
        (ANSWERED | {"arrived_at": "0000-00-00 00:00:00"}, "arrived_at is empty"),
        (ANSWERED | {"answered_at": "0"}, "outcome is answered, but answered_at is empty"),
        (ANSWERED | {"arrived_at": ""}, "arrived_at is empty"),
        (ANSWERED | {"arrived_at": "noon"}, 'arrived_at: "noon" is no time such as 2010-08-01T06:57:47Z (other formats: time_format in a mapping)'),
        (ANSWERED | {"answered_at": ""}, "outcome is answered, but answered_at is empty"),
        (ANSWERED | {"answered_at": "2010-08-01T06:59:59Z"}, "answered_at lies before arrived_at"),
        (ABANDONED | {"left_at": "2010-08-01T06:59:59Z"}, "left_at lies before arrived_at"),
        (ANSWERED | {"left_at": "2010-08-01T07:01:00Z"}, "outcome is answered, but left_at is not the moment of the answer"),
        (ANSWERED | {"ended_at": "2010-08-01T07:00:07Z"}, "ended_at lies before answered_at"),
        (ANSWERED | {"wrap_ended_at": "2010-08-01T07:00:50Z"}, "wrap_ended_at lies before ended_at, or there is no ended_at"),
        (ANSWERED | {"ended_at": "2010-08-02T00:00:01Z"}, "ended_at lies after now (2010-08-02T00:00:00Z)"),
        (ABANDONED | {"answered_at": "2010-08-01T07:00:08Z"}, "outcome is abandoned, but answered_at is set"),
        (ANSWERED | {"outcome": "transferred"}, "outcome is transferred, but answered_at is set: one that was answered and passed on afterwards is answered; let [outcomes] say so"),
        (ABANDONED | {"left_at": "", "outcome": "exited"}, "outcome is exited, but left_at is empty"),
        (ABANDONED | {"left_at": "", "wait_ms": "8"}, 'left_at is empty; to take it from wait_ms, say durations = "s", "ms", "min" or "days" in the mapping'),
        (ABANDONED | {"ended_at": "2010-08-01T07:00:02Z"}, "ended_at lies before left_at"),
        (OPEN | {"left_at": "2010-08-01T07:00:08Z"}, "outcome is open, but left_at is set"),
        (ANSWERED | {"wait_ms": "8"}, 'wait_ms: seconds? the times say a thousand times more (durations = "s" in a mapping)'),
        (ANSWERED | {"answered_at": "2010-08-01T07:00:10Z", "left_at": "", "wait_ms": "10000000"}, 'wait_ms: milliseconds? the times say a thousandth of it (durations = "ms" in a mapping)'),
        (ANSWERED | {"wait_ms": "8.5"}, 'wait_ms: "8.5" has no unit; say durations = "s", "ms", "min" or "days" in the mapping'),
        (ANSWERED | {"priority": "-1"}, 'priority: "-1" is no whole number'),
        (ANSWERED | {"priority": "1000001"}, "priority: a number of 7 digits is more than 1,000,000"),
        (ANSWERED | {"missed_offers": "1001"}, 'missed_offers: "1001" is more than 1,000'),
        # of more digits Python makes no number: that would end the whole send
        (ANSWERED | {"priority": "9" * 5_000}, "priority: a number of 5000 digits is more than 1,000,000"),
        (ANSWERED | {"hold_ms": "60000"}, "hold_ms is longer than the conversation"),
        (ANSWERED | {"channel": "chat"}, 'channel: unknown word "chat"; known: voice, callback; rows that are no calls: [skip]; one for all rows: channel under [constants]'),
        (ANSWERED | {"direction": "up"}, 'direction: unknown word "up"; known: inbound, outbound, internal; rows that are no calls: [skip]; one for all rows: direction under [constants]'),
        (ANSWERED | {"outcome": "handled"}, 'outcome: unknown word "handled"; known: answered, abandoned, exited, transferred, callback, dropped, ghost, rejected, open (others: [outcomes] in a mapping)'),
        (ANSWERED | {"agent": "a\0da"}, "the row holds NUL bytes"),
        (ANSWERED | {"leg_id": "7" * 151}, "leg_id has more than 150 characters"),
        (ANSWERED | {"topic": "x" * 151}, "topic has more than 150 characters"),
    ],
)  # fmt: skip
def test_a_row_that_is_no_leg(row: dict[str, str], problem: str) -> None:
    with pytest.raises(RowError) as caught:
        _read(row)
    assert str(caught.value) == problem


def test_seconds_are_milliseconds_when_the_mapping_says_so() -> None:
    leg = _read(ANSWERED | {"wait_ms": "8"}, parse_mapping('durations = "s"'))
    assert leg.wait_ms == 8000


def test_times_that_are_missing_are_taken_from_durations_whose_unit_is_said() -> None:
    row = ANSWERED | {"answered_at": "", "ended_at": "", "wait_ms": "8", "talk_ms": "60"}
    leg = _read(row, parse_mapping('durations = "s"'))
    assert isinstance(leg, FinishedLeg)
    assert leg.answered_at == leg.left_at == leg.arrived_at + 8_000
    assert leg.ended_at == leg.arrived_at + 68_000
    gone = row | {"outcome": "abandoned", "left_at": "", "talk_ms": ""}
    assert _read(gone, parse_mapping('durations = "ms"')).at == leg.arrived_at + 8
    with pytest.raises(
        RowError, match="answered_at is empty; to take it from wait_ms, say durations"
    ):
        _read(row)
    with pytest.raises(RowError, match="ended_at lies after now"):
        _read(row | {"talk_ms": "31000000"}, parse_mapping('durations = "s"'))


def test_other_names_words_and_constants() -> None:
    mapping = parse_mapping("""
[columns]
leg_id = "ID"
arrived_at = ["Day", "In"]
left_at = "Out"
outcome = "Result"
[constants]
queue = "billing"
[outcomes]
"TIMED OUT" = "exited/timeout"
""")
    row = {
        "id": "7",
        "Day": "2010-08-01",
        "In": "07:00:00",
        "Out": "2010-08-01 07:00:08",
        "Result": "timed out",
    }
    leg = _read(row, mapping, "id,Day,In,Out,Result")
    assert isinstance(leg, FinishedLeg)
    assert (leg.leg_id, leg.queue, leg.reason, leg.arrived_at) == (
        "7",
        "billing",
        "timeout",
        ARRIVED,
    )


def test_an_abandon_of_which_no_column_tells_when_has_an_unknown_wait_and_not_none() -> None:
    leg = _read(ABANDONED | {"left_at": "", "missed_offers": "2"})
    assert isinstance(leg, FinishedLeg)
    assert (leg.wait_unknown, leg.wait_ms, leg.left_at, leg.at) == (True, None, None, ARRIVED)
    assert (leg.arrived_at, leg.missed_offers) == (ARRIVED, 2)
    known = _read(ABANDONED)
    assert isinstance(known, FinishedLeg)
    assert not known.wait_unknown


@pytest.mark.parametrize("nothing", ["", "0", "0000-00-00 00:00:00", "NULL", "N/A", "-", "\\N"])
def test_a_time_of_nothing_is_no_time(nothing: str) -> None:
    row = ABANDONED | {"answered_at": nothing, "ended_at": nothing, "wrap_ended_at": nothing}
    assert _read(row | {"ended_at": "1970-01-01 02:00:00+02:00"}) == _read(ABANDONED)
    leg = _read(row | {"agent": "NULL", "wait_ms": "-", "caller": "\\N", "priority": "N/A"})
    assert leg == _read(ABANDONED)


@pytest.mark.parametrize(
    ("outcomes", "words", "outcome"),
    [
        ('"" = "abandoned"', ("", ""), "abandoned"),
        ('"" = "abandoned"', ("NULL", "-"), "abandoned"),
        ('"Src" = "abandoned"', ("Src", ""), "abandoned"),
        ('"Src" = "abandoned"', ("Src", "NULL"), "abandoned"),
        ('"Src" = "abandoned"', ("", "src"), "abandoned"),
        ('"Src -" = "exited/key"', ("Src", "-"), "exited"),
        ('"-" = "dropped"', ("-", ""), "dropped"),
    ],
)
def test_an_empty_word_is_a_word(outcomes: str, words: tuple[str, str], outcome: str) -> None:
    mapping = parse_mapping(f'[columns]\noutcome = ["Ended", "Changed"]\n[outcomes]\n{outcomes}')
    row = ABANDONED | {"Ended": words[0], "Changed": words[1]}
    leg = _read(row, mapping, f"{NAMES},Ended,Changed")
    assert isinstance(leg, FinishedLeg)
    assert leg.outcome == outcome


def test_the_mapping_names_more_cells_of_nothing() -> None:
    row = ABANDONED | {"answered_at": "nie", "agent": "Nie"}
    assert _read(row, parse_mapping('none = ["nie"]')) == _read(ABANDONED)
    with pytest.raises(RowError, match=r'^answered_at: "nie" is no time such as'):
        _read(row)


def test_a_date_joined_with_an_empty_clock_is_no_time() -> None:
    mapping = parse_mapping('[columns]\nanswered_at = ["Day", "Clock"]')
    row = ABANDONED | {"Day": "2010-08-01", "Clock": ""}
    assert _read(row, mapping, f"{NAMES},Day,Clock") == _read(ABANDONED)


@pytest.mark.parametrize("number", ["200", "0315550001", "031 555 0001"])
def test_a_refusal_does_not_quote_the_caller_from_another_column(number: str) -> None:
    for column in ("arrived_at", "outcome", "wait_ms", "priority"):
        with pytest.raises(RowError) as caught:
            _read(ANSWERED | {"caller": number, column: number, "wait_ms": "x"})
        assert number not in str(caught.value)


def test_a_wait_far_longer_than_the_times_of_a_call_back_is_the_platforms_own() -> None:
    leg = _read(
        ANSWERED | {"answered_at": "2010-08-01T07:00:02Z", "left_at": "", "wait_ms": "1080000"}
    )
    assert leg.wait_ms == 1_080_000


def test_a_refusal_names_the_column_of_the_file_and_what_it_read_there() -> None:
    mapping = parse_mapping('[columns]\noutcome = "Ergebnis"\nended_at = ["Tag", "Ende"]')
    names = f"{NAMES},Ergebnis,Tag,Ende"
    with pytest.raises(RowError, match=r'^outcome \(Ergebnis\): unknown word "besetzt"; known: '):
        _read(ANSWERED | {"Ergebnis": "besetzt"}, mapping, names)
    with pytest.raises(RowError, match=r'^ended_at \(Tag \+ Ende\): "1.8. 9h" is no time'):
        _read(ANSWERED | {"Ergebnis": "answered", "Tag": "1.8.", "Ende": "9h"}, mapping, names)


def test_the_callers_number_leaves_every_text_of_the_row() -> None:
    told = {"caller": "0315550001", "reason": "by 0315550001", "agent": "0315550001"}
    leg = _read(ABANDONED | told)
    assert "5550001" not in str(leg)


def test_a_queue_keeps_its_name_whoever_calls() -> None:
    leg = _read(ANSWERED | {"queue": "400", "caller": "400", "contact_id": "400"})
    assert (leg.queue, leg.contact_id) == ("400", caller_token(KEY, "400"))


def _made_ids(*rows: dict[str, str]) -> list[str]:
    return [leg.leg_id for leg in _without_ids(*rows)]


def _without_ids(*rows: dict[str, str]) -> list[FinishedLeg | Queued]:
    names = NAMES.removeprefix("leg_id,")
    mapping = Mapping()
    reader = LegReader(read_header(tuple(names.split(",")), mapping), mapping, KEY, "records:day")
    cells = ([row.get(name, "") for name in names.split(",")] for row in rows)
    return [reader.read(each, NOW) for each in cells]


def test_a_file_without_ids_gets_ones_that_its_next_export_gets_again() -> None:
    called = ABANDONED | {"caller": "5550001"}
    first = _made_ids(OPEN, called, called | {"caller": "5550002"}, called | {"queue": "faults"})
    assert len(set(first)) == 4
    assert _made_ids(ABANDONED, called) == first[:2]  # later the first has ended, too
    assert not any("5550001" in leg_id for leg_id in first)


def test_a_row_sent_again_after_a_change_of_key_is_the_same_leg() -> None:
    row = ANSWERED | {"caller": "0315550001", "agent": "0315550001", "leg_id": "x-0315550001"}
    later = key_from_secret(b"a new secret", ARRIVED + 1, KEY)
    assert _read(row, key=later) == _read(row)
    made = [_read(row, names=NAMES.removeprefix("leg_id,"), key=key) for key in (KEY, later)]
    assert made[0] == made[1]
    before = key_from_secret(b"a new secret", ARRIVED, KEY)
    leg, token = _read(row, key=before), caller_token(before, "0315550001")
    assert isinstance(leg, FinishedLeg)
    assert (leg.caller, leg.agent, leg.leg_id) == (token, token, f"x-{token}")
    rejected = ABANDONED | {"outcome": "transferred", "reason": "to 0315550001"}
    assert _read(rejected | {"caller": "0315550001"}, key=later) == _read(
        rejected | {"caller": "0315550001"}
    )


@pytest.mark.parametrize(
    ("caller", "made"),
    [
        ("5550001", "1ffdeea350f6c40761cbdd40"),
        ("Number withheld", "2d054af31ba6a3aaa7345ca8"),
        ("0", "22b1cda8a890b950bc98a8df"),
        ("+266696687", "10f0e92d32b0c0aacdb8876b"),
        ("2.78E+11", "6cc09d35edbf97f74bba3990"),
        ("Anonymous", "bf27c06181d89d3040861f0b"),
        ("", "bf27c06181d89d3040861f0b"),
    ],
)
def test_a_file_that_0_1_0_sent_has_the_same_ids_when_it_is_sent_again(
    caller: str, made: str
) -> None:
    """Calls of withheld numbers counted twice: that they are nobody had changed what their ids are made of."""
    assert _made_ids(ABANDONED | {"caller": caller}) == [made]
    cut = ABANDONED | {"caller": "5550001", "contact_id": "2.78E+11"}
    assert _made_ids(cut) == ["78ecd65cc70f1bf3860c3b65"]


def test_two_withheld_callers_of_one_second_stay_two() -> None:
    first, second = _made_ids(ABANDONED, ABANDONED)
    assert second == f"{first}-2"


@pytest.mark.parametrize("row", [ABANDONED, ANSWERED, OPEN])
def test_a_row_without_an_id_that_says_the_same_as_one_before_is_apart_and_marked(
    row: dict[str, str],
) -> None:
    other = row | {"caller": "5550001"}
    legs = _without_ids(row, other, row, row, row | {"topic": "power"})
    assert [leg.told_alike for leg in legs] == [False, False, True, True, False]
    assert len({leg.leg_id for leg in legs}) == 5


def test_a_row_with_an_id_is_never_marked() -> None:
    reader = LegReader(read_header(tuple(NAMES.split(",")), Mapping()), Mapping(), KEY, "records")
    cells = [ABANDONED.get(name, "") for name in NAMES.split(",")]
    assert [reader.read(cells, NOW).told_alike for _ in range(2)] == [False, False]


def test_an_empty_id_in_a_column_of_ids_is_refused() -> None:
    with pytest.raises(RowError, match=r"^leg_id is empty$"):
        _read(ANSWERED | {"leg_id": ""})


def _header(names: str, mapping: str = "") -> Header:
    return read_header(tuple(names.split(",")), parse_mapping(mapping))


def test_a_header_that_lacks_columns_names_them_and_what_it_has() -> None:
    with pytest.raises(HeaderError) as caught:
        _header("id,queue,start", '[columns]\nagent = "who"\n[skip]\nkind = "test"')
    assert str(caught.value) == (
        "the header lacks arrived_at, outcome, who, kind;"
        " it has: id, queue, start (other names: --mapping; `queuewatch mapping init` begins one)"
    )


def test_a_header_that_names_a_column_twice() -> None:
    foreign = _header("leg_id,queue,agent,Agent,arrived_at,result", '[columns]\noutcome = "result"')
    assert ("agent" in foreign.places, foreign.unread) == (False, ("agent",))
    with pytest.raises(HeaderError, match=r'^the header names "queue" twice, in columns 2 and 3: '):
        _header("leg_id,queue,Queue,arrived_at,outcome")
    header = _header("leg_id,queue,Queue,arrived_at,outcome", "[columns]\nqueue = 3")
    assert header.places["queue"] == (2,)


def test_a_column_that_nobody_reads_may_stand_there_twice() -> None:
    header = _header("leg_id,queue,note,note,arrived_at,outcome,,")
    assert header.places["arrived_at"] == (4,)


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("+31 555-0001", "315550001", "T"),
        ("in-315550001-7", "315550001", "in-T-7"),
        ("200", "200", "T"),
        ("PJSIP/200", "200", "PJSIP/200"),  # a short number inside of an id says nothing
        ("ada", "315550001", "ada"),
    ],
)
def test_an_id_that_is_or_holds_the_callers_number(text: str, number: str, expected: str) -> None:
    assert hides_caller(number, "T")(text) == expected


@pytest.mark.parametrize(
    ("word", "outcome"),
    [("Yes", "abandoned"), ("NO ann", "answered"), ("answered", "answered"), ("*", "")],
)
def test_a_word_may_be_known_by_its_beginning(word: str, outcome: str) -> None:
    mapping = parse_mapping('[outcomes]\n"no *" = "answered"\n"Y*" = "abandoned"')
    row = (ABANDONED if outcome == "abandoned" else ANSWERED) | {"outcome": word}
    if outcome:
        leg = _read(row, mapping)
        assert isinstance(leg, FinishedLeg)
        assert leg.outcome == outcome
    else:
        with pytest.raises(RowError, match="unknown word"):
            _read(row, mapping)


def test_an_empty_outcome_has_no_beginning() -> None:
    mapping = parse_mapping('[outcomes]\n"*" = "answered"')
    with pytest.raises(RowError, match="outcome is empty"):
        _read(ANSWERED | {"outcome": ""}, mapping)


def _as_said(number: str, text: str) -> str:
    """The rule of `hides_caller`, word by word: the text is the number, or holds it as it is written or bare."""
    bare = "".join(sign for sign in number if sign not in " ().-/+")
    if len(text) < len(bare):
        return text
    if "".join(sign for sign in text if sign not in " ().-/+") == bare:
        return "T"
    if sum(sign.isdigit() for sign in number) >= 6:
        text = text.replace(number, "T").replace(bare, "T")
    return text


@given(
    st.text("0123 -+.", min_size=1, max_size=9).filter(lambda text: text.strip(" ().-/+")),
    st.lists(st.text("0123 -+.a", max_size=4), max_size=3),
)
def test_a_number_is_hidden_wherever_it_stands(number: str, around: list[str]) -> None:
    hide = hides_caller(number, "T")
    bare = number.translate(str.maketrans("", "", " ().-/+"))
    for inner in (number, bare, "-".join(bare), f"{number} "):
        for text in (inner, inner.join(["", *around, ""]), "".join(around)):
            assert hide(text) == _as_said(number, text)


def test_another_column_stands_for_an_empty_cell() -> None:
    text = '[columns]\ncontact_id = "first"\ncaller = "number"\n[otherwise]\ncontact_id = "leg_id"\ncaller = "spare"'
    mapping, names = parse_mapping(text), f"{NAMES},first,number,spare"
    whole = ANSWERED | {"first": "c", "number": "0315550001", "spare": "0315550002"}
    bare = whole | {"first": "-", "number": ""}
    told = [_read(row, mapping, names) for row in (whole, bare, bare | {"spare": "n/a"})]
    assert [leg.contact_id for leg in told] == ["c", "7", "7"]
    assert [leg.caller for leg in told] == [
        caller_token(KEY, "0315550001"), caller_token(KEY, "0315550002"), "",
    ]  # fmt: skip


def test_a_refusal_does_not_quote_the_number_of_the_other_column() -> None:
    mapping = parse_mapping('[columns]\ncaller = "caller"\n[otherwise]\ncaller = "spare"')
    row = ANSWERED | {"spare": "200", "priority": "200", "direction": "200"}
    with pytest.raises(RowError, match='unknown word "…"'):
        _read(row, mapping, f"{NAMES},spare")


def test_a_file_without_the_other_column_is_refused() -> None:
    mapping = parse_mapping('[columns]\ncaller = "caller"\n[otherwise]\ncaller = "spare"')
    with pytest.raises(HeaderError, match="the header lacks spare"):
        read_header(tuple(NAMES.split(",")), mapping)


@pytest.mark.parametrize(
    ("caller", "contact_id", "made"),
    [
        ("Withheld", "c", ("c5ea40197c710d046df7ce1a", "d2b1f32e0d119e58e3c93020")),
        ("Number Withheld", "number-withheld", ("7b5e284760c15dc15c745395", "327e9f85b716cf57e17c5579")),
        ("0", "c", ("bbd347ee2592b5b616a71a1d", "2515625c64ce07d7823bde0a")),
        ("+266696687", "x-266696687", ("cf17ad9fa5cba3505138324c", "23492a035d9dc8fc7fafd744")),
        ("2.7115E+10", "c", ("4651d021199d6a05db9e9958", "e35af12d6bac772bdd429cd0")),
        ("2.7115E+10", "2.7115E+10", ("f5aa5e0f139ecd98b29729c9", "58d27cdb0b96983a343e505a")),
        ("0315550001", "1.5E+11", ("a4d31695a5141de723b415e1", "75f8395daffb403f572e8211")),
        ("Anonymous", "c", ("e2cbb3aa2d8f707a0360a2e3", "e2cbb3aa2d8f707a0360a2e3")),
        ("", "2.7E+10", ("c1d53d46d6631cf93b09ffa8", "c1d53d46d6631cf93b09ffa8")),
    ],
)  # fmt: skip
def test_what_names_nobody_changes_no_id_that_a_former_release_made(
    caller: str, contact_id: str, made: tuple[str, str]
) -> None:
    """These are the ids of the release before, which took such words for callers: with others the same file, sent again, would
    be counted twice. Under one key, and under a key that took its place before the call.
    """
    row, names = (
        ABANDONED | {"caller": caller, "contact_id": contact_id},
        NAMES.removeprefix("leg_id,"),
    )
    later = key_from_secret(b"a new secret", ARRIVED - 1, KEY)
    legs = [_read(row, names=names, key=key) for key in (KEY, later)]
    assert tuple(leg.leg_id for leg in legs) == made
    assert {bool(leg.caller) for leg in legs} == {caller == "0315550001"}
