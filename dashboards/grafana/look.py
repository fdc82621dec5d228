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

NO_LIVE_DATA_CODE = 3
STATE_WORDS: dict[int, tuple[str, str]] = {
    0: ("OK", GOOD),
    1: ("WATCH", WATCH),
    2: ("ACT", ACT),
    NO_LIVE_DATA_CODE: ("NO LIVE DATA", ACT),
}


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
    return [
        ValueMap(
            options={
                str(code): ValueMappingResult(text=word, color=colour, index=code)
                for code, (word, colour) in STATE_WORDS.items()
            }
        )
    ]
