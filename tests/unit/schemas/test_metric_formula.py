from fractions import Fraction

import pytest

from schemas.counters import COUNTER, reported_as
from schemas.metric_formula import (
    DEEPEST,
    LEGS,
    LONGEST,
    MOST_OPERATIONS,
    OPERANDS,
    PLAIN,
    FormulaError,
    check_unit,
    holds,
    in_words,
    limit_of,
    operand,
    read_condition,
    read_formula,
    unit_of,
    value_of,
)

SUMS = {
    name: Fraction(n)
    for name, n in (("offered", 10), ("answered", 7), ("abandoned", 3), ("rejected", 0), ("answer_wait_s", 21), ("missed_offers", 4))
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("answered / offered", Fraction(7, 10)),
        ("1 - answered / offered", Fraction(3, 10)),
        ("answered - abandoned - abandoned", 1),  # from the left
        ("offered / answered / abandoned", Fraction(10, 21)),
        ("offered - 0.5 * answered", Fraction(13, 2)),
        ("( offered-answered )/offered", Fraction(3, 10)),
        ("answer_wait_s / answered", 3),
        ("offered / rejected", None),
        ("1 / (offered / rejected)", None),
        ("0.1 * offered + 0.2 * offered", 3),  # exact: of floats it is 3.0000000000000004
    ],
)
def test_values(text: str, value: Fraction | None) -> None:
    assert value_of(read_formula(text).steps, SUMS) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "character 1: expected a counter, a number or (, got the end"),
        ("answered /", "character 11: expected a counter, a number or (, got the end"),
        ("(answered", "character 10: expected ), got the end"),
        ("answered) / offered", 'character 9: expected + - * / or the end, got ")"'),
        ("answered offered", 'character 10: expected + - * / or the end, got "offered"'),
        ("answered ** 2", 'character 11: expected a counter, a number or (, got "*"'),
        ("answered // offered", 'character 11: expected a counter, a number or (, got "/"'),
        ("-answered", 'character 1: expected a counter, a number or (, got "-"'),
        ("=answered", 'character 1: expected a counter, a number or (, got "="'),
        ("1e9 * answered", "character 1: a number has at most 9 digits"),
        ("0x10 * answered", "character 1: a number has at most 9 digits"),
        ("9999999999 * answered", "character 1: a number has at most 9 digits"),
        ("2", "names no counter"),
        ("offered + 1", "character 9: legs and a plain number cannot be added"),
        ("offered - answer_wait_s", "character 9: legs and s cannot be subtracted"),
        ("offered + missed_offers", "legs and offers cannot be added"),
        ("offered / (2 - 2)", "character 9: division by 0"),
        ("offered / 0", "character 9: division by 0"),
        ("abandoned_short / offered", 'character 1: there is no counter "abandoned_short" (near: short_abandoned)'),
        ("answered_in_0_s", 'there is no counter "answered_in_0_s"'),
        ("__class__", 'there is no counter "__class__"'),
        ("offered.real", 'expected + - * / or the end, got "."'),
        ("<b>offered</b>", 'got "<"'),
        ("offered + \u0663", 'got "\u0663"'),  # a digit, but none that we read
        ("offered\u00a0+ answered", 'got "\\xa0"'),
        ("offered \x1b", 'got "\\x1b"'),
    ],
)  # fmt: skip
def test_what_is_no_formula_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(FormulaError) as error:
        read_formula(text)
    assert said in str(error.value)
    assert str(error.value).isprintable()


def test_an_unknown_counter_says_which_there_are() -> None:
    with pytest.raises(FormulaError) as error:
        read_formula("offered / calls")
    assert all(name in str(error.value) for name in (*OPERANDS, "answered_in_N_s"))
    assert error.value.at == len("offered / ")


def test_hostile_texts_end_at_a_limit() -> None:
    deep = "(" * DEEPEST + "offered" + ")" * DEEPEST
    assert value_of(read_formula(deep).steps, SUMS) == 10
    many = "offered" + "+rejected" * 30
    for text, said in (
        ("(" + deep + ")", "within each other"),
        ("(" * LONGEST, "within each other"),
        ("offered" + " " * LONGEST, f"at most {LONGEST}"),
        ("offered" + "*9" * (MOST_OPERATIONS + 1), f"more than {MOST_OPERATIONS} operations"),
        ("9" * LONGEST, "at most 9 digits"),
    ):
        with pytest.raises(FormulaError, match=said.replace("(", r"\(")):
            read_formula(text)
    assert value_of(read_formula(many).steps, SUMS) == 10


