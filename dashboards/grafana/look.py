"""Colours, units and words of the boards; the lint allows nothing else.

Grafana writes tile text in white or black on `background_solid`; its default green and orange give
that text a contrast of 2:1, unreadable across a room. These three give at least 4.2:1 (WCAG asks 3:1
of large text) and can be told apart without red and green cones. A colour never speaks alone.
"""

from grafana_foundation_sdk.models.dashboard import (
    DashboardSpecialValueMapOptions,
    SpecialValueMap,
    SpecialValueMatch,
    Threshold,
    ThresholdsConfig,
    ThresholdsMode,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)

from schemas.attention import AttentionLevel
from schemas.goal import FEW_CALLS

GOOD = "dark-green"
CALM = "dark-blue"
WATCH = "yellow"
ACT = "dark-red"
QUIET = "text"
COLOURS = frozenset({GOOD, CALM, WATCH, ACT, QUIET})

SECONDS = "dthms"  # 00:03:05; the unit `s` rounds 119 s to "2 mins"
SHARE = "percentunit"
COUNT = "none"
MOMENT = "dateTimeAsIso"
TEXT = "string"
UNITS = frozenset({SECONDS, SHARE, COUNT, MOMENT, TEXT})

NO_DATA = "NO DATA"  # nobody measured it: somebody must look
NO_VALUE = "–"  # a denominator of zero: nothing happened, nothing is wrong

# A table sorts and colours numbers, so each state gets one: the worse, the higher.
NO_LIVE_DATA_CODE = 3
STATE_CODES: dict[AttentionLevel, int] = {
    "act": 2,
    "watch": 1,
    "ok": 0,
    "closed": -1,
    "no_goal": -2,
}
STATE_WORDS: dict[int, tuple[str, str]] = {
    STATE_CODES["no_goal"]: ("NO GOAL", QUIET),
    STATE_CODES["closed"]: ("CLOSED", QUIET),
    STATE_CODES["ok"]: ("OK", GOOD),
    STATE_CODES["watch"]: ("WATCH", WATCH),
    STATE_CODES["act"]: ("ACT", ACT),
    NO_LIVE_DATA_CODE: ("NO LIVE DATA", ACT),
}
FEW_CODE = -2  # in place of service level less goal, which is never below -1


def steps(base: str, *above: tuple[float, str]) -> ThresholdsConfig:
    """`base` below the first limit, then each colour from its limit on."""
    return ThresholdsConfig(
        mode=ThresholdsMode.ABSOLUTE,
        steps=[
            Threshold(value=None, color=base),
            *(Threshold(value=limit, color=colour) for limit, colour in above),
        ],
    )


def silence_shows(text: str = NO_DATA, colour: str = ACT) -> list[ValueMapping]:
    """A vanished series must not leave the last colour on the wall."""
    return [
        SpecialValueMap(
            options=DashboardSpecialValueMapOptions(
                match=SpecialValueMatch.NULL_AND_NAN,
                result=ValueMappingResult(text=text, color=colour, index=9),
            )
        )
    ]


def state_words() -> list[ValueMapping]:
    return [_words(STATE_WORDS)]


def few_calls() -> list[ValueMapping]:
    """Under the goal, but with few calls behind it: a word in place of a red number."""
    return [_words({FEW_CODE: (FEW_CALLS, QUIET)})]


def _words(words: dict[int, tuple[str, str]]) -> ValueMap:
    return ValueMap(
        options={
            str(code): ValueMappingResult(text=word, color=colour, index=index)
            for index, (code, (word, colour)) in enumerate(words.items())
        }
    )
