"""The supervisor's desk in a real browser: what it shows, what is done with it, by keyboard, on a phone, without a script."""

from pathlib import Path

import axe_core_python
import pytest
from msgspec.structs import replace
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from schemas.codec import decode_as, encode
from schemas.commands import Acknowledged, LineShown, command_key
from schemas.millis import HOUR, MINUTE
from schemas.roles import ROLES
from tests.browser.test_people import log_in, picture, screen, served
from tests.support.browser import chromium, texts_of
from tests.support.callers import ANN, BO, OTHER, came, line
from tests.support.people import Town
from tests.support.waiting import wait_until
from tests.support.walls import NOW, person

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text()


def desk_town(folder: Path) -> Town:
    """Burst pipes: Ann was sent on from payroll and gave up before; somebody unknown is doubtful. Bo hung up, and is not back."""
    town = Town(folder, named_to=ROLES, listed_to=ROLES)
    town.now = NOW
    waits = came("leg-ann", before=3 * MINUTE, contact_id="c", missed_offers=2)
    unknown = came("leg-nobody", before=MINUTE, caller="")
    town.latest.apply(
        "snapshots",
        b"burst-pipes",
        encode(line(waits, unknown, agents={"available": 1, "talking": 1})),
    )
    town.latest.apply(
        "snapshots",
        OTHER.encode(),
        encode(replace(line(), queue=OTHER, agents={"available": 1, "talking": 1})),
    )
    for each in (
        replace(person("thandi", "idle", "burst-pipes", OTHER), since=NOW - 4 * MINUTE, version=2),
        replace(person("zodwa", "idle", "burst-pipes", routing="not_ready"), reason="lunch"),
    ):
        town.latest.apply("roster", each.agent.encode(), encode(each))
    stays = town.wallboard.stays
    for row in (
        waits,
        unknown,
        came(
            "leg-before",
            "transferred",
            before=8 * MINUTE,
            wait=4 * MINUTE,
            contact_id="c",
            queue=OTHER,
        ),
        came("leg-morning", "abandoned", before=2 * HOUR),
        came("leg-bo", "abandoned", before=HOUR, wait=2 * MINUTE, caller=BO),
    ):
        stays.take(encode(row))
    stays.whole(NOW - 26 * HOUR)
    return town


def text(driver: webdriver.Chrome, css: str) -> str:
    """What can be read there; "" while it is not there."""
    return "".join(texts_of(driver, css)[:1])


def opened(driver: webdriver.Chrome, url: str, town: Town, query: str = "") -> None:
    """Logged in as a supervisor of everything, at the desk."""
    driver.get(f"{url}/desk{query}")
    log_in(driver, town.token("supervisor", who="Thandi"))
    wait_until(lambda: driver.find_elements(By.ID, "callers"), "the desk is there")


def test_a_supervisor_sees_who_waits_and_takes_an_alert(tmp_path: Path) -> None:
    town = desk_town(tmp_path)
    with served(town) as url, chromium() as driver:
        opened(driver, url, town)
        callers = text(driver, "#callers")
        assert "leg-ann" in callers
        assert ANN[-8:] in callers
        assert ANN not in driver.page_source
        for told in (
            "sent on from Payroll",
            "Payroll: waited 4:00",
            "hung up at",
            "rang 2 times today",
            "2 times an agent did not pick up",
        ):
            assert told in callers, told
        assert "leg-bo" in text(driver, "#not-back")
        assert "leg-morning" not in text(driver, "#not-back")  # Ann is back
        people = text(driver, "#agents")
        assert people.count("thandi") == 1
        assert "lunch" in people
        picture(driver, "desk-1920")

        before = text(driver, "#callers .age .wait")
        wait_until(lambda: text(driver, "#callers .age .wait") != before, "the wait goes on")

        alert = "#alerts li[data-key='late/burst-pipes']"
        button = driver.find_element(
            By.CSS_SELECTOR, f"{alert} form:has([value='acknowledge']) button"
        )
        button.click()
        wait_until(lambda: "Thandi" in text(driver, f"{alert} .quiet"), "the desk says who has it")
        assert decode_as(Acknowledged, town.written[0]).who == "Thandi"
        # Back at the alert, not at the top of the page.
        assert "#alert-" in driver.current_url
        at = "return document.querySelector(location.hash)?.dataset.key"
        assert driver.execute_script(at) == "late/burst-pipes"
        assert [r.action for r in town.kept][-1] == "alert_ack"


def test_what_is_asked_for_stands_in_the_address(tmp_path: Path) -> None:
    town = desk_town(tmp_path)
    with served(town) as url, chromium() as driver:
        opened(driver, url, town, "?sort=name&department=water")
        assert "Burst pipes" in text(driver, "#rows")
        assert "Payroll" not in text(driver, "#rows")
        search = driver.find_element(By.NAME, "q")
        search.send_keys("nowhere", Keys.ENTER)
        wait_until(lambda: "q=nowhere" in driver.current_url, "the address has it")
        assert "No queue matches" in text(driver, "main")
        assert driver.find_element(By.NAME, "q").get_attribute("value") == "nowhere"
        driver.get(f"{url}/desk?queue=none")
        assert "There is no queue “none”." in text(driver, "main")
        driver.get(f"{url}/desk?sort=age&sign=RED")
        assert "There is no order “age”" in text(driver, ".unknown")
        assert "Burst pipes" in text(driver, "#queues")


