"""What is said of one alert, and what is said where its parts are missing or strange."""

import pytest

from schemas.owners import Language
from streams.messages.sentences import (
    cost,
    is_past_limit,
    next_step,
    over,
    sentence,
    title,
    who_has_it,
)
from streams.messages.told import Told
from streams.messages.words import words_of
from tests.support.golden_messages import LANGUAGES
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
    assert title(alert, EN, "Leaks").endswith("(limit 70 %); within the limit again")
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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "rule",
    ["nobody_signed_in", "understaffed", "no_calls", "surge", "late_calls_left", "agents_on_one_reason",
     "service_level_burn"],
)  # fmt: skip
def test_one_that_is_calm_is_not_said_to_go_on_as_bad(rule: str, language: Language) -> None:
    """Its value may still be beyond its limit: nobody waits any more, or another window is calm."""
    words = words_of(language)
    calm = told(rule, value="40", threshold="2", also={"calm": "true", "minutes": "15"})
    bad = told(rule, value="40", threshold="2", also={"minutes": "15"})
    assert not is_past_limit(calm)
    said = title(calm, words, "Leaks")
    assert said != title(bad, words, "Leaks")
    assert words.eased not in said
    if words.rules[rule].sentence:
        assert sentence(calm, words) == title(calm, words, "Burst pipes")
    else:
        assert calm.annotations["summary"] in sentence(calm, words)
    for each in (said, sentence(calm, words)):
        assert each.startswith(f"{words.ending}: ")
    assert words.ending not in title(bad, words, "Leaks") + sentence(bad, words)


def test_late_calls_say_of_which_minutes_they_are_and_where_none_was_counted() -> None:
    fifteen = {"calm": "true", "minutes": "15"}
    calm = told("service_level_burn", value="0.25", threshold="2", n="12", also=fifteen)
    assert title(calm, EN, "Leaks") == (
        "Ending: Leaks: 0.2 times as many late calls as the goal allows in the last 15 minutes (12 calls)"
    )
    few = told("service_level_burn", value="0.03", threshold="2", n="120", also=fifteen)
    assert "Leaks: <0.1 times as many late calls" in title(few, EN, "Leaks")
    assert "<0,1 kali" in title(few, ID, "Leaks")
    none = told("service_level_burn", value="0", threshold="2", n="12", also=fifteen)
    assert title(none, EN, "Leaks") == "Ending: Leaks: no late call among 12 in the last 15 minutes"
    empty = told("service_level_burn", value="0", threshold="2", n="0", also=fifteen)
    assert title(empty, EN, "Leaks") == "Ending: Leaks: no call was counted in the last 15 minutes"
    former = told("service_level_burn", value="4", threshold="2", also={"calm": "true"})
    assert title(former, EN, "Leaks") == f"Ending: {former.annotations['summary']}"


def test_a_rule_that_cannot_be_asked_any_more_says_so_and_no_figure() -> None:
    why = {"calm": "true", "not_evaluated": "no agents reported", "summary": "Leaks: not evaluated"}
    blind = told("nobody_signed_in", value="0", threshold="30", n="0", also=why)
    for words in (EN, ID, AR):
        assert "Leaks: not evaluated" in title(blind, words, "Leaks")
        assert title(blind, words, "Leaks") == sentence(blind, words)


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
