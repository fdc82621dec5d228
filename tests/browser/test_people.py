"""Logging in and out in a real browser: its cookies, its Origin, its content policy. Pictures: build/screenshots."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import web
from selenium import webdriver
from selenium.webdriver.common.by import By

from dashboards.access.register import EVERYBODY
from streams.local.kafka import free_port
from streams.local.kafka_place import HOST
from tests.support.browser import chromium, texts_of
from tests.support.people import Town
from tests.support.services import get
from tests.support.waiting import wait_until

PICTURES = Path(__file__).parents[2] / "build" / "screenshots"


@contextmanager
def served(town: Town) -> Iterator[str]:
    """The address of the town's board, served in a thread."""
    url, loop = f"http://{HOST}:{free_port()}", asyncio.new_event_loop()

    async def serve() -> None:
        runner = web.AppRunner(town.app(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, HOST, int(url.rpartition(":")[2])).start()
        try:
            await town.wallboard.hub.run()
        finally:
            await runner.cleanup()

    task = loop.create_task(serve())
    asking = loop.create_task(town.wallboard.ask_archive())

    def run() -> None:
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            pass
        finally:
            loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    wait_until(lambda: get(f"{url}/access.css"), "the board serves")
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(asking.cancel)
        loop.call_soon_threadsafe(task.cancel)
        thread.join(20)


def screen(driver: webdriver.Chrome, width: int, height: int) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def picture(driver: webdriver.Chrome, name: str) -> None:
    """Keep it, and see that nothing lies beside the screen."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    driver.save_screenshot(str(PICTURES / f"{name}.png"))
    beside = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert driver.execute_script(beside) <= 0, name


def log_in(driver: webdriver.Chrome, token: str) -> None:
    driver.find_element(By.NAME, "token").send_keys(token)
    driver.find_element(By.CSS_SELECTOR, "button").click()


def test_a_person_logs_in_sees_her_department_and_logs_out(tmp_path: Path) -> None:
    town = Town(tmp_path)
    token = town.token("supervisor", "water", who="Thandi")
    with served(town) as url, chromium() as driver:

        def shows(selector: str, text: str) -> None:
            wait_until(
                lambda: text in "".join(texts_of(driver, selector)),
                f"{text} stands in {selector}",
            )  # fmt: skip

        driver.get(f"{url}/?theme=dark")
        shows("h1", "Log in")
        for width, height in ((1366, 768), (390, 844)):
            screen(driver, width, height)
            picture(driver, f"log-in-{width}")
        log_in(driver, "qw_wrong")
        shows(".problem", "not known")
        picture(driver, "log-in-refused-390")
        log_in(driver, token)
        shows("#rows", "Burst pipes")
        assert driver.current_url == f"{url}/?theme=dark"
        assert "Payroll" not in driver.page_source
        shows("#me", "Thandi")
        screen(driver, 1366, 768)
        picture(driver, "board-of-a-department-1366")
        driver.find_element(By.ID, "me").click()
        shows("main", "supervisor · water")
        picture(driver, "logged-in-1366")
        driver.find_elements(By.CSS_SELECTOR, "button")[0].click()
        shows("h1", "Logged out")
        driver.get(url)
        shows("h1", "Log in")


def test_a_page_that_is_open_goes_when_its_session_is_ended(tmp_path: Path) -> None:
    town = Town(tmp_path)
    with served(town) as url, chromium() as driver:
        driver.get(url)
        log_in(driver, town.token("viewer"))
        wait_until(lambda: "Payroll" in driver.page_source, "the board is shown")
        town.gate.end_all(EVERYBODY)
        wait_until(lambda: "/access/log-in" in driver.current_url, "the page is left")
        assert "Payroll" not in driver.page_source
