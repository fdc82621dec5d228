"""A page of an older release is loaded anew, once, and not under the hands of somebody who writes."""

from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.support.staged_page import Staged, staged_page, staging

_SEARCH = ".filters input[name=q]"


@pytest.fixture(scope="module")
def driver() -> Iterator[webdriver.Chrome]:
    with staging() as found:
        yield found


@pytest.fixture
def staged(driver: webdriver.Chrome) -> Iterator[Staged]:
    with staged_page(driver, "/desk") as found:
        yield found


def test_a_page_of_another_release_is_loaded_once(staged: Staged) -> None:
    """Each page that came meanwhile began the loading anew: on a slow line none came to its end."""
    for title in ("first", "second", "third"):
        staged.says(title, build="another")
        staged.run_timers()
    assert staged.loads == 1


def test_a_loading_that_was_stopped_is_begun_again(staged: Staged) -> None:
    """Somebody stopped it, or asked for a file meanwhile: the page was lost until a person loaded it."""
    staged.says("first", build="another")
    staged.run_timers()
    staged.passes(3 * 60 * 1000)
    staged.says("second", build="another")
    staged.run_timers()
    assert staged.loads == 2


def test_what_somebody_writes_is_not_lost_by_another_release(
    staged: Staged, driver: webdriver.Chrome
) -> None:
    """What she had typed was gone. The figures go on meanwhile."""
    field = driver.find_element(By.CSS_SELECTOR, _SEARCH)
    field.send_keys("power")
    staged.says("first", build="another")
    staged.run_timers()
    assert (staged.loads, staged.drawn) == (0, "first")
    assert field.get_attribute("value") == "power"
    field.clear()
    staged.says("second", build="another")
    staged.run_timers()
    assert staged.loads == 1


def test_who_left_a_field_half_written_does_not_keep_the_older_release(
    staged: Staged, driver: webdriver.Chrome
) -> None:
    driver.find_element(By.CSS_SELECTOR, _SEARCH).send_keys("power")
    staged.passes(11 * 60 * 1000)
    staged.says("first", build="another")
    staged.run_timers()
    assert staged.loads == 1
