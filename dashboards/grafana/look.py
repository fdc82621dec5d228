"""Colours, units and words of the boards; the lint allows no others.

Grafana writes tile text in white or black on `background_solid`. On its default green and orange that
text has a contrast of 2:1 and cannot be read across a room. The colours here give at least 4.2:1 (WCAG
requires 3:1 for large text) and can be told apart by people with red-green colour blindness. A word or
a number always stands with a colour.
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
SHORT_TIME = "s"  # for what takes less than a second: dthms would be 00:00:00
PER_SECOND = "cps"
FACTOR = "short"  # a number with a decimal, where 1.4 and 0.6 must not both be 1
UNITS = frozenset({SECONDS, SHARE, COUNT, MOMENT, TEXT, SHORT_TIME, PER_SECOND, FACTOR})

# Grafana rounds: without a decimal 79.6 % would be 80 %, and look like a goal of 80 % that is kept.
DECIMALS = {SECONDS: 0, COUNT: 0, MOMENT: 0, SHARE: 1, FACTOR: 1}

# A figure over queues that were promised different things: the calls that were served as their own queue promised,
# over all that are counted for that. It is no service level of one formula, and is never called one.
SERVED_AS_PROMISED = "Served as each queue promised"

NO_DATA = "NO DATA"  # it was not measured: somebody must find out why
NO_VALUE = "–"  # the denominator is 0: there were no calls, and nothing is wrong

# Grafana's table sorts and colours numbers, so each state has one; a worse state has a higher number.
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
# Stands for "few calls" in place of service level minus goal, which is never below -1.
FEW_CODE = -2


def steps(base: str, *above: tuple[float, str]) -> ThresholdsConfig:
    """Thresholds: `base` below the first limit, then each colour from its limit on."""
    return ThresholdsConfig(
        mode=ThresholdsMode.ABSOLUTE,
        steps=[
            Threshold(value=None, color=base),
            *(Threshold(value=limit, color=colour) for limit, colour in above),
        ],
    )


def silence_shows(text: str = NO_DATA, colour: str = ACT) -> list[ValueMapping]:
    """Text and colour for a missing series; without them the wall would keep the last colour."""
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
    """A word in place of a red number, for a share below the goal that has too few calls behind it."""
    return [_words({FEW_CODE: (FEW_CALLS, QUIET)})]


def _words(words: dict[int, tuple[str, str]]) -> ValueMap:
    return ValueMap(
        options={
            str(code): ValueMappingResult(text=word, color=colour, index=index)
            for index, (code, (word, colour)) in enumerate(words.items())
        }
    )
