"""Debian's chromium, headless, driven by its own chromedriver: nothing is downloaded."""

from collections.abc import Iterator
from contextlib import contextmanager

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from tests.support.services import program


@contextmanager
def chromium(width: int = 1920, height: int = 1080) -> Iterator[webdriver.Chrome]:
    """A fresh browser with a wall's window size."""
    options = webdriver.ChromeOptions()
    options.binary_location = program("chromium", "chromium")
    for argument in (
        "--headless=new",
        "--no-sandbox",  # its sandbox refuses root, as which CI runs
        "--disable-dev-shm-usage",  # a container's /dev/shm is too small for it
        "--disable-background-networking",
        f"--window-size={width},{height}",
    ):
        options.add_argument(argument)
    driver = webdriver.Chrome(options, Service(program("chromedriver", "chromium-driver")))
    try:
        yield driver
    finally:
        driver.quit()


def texts_of(driver: webdriver.Chrome, selector: str) -> list[str]:
    """What can be read in each such element."""
    try:
        return [each.text for each in driver.find_elements(By.CSS_SELECTOR, selector)]
    except StaleElementReferenceException:  # another page has come between two commands
        return texts_of(driver, selector)