def test_every_counter_can_be_named_by_the_name_that_reports_have() -> None:
    for name in COUNTER:
        assert read_formula(reported_as(name)).names == {reported_as(name)}
    assert operand("answered_in_20_s") is not None
    assert [limit_of(name) for name in ("answered_in_20_s", "answered_in_target", "offered")] == [20, None, None]  # fmt: skip


def test_units_are_those_of_what_is_computed() -> None:
    assert read_formula("answered / offered").dimension == PLAIN
    assert read_formula("answered + abandoned").dimension == LEGS
    assert in_words(read_formula("answered / (talk_hold_s / 3600)").dimension) == "legs / s"
    assert in_words(read_formula("answered / offered / offered").dimension) == "1 / legs"
    check_unit(read_formula("answer_wait_s / answered"), "s")
    check_unit(read_formula("answered * answered"), "number")
    with pytest.raises(FormulaError, match=r"computes s / legs, not a share"):
        check_unit(read_formula("answer_wait_s / answered"), "share")
    assert [unit_of(read_formula(text)) for text in ("answered / offered", "talk_hold_s", "offered", "missed_offers / offered")] == [
        "share", "s", "legs", "number",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "divisor"),
    [
        ("answered / offered", "offered"),
        ("1 - answered / offered", "offered"),
        ("answered / offered + abandoned / offered", "offered"),
        ("talk_hold_s / 3600 / answered", "answered"),  # a plain number is no n
        ("answered / offered + abandoned / answered", None),
        ("offered - answered", None),
    ],
)
def test_the_n_of_a_value_is_what_it_divides_by(text: str, divisor: str | None) -> None:
    found = read_formula(text).divisor
    assert (found.steps if found else None) == ((divisor,) if divisor else None)


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("offered < 20", True),
        ("offered < 10", False),
        ("offered <= 10", True),
        ("answered > abandoned + rejected", True),
        ("answered >= 7", True),
        ("offered = 10", True),
        ("answered / rejected < 1", None),
        ("answered / offered < 0.7", False),
    ],
)
def test_conditions(text: str, is_so: bool | None) -> None:
    assert holds(read_condition(text), SUMS) is is_so


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("offered", "character 8: expected one of < <= > >= ="),
        ("offered < ", "character 10: expected a counter"),
        ("offered < 20 < 30", "expected + - * / or the end"),
        ("1 < 2", "names no counter"),
        ("offered < answer_wait_s", "character 9: legs and s cannot be compared"),
        ("offered == 2", "expected a counter, a number or ("),
    ],
)
def test_what_is_no_condition_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(FormulaError) as error:
        read_condition(text)
    assert said in str(error.value)


def test_limits_are_reached_and_not_passed() -> None:
    longest = "offered" + " " * (LONGEST - len("offered"))
    assert read_formula(longest).names == {"offered"}
    with pytest.raises(FormulaError, match=f"{LONGEST + 1} characters"):
        read_formula(longest + " ")
    most = "offered" + "*1" * MOST_OPERATIONS
    assert value_of(read_formula(most).steps, SUMS) == 10
    with pytest.raises(FormulaError, match="operations"):
        read_formula(most + "*1")


def test_units_of_each_leg_and_offer() -> None:
    for text in ("talk_hold_s", "talk_hold_s / answered", "talk_hold_s / missed_offers"):
        check_unit(read_formula(text), "s")
    for text in (
        "talk_hold_s * answered",
        "talk_hold_s * missed_offers",
        "talk_hold_s / answered / answered",
    ):
        with pytest.raises(FormulaError, match="not seconds, nor seconds of each leg"):
            check_unit(read_formula(text), "s")
    with pytest.raises(FormulaError, match="a plain number, not legs"):
        check_unit(read_formula("answered / offered"), "legs")
    assert (
        in_words(read_formula("answered * answered / talk_hold_s").dimension) == "legs * legs / s"
    )


def test_what_needs_a_target_says_so() -> None:
    needing = {name for name, each in OPERANDS.items() if each.needs_targets}
    assert {
        "served_as_promised",
        "promised_calls",
        "short_abandoned",
        "answered_in_target",
    } <= needing
    assert not needing & {"offered", "open", "without_target", "talk_hold_s"}
    assert read_formula("answered_in_20_s").needs_targets is False
    assert read_condition("short_abandoned < offered").needs_targets
    assert read_condition("offered < short_abandoned").needs_targets
    assert not read_condition("offered < answered").needs_targets
    assert read_condition("offered < answered").names == {"offered", "answered"}


def test_a_share_and_a_number_of_legs_are_not_compared() -> None:
    with pytest.raises(FormulaError, match="a plain number and legs cannot be compared"):
        read_condition("answered / offered < offered")
    assert holds(read_condition("offered > 10"), SUMS) is False
    assert holds(read_condition("20 > offered"), SUMS) is True
