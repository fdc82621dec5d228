"""Numbers that stand for words: each its own, and none that a figure could be."""

from dashboards.grafana import look
from schemas.attention import LEVELS
from schemas.goal import FEW_CALLS


def test_the_worse_a_state_the_higher_its_code() -> None:
    codes = [look.STATE_CODES[level] for level in LEVELS]
    assert codes == sorted(codes, reverse=True)
    assert set(look.STATE_WORDS) == {*codes, look.NO_LIVE_DATA_CODE}
    assert max(codes) < look.NO_LIVE_DATA_CODE


def test_every_state_is_a_word_and_only_good_is_green() -> None:
    (words,) = look.state_words()
    shown = {each.text: each.color for each in words.options.values()}  # type: ignore[union-attr]
    assert set(shown) == {"NO GOAL", "CLOSED", "OK", "WATCH", "ACT", "NO LIVE DATA"}
    assert [word for word, colour in shown.items() if colour == look.GOOD] == ["OK"]


def test_few_calls_is_a_word_in_place_of_a_number_that_no_difference_can_be() -> None:
    (words,) = look.few_calls()
    assert {
        code: (each.text, each.color)
        for code, each in words.options.items()  # type: ignore[union-attr]
    } == {str(look.FEW_CODE): (FEW_CALLS, look.QUIET)}
    assert not -1 <= look.FEW_CODE <= 1
