"""Days past in a real browser: without scripts, on a phone, in a language from the right, and when the archive is away."""

from collections.abc import Iterator

import pytest
from selenium import webdriver

from dashboards.wallboard import past as past_module
from schemas.codec import encode
from schemas.millis import MINUTE, from_iso
from streams.plumbing.wall_clock import now_ms
from tests.browser.test_board_shape import AXE, STACKED
from tests.support.browser import chromium
from tests.support.floors import records, snapshot
from tests.support.past_days import Told
from tests.support.served_board import CONTRAST, CUT, board_with, screen
from tests.support.waiting import wait_until

AFTERNOON = from_iso("2026-11-30T14:40:00+02:00")
OUTAGE = "power-outage"
AWAY = "return axe.run().then((found) => found.violations.map((each) => `${each.id}: ${each.nodes[0].html}`))"
SHOWN = """
return [...document.querySelectorAll('.chart .plot')].filter((each) => each.getClientRects().length).length;
"""
LINE = "return document.querySelector('.band .waiting .spark path')?.getAttribute('d')"


@pytest.fixture(scope="module")
def driver() -> Iterator[webdriver.Chrome]:
    with chromium() as found:
        yield found


def told() -> Told:
    return Told(
        tuple(key.decode() for topic, key, _ in records(now_ms()) if topic == "snapshots"),
        AFTERNOON,
    )


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1366, 768), (390, 844)])
@pytest.mark.parametrize("look", ["theme=light", "theme=dark&lang=ar", "theme=dark&lang=zu"])
def test_nothing_is_cut_everything_can_be_read_and_heard(
    driver: webdriver.Chrome, width: int, height: int, look: str
) -> None:
    screen(driver, width, height)
    with board_with(driver, archive=told()) as (page, _, _served):
        page.open(f"/trends?queue={OUTAGE}&{look}", "#changed")
        assert page.run("return document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.run(CUT) == []
        assert page.run(CONTRAST) == {}
        page.run(AXE)
        assert page.run(AWAY) == []
        assert page.run(SHOWN) == 2
        assert len(page.run("return [...document.querySelectorAll('.days tbody tr')]")) == 24
        page.picture(f"trends-{width}-{look.replace('=', '-').replace('&', '-')}")


def test_every_figure_is_there_without_scripts(driver: webdriver.Chrome) -> None:
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        with board_with(driver, archive=told()) as (page, _, _served):
            page.open("/trends?centre=electricity", "#changed")
            assert "Since 10:00 service level 54 %" in page.text("#changed")
            assert page.text(".days tbody tr:last-child .half") == "18:30"
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_an_archive_that_goes_away_is_said_and_the_days_stay(
    driver: webdriver.Chrome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past_module, "KEPT_S", 0.5)
    monkeypatch.setattr(past_module, "AGAIN_S", 0.5)
    archive = told()
    with board_with(driver, archive=archive) as (page, _, _served):
        page.open(f"/trends?queue={OUTAGE}", "#changed")
        archive.is_away = True
        wait_until(lambda: "does not answer" in page.text(".trouble"), "it is said")
        assert "Since 10:00" in page.text("#changed")
        archive.is_away = False
        wait_until(lambda: not page.text(".trouble"), "it is back")


def test_without_an_archive_the_page_says_so(driver: webdriver.Chrome) -> None:
    with board_with(driver) as (page, _, _served):
        page.open(f"/trends?queue={OUTAGE}", ".trouble")
        assert "started without one" in page.text(".trouble")


def test_on_a_wall_no_line_crosses_a_digit(driver: webdriver.Chrome) -> None:
    crossed = """
      const lines = [...document.querySelectorAll('.band .spark')];
      return lines.map((line) => {
        const figure = line.parentElement.querySelector('.figure');
        const descent = .08 * parseFloat(getComputedStyle(figure).fontSize);  // digits have none
        return figure.getBoundingClientRect().bottom - descent - line.getBoundingClientRect().top;
      });"""
    with board_with(driver, archive=told()) as (page, _, _served):
        for width, height in ((1920, 1080), (1366, 768)):
            screen(driver, width, height)
            page.open("/wall")
            found = wait_until(lambda: page.run(crossed), "the hour of the archive is there")
            assert len(found) == 2
            assert max(found) <= 0
            assert page.run(STACKED) == []
            page.picture(f"wall-spark-{width}")


def test_the_last_hour_stands_behind_the_figures_and_goes_on(driver: webdriver.Chrome) -> None:
    screen(driver, 1920, 1080)
    with board_with(driver, archive=told()) as (page, feed, served):
        page.open(f"/queue/{OUTAGE}")
        before = wait_until(lambda: page.run(LINE), "the hour of the archive is there")
        assert before.count("M") >= 2  # of ten minutes nothing is known
        for version, at in enumerate((now_ms() - 25 * MINUTE, now_ms() - 24 * MINUTE, now_ms()), 2):
            changed = snapshot(at, queue=OUTAGE, version=version, waiting=9, published_at=now_ms())
            served.call(feed.say, "snapshots", OUTAGE.encode(), encode(changed))
        wait_until(lambda: page.run(LINE) != before, "a minute more is known")
        assert page.run(CUT) == []
