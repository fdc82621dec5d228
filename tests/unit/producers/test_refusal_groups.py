from producers.refusal_groups import MOST_ALIKE, grouped, shape


def test_reasons_that_differ_in_their_value_are_alike() -> None:
    assert (
        shape('arrived_at: "noon" is no time such as "x"')
        == 'arrived_at: "…" is no time such as "x"'
    )
    assert shape("wait_ms: a number of 8 digits is a year or more") == (
        'wait_ms: "…" is a year or more'
    )


def test_a_few_values_are_listed_and_the_others_are_counted() -> None:
    words = {f'outcome: unknown word "w{n}"': (n, n) for n in range(1, MOST_ALIKE + 4)}
    lines = list(grouped({"queue is empty": (100, 7), **words}))
    assert lines[0] == ("queue is empty", 100, 7)
    assert lines[1] == (
        f'outcome: unknown word "w{MOST_ALIKE + 3}"',
        MOST_ALIKE + 3,
        MOST_ALIKE + 3,
    )
    assert len(lines) == 1 + MOST_ALIKE + 1
    assert lines[-1] == ('outcome: unknown word "…" (3 other values)', 6, 1)
    assert sum(n for _, n, _ in lines) == 100 + sum(n for n, _ in words.values())
