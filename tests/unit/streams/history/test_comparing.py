"""What is a change and what is noise."""

import random

from streams.history.comparing import Change, Day, change


def days(*shares: float, calls: int = 100) -> list[Day]:
    return [Day(round(share * calls), calls) for share in shares]


def test_days_that_agree_make_a_small_change_a_change() -> None:
    found = change(days(*[0.80] * 15, *[0.82] * 15), days(*[0.74] * 15, *[0.76] * 15))
    assert (round(found.points or 0, 6), found.says) == (6.0, "better")
    assert found.noise is not None
    assert found.noise < 1


def test_days_that_differ_make_the_same_change_noise() -> None:
    now, then = days(*[0.5, 0.95, 1.0, 0.75] * 5), days(*[0.4, 0.9, 0.95, 0.71] * 5)
    found = change(now, then)
    assert (round(found.points or 0, 1), found.says) == (6.0, "noise")


def test_of_abandons_fewer_are_better() -> None:
    low, high = days(*[0.05] * 10), days(*[0.15] * 10)
    assert change(low, high, more_is_better=False).says == "better"
    assert change(high, low, more_is_better=False).says == "worse"
    assert change(high, low).says == "better"


def test_few_days_or_few_calls_say_nothing() -> None:
    enough = days(*[0.9] * 10)
    assert change(days(0.5, 0.5, 0.5, 0.5), enough).says == "few calls"
    assert change([Day(1, 2)] * 10, enough).says == "few calls"
    assert change(enough, [Day(1, 2)] * 10).noise is None


def test_nothing_on_a_side_is_no_value() -> None:
    assert change([], days(0.5)) == Change(None, 0.5, None, None, None)
    assert change([Day(0, 0)], []) == Change(None, None, None, None, None)


def test_two_months_of_the_same_kind_are_noise_in_nineteen_of_twenty() -> None:
    """Days have a service level of their own, by which all calls of the day go: an error by calls would be too small."""
    chance = random.Random(5)

    def month() -> list[Day]:
        made = []
        for _ in range(22):
            calls, level = chance.randrange(300, 600), min(1.0, max(0.0, chance.gauss(0.8, 0.1)))
            made.append(Day(sum(chance.random() < level for _ in range(calls)), calls))
        return made

    false = sum(change(month(), month()).says != "noise" for _ in range(200))
    assert false <= 24  # 5 % of 200 are 10; with such a chance 24 are exceeded once in 20,000 times
