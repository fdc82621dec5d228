"""The form for notes beside charts in a real browser, without scripts and with them, and who has none."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from dashboards.wallboard.history import route
from schemas.codec import decode_as
from schemas.half_hours import MinuteOfQueue, PastDays
from schemas.millis import iso
from schemas.notes import Note
from schemas.past_figures import PastAsked, PastTold
from tests.browser.test_people import log_in, screen, served
from tests.support.browser import chromium, texts_of
from tests.support.past_days import days
from tests.support.past_figures import ZONE, told_of
from tests.support.people import Town
from tests.support.waiting import wait_until

MARKUP = "<b>burst</b> <img src=x onerror=document.title='taken'> =1+1"
PAGE = "/history?when=2026-10-14&department=water"
# As a person types them into a field of a time of an English browser; of a day the date stands there already.
FROM = "10142026", Keys.TAB, "0610AM"
UNTIL = "10142026", Keys.TAB, "0930AM"
# What a page of another would do with the session: the mark of a form is asked of /api/me.
SENT = """
const done = arguments[0];
fetch('/api/me').then((me) => me.json()).then((me) => fetch('/api/orders', {
  method: 'POST', headers: {'Content-Type': 'application/json', 'X-CSRF-Token': me.csrf},
  body: JSON.stringify({do: 'add_note', kind: 'incident', text: 'x', since: '2026-10-14T08:00', until: '2026-10-14T09:00'}),
})).then((answer) => done(answer.status));
"""
# Of the same note as above, asked of the archive anew: what it says of one question is kept for a minute.
AFTER = "/history?when=2026-10&department=water"


class Archive:
    """Has every note that the board of `town` wrote, and those of `told_of`."""

    town: Town

    def past_days(self, _: tuple[str, ...], now: int) -> PastDays:
        return days(now)

    def figures(self, asked: PastAsked, now: int) -> PastTold:
        told = told_of(asked, now)
        return replace(told, rows=self.notes()) if asked.part == "notes" else told

    def notes(self) -> tuple[dict[str, Any], ...]:
        written = [decode_as(Note, each) for each in self.town.written]
        return tuple(
            {
                "number": at, "planned": each.kind, "began": iso(each.start), "ended": iso(each.end), "reason": each.text,
                "owner": each.who, "about": ", ".join(each.departments),
            }
            for at, each in enumerate(written, 1)
        )  # fmt: skip

    def last_minutes(self, _: int) -> list[MinuteOfQueue]:
        return []


@pytest.fixture(scope="module")
def driver() -> Iterator[webdriver.Chrome]:
    with chromium() as found:
        yield found


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setattr(route, "PATIENCE_S", 60.0)  # so that no page is drawn without its answers
    archive = Archive()
    archive.town = town = Town(tmp_path, archive=archive)

    async def write(_: bytes, value: bytes) -> str:
        town.written.append(value)
        return ""

    town.wallboard.write_note = write
    return town


def scripts(driver: webdriver.Chrome, *, on: bool) -> None:
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not on})


def enter(driver: webdriver.Chrome, url: str, token: str, page: str = PAGE) -> None:
    """As somebody who follows a link, and has no session of another test."""
    driver.delete_all_cookies()
    driver.get(url + page)
    log_in(driver, token)
    wait_until(lambda: texts_of(driver, "#notes"), "the page of the past is shown")


def write(driver: webdriver.Chrome, text: str, *times: tuple[str, ...]) -> None:
    """Open the form, fill it in and send it. A field of a time takes what a person types into it from anywhere."""
    driver.find_element(By.CSS_SELECTOR, "#write summary").click()
    driver.find_element(By.CSS_SELECTOR, "#write option[value=incident]").click()
    driver.find_element(By.CSS_SELECTOR, "#write [name=text]").send_keys(text)
    fields = driver.find_elements(By.CSS_SELECTOR, "#write [type=datetime-local]")
    for field, keys in zip(fields, times, strict=True):
        field.send_keys(*keys)
    driver.find_element(By.CSS_SELECTOR, "#write button").click()


@pytest.mark.parametrize("on", [False, True], ids=["without scripts", "with scripts"])
def test_a_note_is_written_and_stands_there_as_text(
    driver: webdriver.Chrome, town: Town, *, on: bool
) -> None:
    screen(driver, 1366, 768)
    with served(town) as url:
        scripts(driver, on=on)
        try:
            enter(driver, url, town.token("supervisor", "water", who="Thandi"))
            write(driver, MARKUP, FROM, UNTIL)
            wait_until(lambda: town.written, "the note is written")
            wait_until(lambda: driver.current_url == f"{url}{PAGE}#notes", "the form leads back")
            (note,) = [decode_as(Note, each) for each in town.written]
            assert (note.text, note.who, note.kind) == (MARKUP, "Thandi", "incident")
            assert note.departments == ("water",)
            typed = [iso(at, ZoneInfo(ZONE)) for at in (note.start, note.end)]
            assert typed == ["2026-10-14T06:10:00+02:00", "2026-10-14T09:30:00+02:00"]
            driver.get(url + AFTER)
            wait_until(lambda: MARKUP in "".join(texts_of(driver, "#notes")), "the note is shown")
            assert driver.find_elements(By.CSS_SELECTOR, "#notes b, #notes img, #trend img") == []
            assert "taken" not in driver.title
        finally:
            scripts(driver, on=True)


def test_a_form_that_is_not_filled_in_is_not_sent(driver: webdriver.Chrome, town: Town) -> None:
    with served(town) as url:
        enter(driver, url, town.token("supervisor", "water"))
        driver.find_element(By.CSS_SELECTOR, "#write summary").click()
        driver.find_element(By.CSS_SELECTOR, "#write button").click()
        missing = "return document.querySelector('#write [name=text]').validity.valueMissing"
        assert driver.execute_script(missing) is True
        assert driver.current_url == url + PAGE
        assert town.written == []


def test_what_is_refused_says_why_and_keeps_what_was_typed(
    driver: webdriver.Chrome, town: Town
) -> None:
    with served(town) as url:
        enter(driver, url, town.token("supervisor", "water"))
        write(driver, MARKUP, UNTIL, FROM)  # it ends before it begins
        wait_until(lambda: "ends before it begins" in driver.page_source, "the refusal is shown")
        assert MARKUP in "".join(texts_of(driver, "body"))
        assert driver.find_elements(By.CSS_SELECTOR, "main b, main img") == []
        assert town.written == []


@pytest.mark.parametrize(
    ("role", "departments", "page"),
    [("viewer", ("water",), PAGE), ("executive", ("water",), PAGE), ("supervisor", ("water",), AFTER.partition("&")[0])],
)  # fmt: skip
def test_who_may_not_has_no_form_and_cannot_send_one(
    driver: webdriver.Chrome, town: Town, role: Any, departments: tuple[str, ...], page: str
) -> None:
    """A supervisor of one department writes nothing about all of them."""
    with served(town) as url:
        enter(driver, url, town.token(role, *departments), page)
        assert driver.find_elements(By.CSS_SELECTOR, "#write") == []
        assert 'value="add_note"' not in driver.page_source
        answer = driver.execute_async_script(SENT)
        assert answer in (401, 403)
        assert town.written == []
