"""What a soak says of readings."""

from tests.bench.soak import figures, held, rows


def test_growth_is_that_of_the_second_half_and_one_reading_alone_says_nothing() -> None:
    stream = [50.0, 60, 80, 90, 90, 90, 90, 200, 90, 91, 91, 91, 91]
    archive = [100.0 + 2 * n for n in range(13)]
    found = held([{"stream": s, "archive": a} for s, a in zip(stream, archive, strict=True)])
    assert [each.name for each in found] == ["archive", "stream"]
    first, second = found
    assert (first.middle_mb, first.end_mb, first.grew_mb) == (112, 124, 12)
    assert (second.start_mb, second.quarter_mb, second.middle_mb, second.end_mb) == (60, 90, 90, 91)
    said = {name: f"{value} {text}" for name, value, text in rows(found)}
    assert "NOT FLAT" in said["soak, archive"]
    assert "NOT FLAT" not in said["soak, stream"]
    assert figures(found)["soak_rss_mb"]["stream"] == [60, 90, 90, 91]


def test_what_is_not_ours_is_not_judged() -> None:
    ((_, value, text),) = rows(held([{"kafka": 300.0 + 10 * n} for n in range(9)]))
    assert value == "+40.0 MB"
    assert "NOT FLAT" not in text
