from streams.doctor.finding import Line, as_text, fail, listed, ok, skipped, summary, warn


def test_lines_stand_under_one_another_with_their_remedy() -> None:
    lines = [
        Line("disk", "ok", "room enough"),
        Line("certificates", "fail", "it ended", "renew it"),
    ]
    assert as_text(lines) == [
        "ok    disk          room enough",
        "fail  certificates  it ended: renew it",
    ]
    assert as_text([]) == []


def test_the_summary_counts_what_was_not_asked_only_if_there_is_some() -> None:
    found = [ok("a"), warn("b", "c"), fail("d"), fail("e")]
    lines = [Line("x", each.level, each.text) for each in found]
    assert summary(lines) == "2 fail, 1 warn, 1 ok"
    lines.append(Line("x", skipped("f").level, "f"))
    assert summary(lines) == "2 fail, 1 warn, 1 ok, 1 not asked"


def test_of_many_mistakes_the_first_are_shown() -> None:
    found = listed([fail("1"), fail("2"), fail("3")], 2, "queuewatch topics check")
    assert [each.text for each in found] == ["1", "2", "and 1 more"]
    assert found[-1].remedy == "see `queuewatch topics check`"
    assert len(listed([fail("1"), fail("2")], 2, "")) == 2
