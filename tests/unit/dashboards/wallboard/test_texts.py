"""Every language says everything, in all its forms, with the same places to fill."""

import ast
from string import Formatter
from typing import get_args

import pytest
from msgspec import toml

from dashboards.wallboard.page import SILENT
from dashboards.wallboard.texts import LANGUAGES, PLURAL, Clock, chosen, moment, texts_of, watch
from schemas.alerts import NotEvaluated
from schemas.health import STATES
from schemas.legs import OUTCOMES
from schemas.millis import from_iso
from schemas.owners import Language
from schemas.periods import KINDS
from streams.charts.html import Html
from streams.history.losses import CALLED, OUT_OF_HOURS, STEPS
from tests.support.sources import ROOT, parsed

FOLDER = ROOT / "dashboards/wallboard/languages"
NOW = from_iso("2026-11-18T12:03:15Z")
# Keys that are put together: of the rows of a page's groups, of what was not found, between sentences, of remarks and alerts,
# of words of reports.
MADE = {
    "departments", "centres", "semicolon", *(f"not_found_{each}" for each in ("department", "centre", "queue", "wall", "sign", "sort")),
    *(f"lacks_{why.replace(' ', '_')}" for why in get_args(NotEvaluated)), "quiet_had", "quiet_muted",
    "note_out_of_hours", "note_unexplained", "others_too_incident", "others_too_passed_around",
    *(f"step_{each}" for each in (CALLED, *STEPS, OUT_OF_HOURS)), *(f"outcome_{each}" for each in OUTCOMES),
    *(f"weekday_{each}" for each in range(1, 8)), *(f"history_{kind}" for kind in KINDS),
    *(f"history_before_{kind}" for kind in KINDS), *(f"part_{each}" for each in (*STATES, SILENT)),
}  # fmt: skip


def says(language: Language) -> dict[str, str | dict[str, str]]:
    found = toml.decode((FOLDER / f"{language}.toml").read_bytes())["say"]
    assert isinstance(found, dict)
    return found


def places(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


def test_every_language_has_its_file() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_says_all_that_english_says_and_nothing_else(language: Language) -> None:
    english, here = says("en"), says(language)
    assert here.keys() == english.keys()
    for key, text in english.items():
        forms, wanted = here[key], text
        assert isinstance(forms, dict) == isinstance(wanted, dict), key
        allowed = places(wanted) if isinstance(wanted, str) else places(wanted["other"])
        if isinstance(forms, str):
            assert places(forms) == allowed, key
            continue
        assert set(forms) == {PLURAL[language](n) for n in range(200)}, key
        # Some languages say a number within its word: "two queues" is one word.
        assert all(places(form) <= allowed >= places(form) - {"n"} for form in forms.values()), key
        assert all(places(form) >= allowed - {"n", "wait"} for form in forms.values()), key


def test_every_key_is_said_somewhere() -> None:
    constants = {
        node.value
        for path, tree in parsed("dashboards")
        if path.startswith("dashboards/wallboard/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert says("en").keys() - constants - MADE == set()


def test_what_is_filled_in_keeps_its_order_within_words_from_right_to_left() -> None:
    arabic = texts_of("ar")
    assert "\u20682026-11-15 14:03:15\u2069" in arabic("dead", time="2026-11-15 14:03:15")
    assert "<bdi>2026</bdi>" in arabic("dead", time=Html("<bdi>2026</bdi>"))  # set apart already
    assert "\u2068" not in arabic("head_more", n=3)
    assert "\u2068" not in texts_of("zu")("dead", time="2026-11-15 14:03:15")


def test_numbers_and_names_that_are_filled_in() -> None:
    english = texts_of("en")
    assert english("head_more", n=1) == "1 more queue needs a look"
    assert english("head_more", n=1200) == "1,200 more queues need a look"
    assert texts_of("id").number(1200) == "1.200"
    assert english("opens", time="<b>") == "opens &lt;b&gt;"
    assert english("opens", time=Html("<b></b>")) == "opens <b></b>"
    assert english("opens", time="{n}") == "opens {n}"


def test_times() -> None:
    assert [watch(each) for each in (0, 185_900, 3_729_000)] == ["0:00", "3:05", "1:02:09"]
    assert moment(NOW, "Africa/Johannesburg", NOW) == "14:03:15"
    assert moment(NOW, Clock("UTC", "UTC"), NOW) == "12:03:15 UTC"
    assert moment(NOW - 86_400_000, "UTC", NOW, seconds=False) == "2026-11-17 12:03"


def test_the_language_is_that_of_the_address_else_of_the_browser_else_english() -> None:
    for asked, accepted, language in (
        ("zu", "ar", "zu"), ("xx", "fr-FR, ar-EG;q=0.8", "ar"), ("", "in,ID;q=0.1", "id"), ("", "", "en"),
        ("../en", "*", "en"),
    ):  # fmt: skip
        assert chosen(asked, accepted) == language
