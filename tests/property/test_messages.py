"""Whatever the alerts hold, a message has its lengths, is safe to show and names its queue."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from schemas.owners import Language
from streams.messages.fitting import clean, gsm7, sms_length
from streams.messages.message import message
from streams.messages.told import Told
from streams.messages.words import words_of
from tests.support.golden_messages import LANGUAGES
from tests.support.told import STARTED

_SCRIPTS = [
    "Burst pipes", "Água – “norte”", "Аварии", "爆管", "انفجار الأنابيب", "פיצוץ", "ท่อแตก", "நீர் கசிவு",
    "👩‍👩‍👧 family", "a\nb\r\n\x1b[31m", "\u202eevil\u2066", "\ud800", "{queue}{0}", "[[[€€€", "e\u0301" * 90,
    "\u0301" * 300, "x" * 400, "very long " * 60, "", " ",
]  # fmt: skip
_names = st.sampled_from(_SCRIPTS) | st.text(max_size=300)
_numbers = st.sampled_from(["0", "130", "1e308", "nan", "-1", "inf", "", "x"]) | st.floats().map(
    str
)
_rules = st.sampled_from([*words_of("en").rules, "of_another_release", ""])
_annotations = st.fixed_dictionaries(
    {},
    optional={
        "summary": _names,
        "queue_name": _names,
        "value": _numbers,
        "threshold": _numbers,
        "n": st.integers().map(str) | _numbers,
        "times_limit": _names,
        "free_agents": st.just('[[2,"Leaks"]]') | _names,
        "late_calls": _numbers,
        "abandoned": _numbers,
        "runbook_url": _names,
        "board_url": _names,
        "ack_url": st.just("https://board.example/ack/" + "a" * 120) | _names,
        "acknowledged_by": _names,
        "told_first": _names,
    },
)
_times = st.integers(STARTED - 10**9, STARTED + 10**9)
_alerts = st.builds(
    Told,
    st.fixed_dictionaries(
        {"rule": _rules, "queue": _names}, optional={"doubtful": st.just("true")}
    ),
    _annotations,
    st.booleans(),
    _times,
    st.none() | _times,
)


@given(st.lists(_alerts, min_size=1, max_size=30), st.sampled_from(LANGUAGES), _times)
def test_title_and_sms_have_their_lengths_and_are_one_line_that_can_be_sent(
    alerts: list[Told], language: Language, now: int
) -> None:
    found = message(alerts, language, now)
    assert len(found.title) <= 120
    assert len(found.short) <= 160
    assert sms_length(found.short) <= 160
    for line in (found.title, found.short, *found.body.split("\n")):
        assert line.encode()
        assert [sign for sign in line if unicodedata.category(sign) in {"Cc", "Cs"}] == []
        assert line.count("\u2068") == line.count("\u2069")
        assert not set(line) & set("\u202a\u202b\u202d\u202e\u2066\u2067")


@given(st.lists(_alerts, min_size=2, max_size=30), st.sampled_from(LANGUAGES), _times)
def test_the_others_are_always_counted(alerts: list[Told], language: Language, now: int) -> None:
    firing = sum(told.is_firing for told in alerts) or len(alerts)
    more = words_of(language).more.format(n=firing - 1) if firing > 1 else ""
    assert message(alerts, language, now).title.endswith(more)


@given(_names, st.sampled_from(LANGUAGES), st.sampled_from(list(words_of("en").rules)))
def test_a_name_that_fits_stands_whole(name: str, language: Language, rule: str) -> None:
    name = clean(name)[:30]
    figures = {"value": "1", "threshold": "1", "n": "1", "queue_name": name}
    alert = Told({"rule": rule}, figures, True, STARTED, None)
    found = message([alert] * 3, language, STARTED)
    assert clean(name) in found.title.replace("\u2068", "").replace("\u2069", "")
    if words_of(language).gsm7:
        assert gsm7(found.short) == found.short
