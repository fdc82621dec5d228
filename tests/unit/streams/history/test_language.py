"""How each language writes figures and times; all of them have the same texts (tests/contract/test_report_languages.py)."""

import pytest

from schemas.owners import Language as Code
from streams.history.language import ENGLISH, language_of
from tests.support.builders import MONDAY

ISOLATED = "\u2066{}\u2069"


@pytest.mark.parametrize(
    ("code", "number", "share", "change"),
    [
        ("en", "12,345.5", "86.1 %", "+0.5"),
        ("id", "12.345,5", "86,1%", "+0,5"),
        ("zu", "12,345.5", "86.1%", "+0.5"),
        ("ar", "12,345.5", ISOLATED.format("86.1%"), ISOLATED.format("+0.5")),
    ],
)
def test_figures_have_the_same_digits(code: Code, number: str, share: str, change: str) -> None:
    language = language_of(code)
    assert language.number(12_345.5, 1) == number
    assert language.percent(0.861) == share
    assert language.points(0.5, signed=True) == change
    assert language.percent(None) == "–"


def test_a_figure_is_rounded_as_the_table_of_history_rounds_it() -> None:
    for share in (0.0005, 0.00049999, 0.8615, 0.12345, 0.99995):
        assert ENGLISH.percent(share) == f"{share * 100:.1f} %"
    assert [ENGLISH.seconds(value) for value in (20.0, 5.001, 0.0)] == ["20", "5.001", "0"]


def test_times_are_said_in_the_language() -> None:
    at = MONDAY + 34_200_000
    assert ENGLISH.moment(at, "UTC") == "Mon 2 Mar 09:30"
    assert language_of("id").moment(at, "UTC") == "Sen 2 Mar 09.30"
    assert language_of("zu").period("month", MONDAY, "UTC") == "Mashi 2026"
    assert language_of("ar").period("month", MONDAY, "UTC") == "مارس 2026"
    assert ENGLISH.period("week", MONDAY, "UTC") == "Week 10, Mon 2 Mar 2026 to Sun 8 Mar 2026"
    assert [ENGLISH.weekday(day) for day in (1, 7)] == ["Mon", "Sun"]


def test_a_name_is_kept_apart_where_writing_runs_from_the_right() -> None:
    assert ENGLISH.name("cards\n") == "cards\\n"
    assert language_of("ar").name("cards") == "\u2068cards\u2069"
    assert language_of("ar").name("") == ""


def test_rules_of_alerts_have_the_words_of_messages() -> None:
    assert ENGLISH.rules("no_such_rule") == "no_such_rule"
    assert "oldest_wait" not in ENGLISH.rules("oldest_wait, abandonment")


def test_a_number_of_seconds_has_the_unit_of_the_language() -> None:
    said = [language_of(code).in_seconds(184.254) for code in ("en", "id", "zu")]
    assert said == ["184.254 s", "184,254 dtk", "184.254 sec"]
    assert "184.254 ث" in language_of("ar").in_seconds(184.254)
