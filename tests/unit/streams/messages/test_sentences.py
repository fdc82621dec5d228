"""What is said of one alert, and what is said where its parts are missing or strange."""

import pytest

from schemas.owners import Language
from streams.core.rule_catalogue import RULES
from streams.messages.sentences import (
    FALLS_UNDER,
    cost,
    next_step,
    over,
    sentence,
    title,
    who_has_it,
)
from streams.messages.told import Told
from streams.messages.words import words_of
from tests.support.told import STARTED, told

EN, ID, AR = words_of("en"), words_of("id"), words_of("ar")


def test_english_takes_the_sentence_of_the_stream_and_other_languages_make_theirs() -> None:
    alert = told("waiting_per_agent", value="1.75", threshold="0.5", n="7", also={"summary": "It."})
    assert sentence(alert, EN) == "It."
    assert sentence(alert, ID) == (
        "Burst pipes: 7 penelepon menunggu, 1,75 untuk tiap agen yang menerima panggilan (batas 0,5)"
    )


def test_callers_who_are_perhaps_gone_are_said_to_be() -> None:
    assert sentence(told(doubtful=True), ID).endswith(f"({ID.doubtful})")


def test_an_alert_that_fires_on_within_its_limit_says_so() -> None:
    alert = told("understaffed", value="1", threshold="0.7", also={"summary": "Enough again."})
    assert sentence(alert, EN) == "Enough again."
    assert title(alert, EN, "Leaks").endswith("(limit 70%); within the limit again")
    for words in (ID, AR):
        assert sentence(alert, words).endswith(words.eased)
    assert title(told(value="5"), EN, "Leaks").endswith(
        "the oldest for 5s (limit 2m); within the limit again"
    )
    for past in (
        told(),
        told(value="120"),
        told(value=""),
        told("understaffed", value="0.1", threshold="0.7"),
    ):
        assert EN.eased not in title(past, EN, "Leaks")


def test_which_rules_fire_under_their_limit_is_as_their_examples_have_it() -> None:
    under = {
        rule.name for rule in RULES if rule.example and rule.example.value < rule.example.threshold
    }
    assert under == FALLS_UNDER


@pytest.mark.parametrize("lacking", [{"value": ""}, {"value": "much"}, {"n": "1.5"}])
def test_without_figures_it_is_the_english_sentence(lacking: dict[str, str]) -> None:
    alert = told(also={"summary": "Burst pipes: trouble"} | lacking)
    assert sentence(alert, ID) == title(alert, ID, "Burst pipes") == "Burst pipes: trouble"


def test_a_name_of_another_direction_keeps_its_order() -> None:
    assert sentence(told(), AR).startswith("\u2068Burst pipes\u2069: ")
    assert over(told(), AR, "Burst pipes").startswith("انتهى: \u2068Burst pipes\u2069: ")


def test_an_alert_without_a_sentence_has_its_name() -> None:
    alert = Told({"alertname": "PipelineDown"}, {}, True, STARTED, None)
    assert title(alert, EN, "") == sentence(alert, EN) == "PipelineDown"


@pytest.mark.parametrize(
    "free", ["", "[]", "{}", "two", '[["Leaks", 2]]', '[[1, "a"], [2]]', '{"a": 1}']
)
def test_what_is_no_list_of_free_agents_says_nothing(free: str) -> None:
    assert next_step(told(also={"free_agents": free}), EN) == ""


def test_braces_in_a_name_are_a_name() -> None:
    alert = told(name="{n} {0} {{x}}", also={"free_agents": '[[1,"{queue}"]]'})
    assert title(alert, EN, "{n} {0} {{x}}").startswith("{n} {0} {{x}}: 4 waiting")
    assert next_step(alert, EN) == "Free agents: 1 of {queue}"


def test_a_cost_is_said_where_both_were_counted() -> None:
    assert cost(told(), EN) == ""
    assert cost(told(also={"late_calls": "1"}), EN) == ""
    assert cost(told(also={"late_calls": "-1", "abandoned": "0"}), EN) == ""
    assert cost(told(also={"late_calls": "0", "abandoned": "0"}), EN) == "cost: 0 late, 0 hung up"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Nobody has it; told first: duty"),
        ("id", "Belum ada yang menangani; yang pertama diberi tahu: duty"),
        ("ar", "لم يتولَّ أحد الأمر بعد؛ أُبلغ أولًا: \u2068duty\u2069"),
        ("zu", "Akekho okuphethe; owaziswe kuqala: duty"),
    ],
)
def test_that_it_went_on_to_others_is_said_in_each_language(language: Language, said: str) -> None:
    words = words_of(language)
    assert who_has_it(told(also={"told_first": "duty"}), words) == said
    both = told(also={"told_first": "duty", "acknowledged_by": "ann"})
    assert "duty" not in who_has_it(both, words)
    assert who_has_it(told(), words) == ""
