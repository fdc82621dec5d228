"""The pages of logging in and out in every language, and each language with all of the words."""

from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from dashboards.access.gate import Why
from dashboards.access.pages import _LANGUAGES
from dashboards.access.words import Words, words_of
from schemas.owners import Language
from tests.support.people import BOARD, GROUPS, OF_PROXY, PROXY, Town

LANGUAGES: tuple[Language, ...] = get_args(Language)
in_every_language = pytest.mark.parametrize("language", LANGUAGES)
HTML = {"Accept": "text/html,*/*"}


def test_every_language_has_its_file_and_its_name() -> None:
    folder = Path(__file__).parents[4] / "dashboards/access/languages"
    assert sorted(path.stem for path in folder.iterdir()) == sorted(LANGUAGES)
    assert set(_LANGUAGES) == set(LANGUAGES)


@in_every_language
def test_each_has_every_text_with_the_places_that_are_filled(language: Language) -> None:
    words, english = words_of(language), words_of("en")
    assert set(words.why) == set(get_args(Why))
    for field in set(Words.__struct_fields__) - {"why", "right_to_left"}:
        text = getattr(words, field)
        assert text
        assert places(text) == places(getattr(english, field)), field
    if language != "en":
        assert not set(words.why.values()) & set(english.why.values())


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@in_every_language
async def test_the_language_of_the_address_and_else_of_the_browser(
    tmp_path: Path, language: Language
) -> None:
    town, words = Town(tmp_path), words_of(language)
    direction = "rtl" if language == "ar" else "ltr"
    head = f'<html lang="{language}" dir="{direction}">'
    async with town.browser() as browser:
        asked = (await browser.get(f"/access/log-in?lang={language}&then=/x"))[1]
        assert head in asked
        assert words.your_token in asked
        assert f'action="/access/log-in?lang={language}"' in asked
        others = {each for each in LANGUAGES if f"lang={each}&amp;then=%2Fx" in asked}
        assert others == set(LANGUAGES) - {language}
        prefers = {"Accept-Language": f"{language}-XX;q=0.9, fr"}
        assert head in (await browser.get("/access/log-in", **prefers))[1]
        wrong = await browser.post(f"/access/log-in?lang={language}", {"token": "x"}, **prefers)
        assert words.why["a wrong token"] in wrong[1]
        wall = await browser.get("/access/wall/none", **prefers)
        assert words.why["an unknown link of a wall"] in wall[1]
        await browser.log_in(town.token("administrator", who="Ann <b>"))
        me = (await browser.get("/access/me", **prefers))[1]
        assert words.log_out_everywhere in me
        assert "<bdi>Ann &lt;b&gt;</bdi>" in me
        form = {"csrf": "wrong"}
        refused = await browser.post("/access/log-out", form, **prefers, **HTML)
        assert (refused[0], words.why["a form without its mark"] in refused[1]) == (403, True)
        form["csrf"] = (await browser.me())["csrf"]
        out = await browser.post("/access/log-out", form, **prefers)
        assert words.shows_nothing in out[1]


async def test_refusals_are_pages_for_people_and_a_line_for_programs(tmp_path: Path) -> None:
    town = Town(tmp_path, BOARD + PROXY + GROUPS)
    claim = {"X-Forwarded-User": "ann", "Accept-Language": "zu"}
    why: Why = "a header of a proxy from an address that is none"
    async with town.browser() as browser:
        assert words_of("zu").why[why] in (await browser.get("/", **claim, **HTML))[1]
        assert (await browser.get("/", **claim))[1] == f"Refused: {why}.\n"
        nobody = {**OF_PROXY, **claim, "X-Forwarded-Groups": "gardeners"}
        said = await browser.get("/", **nobody, **HTML)
        assert (said[0], words_of("zu").why["no role for these groups"] in said[1]) == (403, True)
    (tmp_path / "register.json").write_text("{")
    async with town.browser() as browser:
        for path in ("/access/log-in", "/"):
            session = {"Cookie": "queuewatch-wall=x", "Accept-Language": "ar"}
            status, text, _ = await browser.get(path, **session, **HTML)
            assert (status, words_of("ar").nobody_now in text) == (503, True)


async def test_an_unknown_language_is_english_and_no_markup(tmp_path: Path) -> None:
    async with Town(tmp_path).browser() as browser:
        text = (await browser.get('/access/log-in?lang="><script>'))[1]
        assert '<html lang="en" dir="ltr">' in text
        assert "<script>" not in text
