"""A mapping guessed from somebody else's columns."""

from collections.abc import Sequence

import pytest

from producers.records.guess import Guess, delimiter_of, guess, known_header
from producers.records.mapping import parse_mapping
from producers.records.mapping_text import mapping_text

GERMAN = ("Datum", "Beginn", "Warteschlange", "Rufnummer", "Angenommen", "Verlassen", "Ergebnis")
ROWS = [
    ("31.03.2026", "09:00:00", "Störung", "5550001", "31.03.2026 09:00:05", "", "angenommen"),
    ("31.03.2026", "09:01:00", "Störung", "5550002", "", "31.03.2026 09:01:40", "Aufgelegt"),
    ("31.03.2026", "09:02:00", "Störung", "", "", "", "Fax"),
]


def test_a_german_export_becomes_a_mapping_that_reads() -> None:
    found = guess(GERMAN, ROWS, ";")
    assert (found.unknown, found.missing, found.is_local) == ({"Fax": 1}, (), True)
    text = mapping_text(found, "x.csv", "cp1252", "Europe/Berlin")
    mapping = parse_mapping(text)
    assert mapping.columns == {
        "queue": "Warteschlange", "caller": "Rufnummer", "arrived_at": ["Datum", "Beginn"],
        "answered_at": "Angenommen", "left_at": "Verlassen", "outcome": "Ergebnis",
    }  # fmt: skip
    assert mapping.outcomes == {"angenommen": "answered", "Aufgelegt": "abandoned"}
    assert (mapping.delimiter, mapping.encoding) == (";", "cp1252")
    assert (mapping.time_format, mapping.time_zone) == ("%d.%m.%Y %H:%M:%S", "Europe/Berlin")
    assert '# "Fax" = "?"   # 1 rows, refused' in text
    assert "no leg_id" in text


def test_what_is_not_found_is_named_and_never_invented() -> None:
    found = guess(("when", "team"), [("soon", "red")], ",")
    assert (found.columns, found.missing) == ({}, ("queue", "arrived_at", "outcome"))
    text = mapping_text(found, "bad\nname.csv", "utf-8", "UTC")
    assert parse_mapping(text).columns == {}
    assert '# queue = "?"' in text


