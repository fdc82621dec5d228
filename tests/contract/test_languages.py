"""The files of words: each language has all of them, and each rule its sentence."""

from string import Formatter

import pytest

from schemas.owners import Language
from streams.core.rule_catalogue import RULES
from streams.messages.words import PageWords, Words, words_of
from tests.support.golden_messages import LANGUAGES
from tests.support.sources import ROOT

# Rules without words: their alerts have the English sentence of the stream, and no title of their own. Add the
# words to streams/messages/languages/LANGUAGE.toml, or the rule here, so that it is known.
NOT_YET: dict[Language, set[str]] = {"en": set(), "id": set(), "ar": set(), "zu": set()}
_UNITS = {"seconds": "duration", "share": "percent", "number": ""}
_FORMS = {("service_level_burn", "value"): "times"}  # where 0.03 must not be told as 0.0
_PLACES = {
    "percent": {"n"}, "more": {"n"}, "lasted": {"duration"}, "for_so_long": {"duration"}, "since": {"time"}, "alert_since": {"time"},
    "cost": {"late", "abandoned"}, "free": {"agents"}, "of": {"n", "queue"}, "acknowledged": {"who"}, "escalated": {"who"},
}  # fmt: skip
in_every_language = pytest.mark.parametrize("language", LANGUAGES)


def test_every_language_has_its_file_and_every_file_its_language() -> None:
    files = (ROOT / "streams/messages/languages").iterdir()
    assert sorted(path.name for path in files) == sorted(f"{each}.toml" for each in LANGUAGES)


@in_every_language
def test_every_rule_has_its_words_or_is_known_to_lack_them(language: Language) -> None:
    has = words_of(language).rules.keys()
    assert {rule.name for rule in RULES} - has == NOT_YET[language]


@in_every_language
def test_no_words_are_of_a_rule_that_is_not(language: Language) -> None:
    assert words_of(language).rules.keys() <= {rule.name for rule in RULES}


@in_every_language
def test_only_english_takes_the_sentences_of_the_stream(language: Language) -> None:
    lacking = {name for name, each in words_of(language).rules.items() if not each.sentence}
    assert lacking == (words_of(language).rules.keys() if language == "en" else set())


@in_every_language
def test_a_template_names_the_queue_and_shows_figures_in_the_unit_of_the_rule(
    language: Language,
) -> None:
    units = {rule.name: _UNITS[rule.unit] for rule in RULES}
    for name, rule in words_of(language).rules.items():
        for template in filter(
            None, (rule.title, rule.sentence, rule.calm, rule.calm_uncounted, rule.calm_none)
        ):
            shown = _places(template)
            assert template.startswith("{queue}:"), template
            assert shown.keys() <= {"queue", "n", "value", "threshold", "minutes"}, template
            for key in {"value", "threshold"} & shown.keys():
                form = _FORMS.get((name, key), units[name])
                assert shown[key].lstrip(".01f") == form, template


@in_every_language
def test_the_page_of_the_link_has_the_places_that_are_filled(language: Language) -> None:
    english, words = words_of("en").page, words_of(language).page
    for field in PageWords.__struct_fields__:
        assert getattr(words, field)
        assert _places(getattr(words, field)) == _places(getattr(english, field)), field


@in_every_language
def test_the_words_around_have_the_places_that_are_filled(language: Language) -> None:
    words = words_of(language)
    fields = {
        field: getattr(words, field)
        for field in Words.__struct_fields__
        if isinstance(getattr(words, field), str)
    }
    assert {field: set(_places(text)) for field, text in fields.items()} == {
        field: _PLACES.get(field, set()) for field in fields
    }


def _places(template: str) -> dict[str, str]:
    """By name of a place to fill, its format."""
    return {name: how or "" for _, name, how, _ in Formatter().parse(template) if name is not None}
