"""An address at which there is nothing leads a person on, in her language; a program gets a line."""

import pytest

from dashboards.wallboard.texts import LANGUAGES, texts_of
from tests.unit.dashboards.wallboard.test_server import Floor

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
NOWHERE = ("/nothing", "/wallboard/x", "/queue", "/desk/x", "/runbooks/none", "/history/x", "/%zz")


@pytest.mark.parametrize("path", NOWHERE)
async def test_a_person_gets_a_page_with_the_ways_on(path: str) -> None:
    async with Floor().served() as browser:
        for language in LANGUAGES:
            answer = await browser.get(path, headers={**BROWSER, "Accept-Language": language})
            text = await answer.text()
            assert (answer.status, answer.content_type) == (404, "text/html")
            assert texts_of(language)("not_found") in text
            for way in ("/", "/desk", "/wall", "/history"):
                assert f'href="{way}"' in text or f'href="{way}?lang={language}"' in text


async def test_what_was_asked_for_is_text_and_not_markup() -> None:
    async with Floor().served() as browser:
        answer = await browser.get("/<script>x</script>", headers=BROWSER)
        assert "<script>x" not in await answer.text()


@pytest.mark.parametrize("path", ["/nothing", "/runbooks/none"])
async def test_a_program_gets_a_line(path: str) -> None:
    async with Floor().served() as browser:
        answer = await browser.get(path, headers={"Accept": "*/*"})
        assert (answer.status, answer.content_type) == (404, "text/plain")
