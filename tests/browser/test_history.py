"""The page of the past in a real browser: on a desk, on a phone and on paper, with forty queues and names of any length."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from selenium import webdriver

from schemas.codec import encode
from schemas.targets import TargetsVersion
from streams.plumbing.wall_clock import now_ms
from tests.browser.test_board_shape import AXE
from tests.support.browser import chromium
from tests.support.floors import Record, targets
from tests.support.past_days import Told
from tests.support.served_board import CONTRAST, CUT, board_with, screen
from tests.support.waiting import wait_until

# Within a picture nothing is heard but its name: axe would look at each of its thousand cells.
BEGIN = """
axe.run({ exclude: [['.plot svg']] })
  .then((found) => { window.told = found.violations.map((each) => `${each.id}: ${each.nodes[0].html}`); });
"""
NAMELESS = "return document.querySelectorAll('.plot svg:not([role=img][aria-label])').length"
ARABIC = (
    "مركز خدمات المياه والصرف الصحي في المنطقة الساحلية الشمالية الغربية والجزر القريبة منها كلها"
)
MARKUP = "<img src=x onerror=document.title='taken'>"
# Letters of charts that nobody can read, of those that are shown.
SMALL = """
return [...document.querySelectorAll('.plot svg text')].filter((each) => each.getClientRects().length)
  .map((each) => each.getBoundingClientRect().height).filter((height) => height < 9).length;
"""


@pytest.fixture(scope="module")
def driver() -> Iterator[webdriver.Chrome]:
    with chromium() as found:
        yield found


def forty() -> list[Record]:
    """Queues of two departments; the first has an Arabic name of ninety letters, the second markup for a name."""
    names = {0: ARABIC, 1: MARKUP}
    queues = tuple(
        replace(
            targets(queue=f"q{at:02}", name=names.get(at, f"Queue {at}")),
            centre="electricity" if at % 2 else "water-and-sanitation", centre_name="Electricity" if at % 2 else ARABIC,
            department="a" if at < 20 else "b", department_name="Department A" if at < 20 else "Department B",
        )
        for at in range(40)
    )  # fmt: skip
    version = TargetsVersion(1, 0, 1_000_000_000_000, "Africa/Johannesburg", queues)
    return [("targets", b"1", encode(version))]


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
@pytest.mark.parametrize("look", ["theme=light", "theme=dark&lang=ar", "contrast=high&lang=zu"])
def test_of_forty_queues_nothing_is_cut_and_everything_can_be_read(
    driver: webdriver.Chrome, width: int, height: int, look: str
) -> None:
    screen(driver, width, height)
    with board_with(driver, forty(), archive=Told((), now_ms())) as (page, _, _served):
        page.open(f"/history?when=2026-10&by=queue&{look}", "#glance .tiles")
        page.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert page.run("return document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.run(CUT) == []
        assert page.run(CONTRAST) == {}
        assert page.run(SMALL) == 0
        assert "taken" not in page.driver.title
        assert len(page.run("return [...document.querySelectorAll('.league tbody tr')]")) == 40
        page.picture(f"history-{width}-{look}".replace("=", "-").replace("&", "-"))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_the_page_is_of_stands_in_one_line_on_a_desk(
    driver: webdriver.Chrome, language: str
) -> None:
    lines = "const h1 = document.querySelector('h1'); const range = document.createRange(); range.selectNodeContents(h1); return new Set([...range.getClientRects()].map((each) => Math.round(each.top))).size"
    with board_with(driver, forty(), archive=Told((), now_ms())) as (page, _, _served):
        for width, height in ((1366, 768), (1920, 1080)):
            screen(driver, width, height)
            page.open(f"/history?when=2026-10&by=centre&lang={language}", "#glance .tiles")
            assert page.run(lines) == 1, width


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_everything_is_heard(driver: webdriver.Chrome, width: int, height: int) -> None:
    """Of few rows: axe compares each cell of a table with each other."""
    screen(driver, width, height)
    with board_with(driver, forty(), archive=Told((), now_ms())) as (page, _, _served):
        page.open("/history?when=2026-10&by=centre&lang=ar", "#glance .tiles")
        assert page.run(NAMELESS) == 0
        page.run(AXE)
        page.run(BEGIN)
        wait_until(
            lambda: page.run("return window.told !== undefined"), "axe has looked at all of it"
        )
        assert page.run("return window.told") == []


def test_it_is_whole_without_scripts_and_every_step_down_is_a_link(
    driver: webdriver.Chrome,
) -> None:
    screen(driver, 1366, 768)
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        with board_with(driver, forty(), archive=Told((), now_ms())) as (page, _, _served):
            page.open("/history?when=2026-10&department=a", "#glance .tiles")
            assert "12,403" in page.text("#glance")
            for selector, shows in (
                (".league tbody th a", "#trend"), ("#trend details summary", "#trend tbody th a"), ("#trend tbody th a", "#trend"),
            ):  # fmt: skip
                page.driver.find_element("css selector", selector).click()
                assert page.text(shows)
            assert "when=2026-10-01" in page.driver.current_url
            assert page.driver.find_elements("css selector", "#weekly") == []
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_on_paper_it_is_light_and_has_no_ways(driver: webdriver.Chrome) -> None:
    screen(driver, 1366, 768)
    with board_with(driver, forty(), archive=Told((), now_ms())) as (page, _, _served):
        page.open("/history?when=2026-10&theme=dark", "#glance .tiles")
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        try:
            assert page.run("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"  # fmt: skip
            assert page.run("return getComputedStyle(document.querySelector('.ways')).display") == "none"  # fmt: skip
            assert page.run(CONTRAST) == {}
        finally:
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
