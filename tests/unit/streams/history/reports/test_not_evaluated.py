"""Minutes that follow one another and lack the same are one stretch; what nobody said is told as that."""

from schemas.millis import MINUTE
from streams.history.reports.not_evaluated import Stretch, stretches

NO_PROFILE, NO_AGENTS = ("surge", "no profile"), ("understaffed", "no agents reported")
SURGE = '{"surge":"no profile"}'
BOTH = '{"surge":"no profile","understaffed":"no agents reported"}'


def found(*texts: str | None) -> list[Stretch]:
    """Of one row each minute; "" stands for a minute without a row."""
    return list(stretches((at * MINUTE, text) for at, text in enumerate(texts) if text != ""))


def test_each_rule_and_reason_has_stretches_of_its_own() -> None:
    assert sorted(found("{}", SURGE, BOTH, BOTH, SURGE, "{}")) == [
        Stretch(NO_PROFILE, MINUTE, 4 * MINUTE),
        Stretch(NO_AGENTS, 2 * MINUTE, 3 * MINUTE),
    ]


def test_another_reason_begins_another_stretch() -> None:
    assert found(SURGE, '{"surge":"too few calls"}') == [
        Stretch(NO_PROFILE, 0, 0),
        Stretch(("surge", "too few calls"), MINUTE, MINUTE),
    ]


def test_a_minute_without_a_row_ends_a_stretch() -> None:
    assert found(SURGE, SURGE, "", SURGE) == [
        Stretch(NO_PROFILE, 0, MINUTE),
        Stretch(NO_PROFILE, 3 * MINUTE, 3 * MINUTE),
    ]


def test_what_a_former_release_did_not_say_is_a_stretch_too() -> None:
    assert found(None, None, SURGE) == [
        Stretch(None, 0, MINUTE),
        Stretch(NO_PROFILE, 2 * MINUTE, 2 * MINUTE),
    ]


def test_nothing_lacked_is_no_stretch() -> None:
    assert found("{}", "{}") == []
