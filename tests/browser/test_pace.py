"""Of pages that come faster than a browser draws them it draws the newest alone, and touches only what differs."""

from collections.abc import Iterator

import pytest
from selenium import webdriver

from tests.support.staged_page import DRAWING_MS, Staged, staged_page, staging

_LOOKED_AT = """
let looks = 0;
const look = Element.prototype.getAttribute;
Element.prototype.getAttribute = function (name) { looks += 1; return look.call(this, name); };
later.splice(0).forEach(([step]) => step());
Element.prototype.getAttribute = look;
return [looks, document.querySelectorAll("#page *").length];
"""

_UNSEEN = """
let made = 0;
window.unseen = new Map();
window.requestAnimationFrame = (step) => { made += 1; unseen.set(made, step); return made; };
window.cancelAnimationFrame = (each) => { unseen.delete(each); };
"""


@pytest.fixture(scope="module")
def driver() -> Iterator[webdriver.Chrome]:
    with staging() as found:
        yield found


@pytest.fixture
def staged(driver: webdriver.Chrome) -> Iterator[Staged]:
    with staged_page(driver, "/") as found:
        yield found


def test_a_page_that_comes_after_a_pause_is_drawn_at_once(staged: Staged) -> None:
    staged.says("first")
    assert staged.run_timers() == [0]
    assert staged.drawn == "first"


def test_after_a_drawing_it_rests_as_long_as_that_took_and_draws_the_newest_alone(
    staged: Staged,
) -> None:
    """Each was drawn, one after the other: what a slow browser showed was as old as all that lay before it."""
    staged.says("first")
    staged.run_timers()
    staged.run_timers()  # the frame after it
    staged.says("second")
    staged.passes(100)
    staged.says("third")
    staged.passes(100)
    staged.says("fourth")
    assert staged.drawn == "first"
    assert staged.run_timers() == [DRAWING_MS]
    assert staged.drawn == "fourth"
    assert DRAWING_MS not in staged.run_timers()  # nothing is left to be drawn


def test_in_a_page_that_nobody_sees_nothing_piles_up(
    staged: Staged, driver: webdriver.Chrome
) -> None:
    """It has no frames. Each drawing left a step that waited for one, and all of them ran when somebody looked."""
    driver.execute_script(_UNSEEN)
    for title in ("first", "second", "third"):
        staged.says(title)
        staged.run_timers()
        assert staged.drawn == title
    assert driver.execute_script("return unseen.size") == 1


def test_what_was_heard_before_a_problem_is_not_drawn_after_it(staged: Staged) -> None:
    """The page was live again, though the board had just said that it cannot draw it."""
    staged.says("first")
    staged.has_a_problem()
    staged.run_timers()
    assert staged.drawn != "first"


def test_what_is_as_it_was_is_not_read_element_by_element(
    staged: Staged, driver: webdriver.Chrome
) -> None:
    """Four fifths of the work for an update were spent on what did not differ."""
    staged.draws_at_once()
    staged.says("first")
    staged.run_timers()
    staged.says("second")
    looks, elements = driver.execute_script(_LOOKED_AT)
    assert staged.drawn == "second"
    assert looks < elements / 10