def test_it_is_used_by_keyboard_alone(tmp_path: Path) -> None:
    town = desk_town(tmp_path)
    with served(town) as url, chromium() as driver:
        opened(driver, url, town)
        driver.execute_script("document.querySelector('#lines summary').focus()")
        driver.switch_to.active_element.send_keys(Keys.ENTER)
        driver.switch_to.active_element.send_keys(Keys.TAB)
        driver.switch_to.active_element.send_keys("crews are out", Keys.ENTER)
        wait_until(lambda: driver.find_elements(By.CSS_SELECTOR, "#lines li"), "the line is shown")
        assert "crews are out" in text(driver, "#lines li")
    written = decode_as(LineShown, town.written[0])
    assert (written.note, written.department) == ("crews are out", "")


def tab_to(driver: webdriver.Chrome, css: str) -> None:
    """As somebody without a mouse comes there."""
    for _ in range(200):
        ActionChains(driver).send_keys(Keys.TAB).perform()
        if driver.execute_script("return document.activeElement.matches(arguments[0])", css):
            return
    raise AssertionError(f"no tab leads to {css}")


def test_an_alert_is_taken_and_the_queue_of_a_caller_is_opened_by_keyboard_alone(
    tmp_path: Path,
) -> None:
    town = desk_town(tmp_path)
    with served(town) as url, chromium() as driver:
        opened(driver, url, town)
        tab_to(driver, "#alerts form:has([value='acknowledge']) input[name='note']")
        ActionChains(driver).send_keys("two come from Payroll", Keys.ENTER).perform()
        wait_until(lambda: "Thandi" in text(driver, "#alerts .quiet"), "the desk says who has it")
        taken = decode_as(Acknowledged, town.written[0])
        assert (taken.who, taken.note) == ("Thandi", "two come from Payroll")
        tab_to(driver, "#callers td a")
        ActionChains(driver).send_keys(Keys.ENTER).perform()
        wait_until(lambda: "burst-pipes" in driver.current_url, "its queue is opened")


@pytest.mark.parametrize("language", ["en", "id", "ar", "zu"])
def test_a_phone_has_one_column_in_each_language(tmp_path: Path, language: str) -> None:
    town = desk_town(tmp_path)
    with served(town) as url, chromium() as driver:
        screen(driver, 390, 844)
        opened(driver, url, town, f"?lang={language}")
        picture(driver, f"desk-390-{language}")
        direction = driver.find_element(By.TAG_NAME, "html").get_attribute("dir")
        assert direction == ("rtl" if language == "ar" else "ltr")
        boxes = driver.execute_script(
            "return [...document.querySelectorAll('.desk .columns > section')].map(e => e.getBoundingClientRect().left)"
        )
        assert len(set(boxes)) == 1


def test_without_a_script_it_is_read_and_an_alert_is_taken(tmp_path: Path) -> None:
    town = desk_town(tmp_path)
    with served(town) as url, chromium() as driver:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        opened(driver, url, town)
        assert "leg-ann" in text(driver, "#callers")
        driver.find_element(By.CSS_SELECTOR, "form:has([value='acknowledge']) button").click()
        wait_until(lambda: town.written, "it is written")
        wait_until(
            lambda: driver.find_elements(By.CSS_SELECTOR, "form:has([value='release'])"),
            "it says so",
        )


def test_who_may_only_look_has_no_button(tmp_path: Path) -> None:
    town = desk_town(tmp_path)
    with served(town) as url, chromium() as driver:
        driver.get(f"{url}/desk")
        log_in(driver, town.token("viewer"))
        wait_until(lambda: driver.find_elements(By.ID, "alerts"), "the desk is there")
        assert driver.find_elements(By.CSS_SELECTOR, "form[method='post']") == []


def test_a_line_stands_on_the_walls_of_its_department_without_scrolling(tmp_path: Path) -> None:
    town = desk_town(tmp_path)
    said = "Burst pipe in Ntuzuma: crews are out. Tell callers that water is back at 18:00; tankers stand at the clinic."
    for line_id, department, note in (("l", "water", said), ("s", "staff", "of staff alone")):
        shown = LineShown(
            who="Bo", at=NOW, line_id=line_id, until=NOW + HOUR, note=note, department=department
        )
        town.latest.apply("commands", command_key(shown), encode(shown))
    with served(town) as url, chromium() as driver:
        driver.get(f"{url}/wall/water")
        log_in(driver, town.token("viewer"))
        wait_until(lambda: said in text(driver, "#lines"), "the wall shows the line")
        assert "of staff alone" not in driver.page_source
        picture(driver, "wall-with-line")
        below = (
            "return document.documentElement.scrollHeight - document.documentElement.clientHeight"
        )
        assert driver.execute_script(below) <= 0


@pytest.mark.parametrize("width", [1366, 390])
def test_axe_finds_nothing(tmp_path: Path, width: int) -> None:
    town = desk_town(tmp_path)
    with served(town) as url, chromium() as driver:
        screen(driver, width, 900)
        opened(driver, url, town)
        driver.execute_script(AXE)
        for opened_one in driver.find_elements(By.CSS_SELECTOR, "details summary"):
            opened_one.click()
        found = driver.execute_async_script(
            "const done = arguments[0]; axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa',"
            " 'wcag22aa']}).then(r => done(r.violations.map(v => [v.id, v.nodes.map(n => n.html)])))"
        )
    assert found == []
