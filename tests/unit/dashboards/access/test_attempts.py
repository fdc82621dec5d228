from dashboards.access.attempts import (
    CHANGES_A_MINUTE,
    LOCKED_MS,
    MOST_ADDRESSES,
    WITHIN_MS,
    WRONG_ONES,
    Attempts,
    Rate,
)
from schemas.millis import MINUTE

NOW = 100 * MINUTE


def test_many_wrong_tries_lock_an_address_out_for_a_while_and_no_other() -> None:
    attempts = Attempts()
    told = [attempts.wrong("a", NOW) for _ in range(WRONG_ONES)]
    assert told == [False] * (WRONG_ONES - 1) + [True]
    assert attempts.locked_for_ms("a", NOW) == LOCKED_MS
    assert attempts.locked_for_ms("b", NOW) == 0
    assert attempts.locked_for_ms("a", NOW + LOCKED_MS) == 0


def test_slips_over_a_day_and_a_right_one_in_between_lock_nobody() -> None:
    attempts = Attempts()
    for number in range(3 * WRONG_ONES):
        assert not attempts.wrong("slow", NOW + number * WITHIN_MS)
    for _ in range(3):
        for _ in range(WRONG_ONES - 1):
            assert not attempts.wrong("a", NOW)
        attempts.right("a")


def test_a_million_addresses_cost_bounded_memory() -> None:
    attempts, rate = Attempts(), Rate()
    for number in range(MOST_ADDRESSES + 10):
        attempts.wrong(str(number), NOW)
        rate.is_over(str(number), NOW)
    assert len(attempts._tries) == MOST_ADDRESSES
    assert len(rate._counted) <= MOST_ADDRESSES + 1


def test_a_rate_is_of_one_address_and_one_minute() -> None:
    rate = Rate()
    over = [rate.is_over("a", NOW) for _ in range(CHANGES_A_MINUTE + 1)]
    assert over == [False] * CHANGES_A_MINUTE + [True]
    assert not rate.is_over("b", NOW)
    assert not rate.is_over("a", NOW + MINUTE)