@pytest.mark.parametrize(
    ("text", "time_format", "other", "is_local"),
    [
        ("2026-03-31T09:00:00Z", "iso", "", False),
        ("2026-03-31 09:00:00", "iso", "", True),
        ("1774947600", "epoch_s", "", False),
        ("1774947600123", "epoch_ms", "", False),
        ("05-Mar-2026 1:05:10 PM", "%d-%b-%Y %I:%M:%S %p", "", True),
        ("Mar 12, 2025 9:00:10 AM", "%b %d, %Y %I:%M:%S %p", "", True),
        ("May 12, 2025, 9:00 AM", "%b %d, %Y, %I:%M %p", "", True),
        ("31.03.2026, 09:00", "%d.%m.%Y, %H:%M", "", True),
        ("1774947600.5", "epoch_s", "", False),
        ("03/31/2026 09:00 PM", "%m/%d/%Y %I:%M %p", "", True),
        ("03/04/2026 09:00", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", True),
    ],
)
def test_times(text: str, time_format: str, other: str, is_local: bool) -> None:
    found = guess(("start",), [(text,)], ",")
    assert (found.time_format, found.other_format, found.is_local) == (
        time_format, other, is_local,
    )  # fmt: skip


def test_cells_of_nothing_say_nothing_of_times_and_durations() -> None:
    found = guess(
        ("start", "queue", "wait", "waits"),
        [("1774947600", "q", "7", "7"), ("0", "q", "", "NULL")],
        ",",
    )
    assert (found.time_format, found.columns["wait_ms"]) == ("epoch_s", "waits")


def test_an_empty_outcome_is_a_word_that_a_person_gives_a_meaning() -> None:
    found = guess(("status",), [("answered",), ("",)], ",")
    assert found.unknown == {"": 1}
    assert '# "" = "?"   # 1 rows, refused' in mapping_text(found, "x.csv", "utf-8", "UTC")


def test_times_of_no_known_form_must_be_named() -> None:
    found = guess(("start",), [("Tuesday",)], ",")
    assert found.missing == ("time_format", "queue", "outcome")
    assert '# time_format = "?"' in mapping_text(found, "x.csv", "utf-8", "UTC")


@pytest.mark.parametrize(
    ("name", "texts", "unit"),
    [
        ("WaitSeconds", ("7", "12.5"), "s"),
        ("wait_ms", ("7000",), "ms"),
        ("Wait time", ("7", "0.5"), "s"),
        ("wait_time", ("0.00034722222222", "0"), "days"),
        ("Wartezeit", ("00:07", "1m 12s"), None),
    ],
)
def test_the_unit_of_durations(name: str, texts: tuple[str, ...], unit: str | None) -> None:
    found = guess((name,), [(text,) for text in texts], ",")
    assert (found.columns["wait_ms"], found.durations) == (name, unit)
    text = mapping_text(found, "x.csv", "utf-8", "UTC")
    assert parse_mapping(text).durations == unit


def test_what_is_no_duration_and_a_second_unit_are_left_to_people() -> None:
    long = guess(("Wartezeit",), [("lang",)], ",")
    assert ("wait_ms" in long.columns, long.not_taken) == (
        False, {"wait_ms": 'Wartezeit: no durations, such as "lang"'},
    )  # fmt: skip
    found = guess(("wait_ms", "TalkSeconds"), [("7000", "60")], ",")
    assert ("talk_ms" in found.columns, found.durations) == (False, "ms")


def test_a_column_of_numbers_or_of_many_words_is_no_outcome() -> None:
    assert "outcome" in guess(("status",), [("5550001",)], ",").missing
    assert "outcome" in guess(("status",), [(f"w{n}",) for n in range(40)], ",").missing


@pytest.mark.parametrize(
    ("header", "sign"), [("a;b;c", ";"), ("a\tb", "\t"), ("a,b;c,d", ","), ("a", ",")]
)
def test_the_delimiter(header: str, sign: str) -> None:
    assert delimiter_of(header) == sign


def test_the_header_stands_below_titles() -> None:
    names = ("Queue", "Start", "Status")
    assert known_header([("Report",), ("From: 1 To: 2",), names]) == (2, True)
    assert known_header([names, names]) == (0, True)
    assert known_header([("when", "team"), ("soon", "red")]) == (0, False)
    # a row of calls is no header
    assert known_header([("when", "team", "n"), ("agent", "answered", "5550190")]) == (0, False)
    assert known_header([]) == (0, False)


def test_totals_and_repeated_headers_say_nothing_of_times_and_words() -> None:
    names = ("queue", "start", "status")
    rows = [("q", "2026-03-31T09:00:00Z", "answered"), names, ("Total", "", "1")]
    found = guess(names, rows, ",")
    assert (found.time_format, found.unknown, found.missing) == ("iso", {}, ())


def test_a_column_whose_name_stands_there_twice_is_named_by_its_number() -> None:
    found = guess(("id", "Queue", "note", "note", "queue"), [("1", "q", "", "", "r")], ",")
    assert found.columns == {"leg_id": "id", "queue": 2}
    assert "queue = 2" in mapping_text(found, "x.csv", "utf-8", "UTC")


@pytest.mark.parametrize("cell", ["Yes", "no", "3", "TRUE"])
def test_a_column_of_yes_and_no_or_of_counts_is_no_time(cell: str) -> None:
    names = ("Start", "Answered", "Connected")
    found = guess(names, [("2025-03-12 10:00:00", cell, "2025-03-12 10:00:09")], ",")
    assert (found.columns["arrived_at"], found.columns["answered_at"]) == ("Start", "Connected")
    assert "answered_at" not in guess(names[:2], [("2025-03-12 10:00:00", cell)], ",").columns


def test_an_id_that_repeats_in_many_rows_is_that_of_the_call() -> None:
    names = ("Call ID", "Queue", "Start", "Status")
    rows = [(str(n // 2), f"q{n}", "2025-03-12 10:00:00", "answered") for n in range(40)]
    found = guess(names, rows, ",")
    assert (found.repeated_id, found.repeated) == ("Call ID", 20)
    assert found.columns["contact_id"] == "Call ID"
    text = mapping_text(found, "x.csv", "utf-8", "UTC")
    assert "leg_id" not in parse_mapping(text).columns
    assert "# leg_id: not Call ID, which repeats in 20 rows; each stay" in text


def test_an_id_that_repeats_in_few_rows_or_in_the_same_row_twice_stays() -> None:
    names = ("Call ID", "Queue", "Start", "Status")
    rows = [(str(n), "q", "2025-03-12 10:00:00", "answered") for n in range(40)]
    for more in ([("1", "p", "2025-03-12 10:00:00", "answered")], rows):
        assert guess(names, [*rows, *more], ",").columns["leg_id"] == "Call ID"


def test_the_columns_are_listed_where_a_person_must_name_one() -> None:
    text = mapping_text(guess(("when", "0315550001"), [("soon", "x")], ","), "x", "utf-8", "UTC")
    assert "# The columns of the file:\n#   1 when\n#   2 …\n" in text
    whole = guess(("Queue", "Start", "Status"), [("q", "2025-03-12 10:00:00", "answered")], ",")
    assert "columns of the file" not in mapping_text(whole, "x", "utf-8", "UTC")


def test_a_queue_time_in_seconds_is_a_wait_and_no_arrival() -> None:
    names = ("Queue", "Action Date/Time", "Queue Time", "End Reason")
    found = guess(names, [("q", "2025/03/12 10:00:00", "12", "abandon")], ",")
    assert (found.columns["arrived_at"], found.columns["wait_ms"]) == (names[1], names[2])
    assert (found.durations, found.missing) == ("s", ())


def test_a_queue_time_as_a_clock_is_a_wait_and_no_arrival() -> None:
    names = ("Queue Time", "Start Time", "End Time", "CSQ Name", "Contact Disposition")
    row = ("0:00:10", "11/25/25 9:00:00 AM", "11/25/25 9:02:00 AM", "Sales", "Handled")
    found = guess(names, [row], ",")
    assert (found.columns["arrived_at"], found.columns["wait_ms"]) == ("Start Time", "Queue Time")
    assert found.missing == ()


def test_an_end_soon_after_midnight_is_a_clock_that_has_the_date_of_the_row() -> None:
    names = ("Row Date", "Start Time", "End Time", "Queue", "Status")
    found = guess(names, [("25/11/2025", "23:59:50", "00:00:30", "Sales", "abandoned")], ",")
    assert found.columns["arrived_at"] == ["Row Date", "Start Time"]
    assert found.columns["ended_at"] == ["Row Date", "End Time"]


def test_the_key_of_an_object_that_was_null_is_no_column() -> None:
    found = guess(
        ("Queue.Name", "Agent.Username", "Queue", "Agent"), [("Sales", "jane", "", "")], ","
    )
    assert (found.columns["queue"], found.columns["agent"]) == ("Queue.Name", "Agent.Username")


def test_one_spoilt_cell_hides_no_column() -> None:
    names = ("Datum", "Beginn", "Queue", "Verlassen", "Wartezeit", "Ergebnis")
    rows = [
        ("30.11.2025", "09:00:00", "q", "30.11.2025 09:00:05", "00:05", "angenommen"),
        ("31.11.2025", "09:xx:00", "q", "31.11.2025 09:00:05", "Ø 0:15", "angenommen"),
        ("29.11.2025", "09:00:00", "q", "29.11.2025 09:00:05", "00:05", "angenommen"),
    ]
    found = guess(names, [*rows, ("Gesamt", "", "3", "", "", "")], ";")
    assert found.columns == {
        "queue": "Queue", "arrived_at": ["Datum", "Beginn"], "left_at": "Verlassen",
        "outcome": "Ergebnis", "wait_ms": "Wartezeit",
    }  # fmt: skip
    assert (found.time_format, found.unknown) == ("%d.%m.%Y %H:%M:%S", {})
    assert (
        "# time_format: %d.%m.%Y %H:%M:%S reads 2 of 3 times that were looked at"
        in mapping_text(found, "x.csv", "utf-8", "UTC")
    )


def test_another_column_of_times_has_a_format_of_its_own_or_holds_no_times() -> None:
    names = ("Queue", "Start", "Answered", "End", "Status")
    rows = [("q", "2025-03-12 10:00:00", "12.03.2025 10:00", "00:12", "answered")]
    found = guess(names, rows, ",")
    assert found.time_formats == {"answered_at": "%d.%m.%Y %H:%M"}
    assert found.not_taken == {"ended_at": 'End: no times, such as "00:12"'}
    text = mapping_text(found, "x.csv", "utf-8", "UTC")
    assert parse_mapping(text).time_formats == found.time_formats
    assert '# ended_at: not End: no times, such as "00:12"' in text


def test_an_impossible_time_alone_in_its_column_is_a_time_all_the_same() -> None:
    rows = [("2025-03-12 10:00:00", ""), ("2025-03-12 10:01:00", "2025-02-30 10:01:00")]
    assert guess(("Start", "End"), rows, ",").columns["ended_at"] == "End"


def test_a_number_that_may_be_two_hides_no_column_and_breaks_nothing() -> None:
    found = guess(("Wait time",), [("5",), ("7",), ("1,200",), ("7",)], ",")
    assert (found.columns["wait_ms"], found.durations) == ("Wait time", "s")


@pytest.mark.parametrize(
    ("cells", "is_taken"),
    [
        (("12,5", "1.083"), False),
        (("5", "61", "1.083"), False),
        (("5.25", "1.083"), True),
        (("1.083", "2.100"), True),
        (("5", "0.347"), True),
        (("0:05", "1.083"), True),
    ],
)
def test_a_point_that_may_be_one_of_thousands_is_left_to_people(
    cells: tuple[str, ...], is_taken: bool
) -> None:
    found = guess(("Wait time",), [(cell,) for cell in cells], ";")
    assert ("wait_ms" in found.columns, not found.not_taken) == (is_taken, is_taken)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("Cola", "Inicio", "Contestada", "Estado"), ("Contestada", "Abandonada")),
        (("File d'attente", "Début", "Réponse", "Statut"), ("Répondu", "Abandonné")),
        (("Coda", "Inizio", "Risposta", "Stato"), ("Risposta", "Abbandonata")),
    ],
)
def test_names_and_words_of_other_languages(names: tuple[str, ...], words: tuple[str, str]) -> None:
    rows = [("q", "13/03/2026 09:00:00", "13/03/2026 09:00:05", word) for word in words]
    found = guess(names, rows, ";")
    assert list(found.columns) == ["queue", "arrived_at", "answered_at", "outcome"]
    assert (found.outcomes, found.unknown) == ({words[0]: "answered", words[1]: "abandoned"}, {})


def test_calls_of_agents_do_not_become_callers_who_waited() -> None:
    names = ("Call ID", "Queue", "Call Type", "Call Status", "Start Time (UTC)", "Wait Time (sec)")
    rows = [
        (str(n), "Sales", way, "Completed", f"2026-03-02 09:{n:02}:00", "7")
        for n, way in enumerate(("Incoming", "Outgoing") * 5)
    ]
    found = guess(names, rows, ",")
    assert found.columns == {
        "leg_id": "Call ID", "queue": "Queue", "direction": "Call Type", "outcome": "Call Status",
        "arrived_at": "Start Time (UTC)", "wait_ms": "Wait Time (sec)",
    }  # fmt: skip
    assert (found.zone, found.durations) == ("UTC", "s")
    text = mapping_text(found, "x.csv", "utf-8", "Africa/Johannesburg")
    assert parse_mapping(text).time_zone == "UTC"


def test_a_column_that_only_mentions_outbound_is_a_question() -> None:
    names = ("Queue", "Start", "Status", "Method")
    rows = [
        ("Sales", f"2026-03-02 09:{n:02}:00", "Answered", method)
        for n, method in enumerate(("TRANSFER", "OUTBOUND", "API"))
    ]
    found = guess(names, rows, ",")
    assert "direction" not in found.columns
    assert '# direction: "Method" says "OUTBOUND"' in mapping_text(found, "x.csv", "utf-8", "UTC")


@pytest.mark.parametrize(
    ("words", "taken", "unknown"),
    [
        (("Open", "Closed"), "Result", {"Erfolgreich": 5, "Niemand": 5}),  # of tickets
        (("Answered", "Abandoned"), "Status", {}),
    ],
)
def test_a_column_of_known_words_goes_first_only_if_it_tells_answers(
    words: tuple[str, str], taken: str, unknown: dict[str, int]
) -> None:
    rows = [
        ("Sales", f"2026-03-02 09:{n:02}:00", ("Erfolgreich", "Niemand")[n % 2], words[n % 2])
        for n in range(10)
    ]
    found = guess(("Queue", "Start", "Result", "Status"), rows, ",")
    assert (found.columns["outcome"], found.unknown) == (taken, unknown)
    said = "Result: no word in it is known for answered; if it says how calls ended, name it"
    assert found.not_taken == ({"outcome": said} if taken == "Status" else {})


def _clocks(start: str, other: str, clocks: Sequence[str], others: Sequence[str]) -> Guess:
    rows = [("Sales", "2026-03-02", *pair, "Answered") for pair in zip(clocks, others, strict=True)]
    return guess(("Queue", "Date", start, other, "Status"), rows, ",")


def test_decimals_of_a_speed_of_answer_are_no_clocks() -> None:
    """12.50 seconds were half past twelve."""
    colons, seconds = ("09:01:00", "09:02:00", "10:03:00"), ("12.50", "3.10", "7.45")
    found = _clocks("Start Time", "Answer Time", colons, seconds)
    assert found.columns["arrived_at"] == ["Date", "Start Time"]
    assert "answered_at" not in found.columns
    assert found.not_taken == {"answered_at": 'Answer Time: no times, such as "12.50"'}
    found = _clocks("Start Time", "Queue Time", colons, seconds)
    assert found.columns["arrived_at"] == ["Date", "Start Time"]
    assert found.columns["wait_ms"] == "Queue Time"


def test_decimals_beside_whole_times_of_arrival_are_no_clocks() -> None:
    whole = [f"2026-03-02 09:0{n}:00" for n in range(3)]
    found = _clocks("Start Time", "Answer Time", whole, ("12.50", "3.10", "7.45"))
    assert found.not_taken == {"answered_at": 'Answer Time: no times, such as "12.50"'}


def test_clocks_with_a_point_are_clocks_where_calls_arrive_so() -> None:
    found = _clocks("Start", "Answer Time", ("9.01", "9.02", "10.03"), ("9.01", "9.03", "10.03"))
    assert found.columns["answered_at"] == ["Date", "Answer Time"]
    found = _clocks(
        "Start", "Answer Time", ("09:01", "09:02", "10:03"), ("09.01", "09.03", "10.03")
    )
    assert found.columns["answered_at"] == ["Date", "Answer Time"]


def test_a_column_of_directions_that_only_its_cells_tell_is_a_question() -> None:
    rows = [
        ("Sales", f"2026-03-02 09:{n:02}:00", "Answered", ("In", "Out")[n % 2]) for n in range(4)
    ]
    for name, said in (("Ended by", True), ("Direction", False)):
        found = guess(("Queue", "Start", "Status", name), rows, ",")
        assert found.columns["direction"] == name
        text = mapping_text(found, "x.csv", "utf-8", "UTC")
        assert ('# direction: "Ended by" is taken by its cells alone' in text) is said
