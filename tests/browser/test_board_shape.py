"""Sizes, contrast, languages and what people with a screen reader get, measured in the pages themselves."""

from collections.abc import Callable, Iterator
from pathlib import Path

import axe_core_python
import pytest
from selenium import webdriver

from dashboards.wallboard.texts import LANGUAGES, PLURAL, texts_of
from schemas.attention import Attention
from schemas.codec import encode
from schemas.commands import LineShown, command_key
from schemas.millis import HOUR
from schemas.targets import TargetsVersion
from streams.plumbing.wall_clock import now_ms
from tests.support.browser import chromium
from tests.support.floors import Record, healthy, records, snapshot, targets
from tests.support.past_days import Told
from tests.support.served_board import CONTRAST, CUT, board_with, screen
from tests.support.waiting import wait_until

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text()
NINETY = (
    "Water tankers of the north-western coastal region and of the islands that lie near to it all"
)
SIZES = """
const height = (selector) => [...document.querySelectorAll(selector)].map((node) => parseFloat(getComputedStyle(node).fontSize));
return {
  overflow: [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight],
  main: height(".band .waiting .figure, .band .oldest .figure, .band .level_30 .figure"),
  rows: height("#rows .figure"), names: height("#rows .name"),
  lowest: Math.max(...[...document.querySelectorAll("#page *")].map((node) => node.getBoundingClientRect().bottom)),
};
"""


@pytest.fixture(scope="module")
def driver() -> Iterator[webdriver.Chrome]:
    with chromium() as found:
        yield found


def ninety(now: int) -> list[Record]:
    return fifty(now, NINETY)


HOSTILE = (
    "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script> & \"pipes\"",
    "خط البلاغات عن انقطاع المياه وتسرب الأنابيب في المنطقة الشمالية الغربية والجزر القريبة منها كلها",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsrufnummern",
    "Ukubikwa kokuphuka kwamapayipi amanzi nokungabikho kwamanzi endaweni yasenyakatho nentshonalanga",
)


def hostile(now: int) -> list[Record]:
    """Names with markup, from right to left, of one word, and of ninety characters; those of centres, too."""
    queues = [f"q{n}" for n in range(12)]
    names = [HOSTILE[n % 4] for n in range(12)]
    version = TargetsVersion(1, 0, 0, "UTC", tuple(
        targets(queue=queue, name=name, centre=f"c{n % 4}", centre_name=name) for n, (queue, name) in enumerate(zip(queues, names, strict=True))
    ))  # fmt: skip
    shown = [snapshot(now, queue=queue, waiting=2, oldest_arrived_at=now - 65_000, attention=Attention("watch")) for queue in queues]  # fmt: skip
    return [("targets", b"1", encode(version)), *(("snapshots", each.queue.encode(), encode(each)) for each in shown)]  # fmt: skip


@pytest.mark.parametrize(("width", "height", "path"), [(1920, 1080, "/wall"), (1366, 768, "/wall?lang=ar"), (1366, 768, "/"), (390, 844, "/"), (390, 844, "/wall"), (390, 844, "/queue/q2")])  # fmt: skip
def test_names_of_strangers_are_text_and_are_whole(
    driver: webdriver.Chrome, width: int, height: int, path: str
) -> None:
    screen(driver, width, height)
    with board_with(driver, hostile(now_ms())) as (page, _, _served):
        page.open(path)
        assert page.run(CUT) == []
        assert page.run(SIZES)["overflow"][0] <= 0
        assert page.run("return document.title") != "taken"
        if "queue" not in path:
            names = page.run(
                "return [...document.querySelectorAll('#rows .name')].map((node) => node.textContent)"
            )
            assert HOSTILE[0] in names
            assert set(names) <= set(HOSTILE)


def fifty(now: int, name: str = "Line") -> list[Record]:
    queues = [f"q{n:02}" for n in range(50)]
    version = TargetsVersion(1, 0, 0, "UTC", tuple(targets(queue=q, name=f"{name} {q}") for q in queues))  # fmt: skip
    asking = {"q01": "act", "q02": "watch", "q03": "watch"}
    shown = [
        snapshot(
            now, queue=q, waiting=123, oldest_arrived_at=now - 3_729_000, agents={"available": 12},
            attention=Attention(asking.get(q, "ok")),  # type: ignore[arg-type]
        )
        for q in queues
    ]  # fmt: skip
    simulated = healthy("simulate", now)
    return [("health", b"simulate", encode(simulated)), ("targets", b"1", encode(version)), *(("snapshots", each.queue.encode(), encode(each)) for each in shown)]  # fmt: skip


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160), (1366, 768)])
def test_a_wall_is_read_from_afar_and_nothing_of_it_lies_beside_the_screen(
    driver: webdriver.Chrome, width: int, height: int
) -> None:
    screen(driver, width, height)
    floors: tuple[Callable[[int], list[Record]], ...] = (records, fifty, ninety)
    for number, make in enumerate(floors):
        with board_with(driver, make(now_ms())) as (page, _, _served):
            page.open("/wall")
            size = page.run(SIZES)
            assert size["overflow"][0] <= 0 >= size["overflow"][1]
            assert size["lowest"] <= height + 1
            assert min(size["main"]) >= 0.15 * height - 1
            assert min(size["rows"]) >= 0.06 * height - 1
            assert (
                len({round(each, 1) for each in size["names"]}) == 1
            )  # another size would look like importance
            assert len(size["names"]) == 8
            assert page.run(CUT) == []
            page.picture(f"wall-{width}-{number}")


# What of a wall lies below what it should stand above: rows in their table, texts in their rows, the rest, the footer.
STACKED = """
const box = (selector) => document.querySelector(selector).getBoundingClientRect();
const wrong = [];
const foot = box("footer"), rest = box(".rest"), table = box("#rows");
if (rest.bottom > foot.top + 1) wrong.push("the rest lies under the footer");
if (foot.bottom > innerHeight + 1) wrong.push("the footer is cut");
if (table.bottom > rest.top + 1) wrong.push("the queues lie under the rest");
for (const row of document.querySelectorAll("#rows tr")) {
  const inside = row.getBoundingClientRect();
  if (inside.bottom > table.bottom + 1) wrong.push(`${row.dataset.queue} is cut`);
  for (const node of row.querySelectorAll(".name, .figure, .sign, small")) {
    const part = node.getBoundingClientRect();
    if (part.height && (part.top < inside.top - 1 || part.bottom > inside.bottom + 1))
      wrong.push(`${row.dataset.queue} .${node.className} ${inside.height} ${part.height}`);
  }
}
return wrong;
"""


# How wide each line of a text is, from the first to the last.
LINES = """
const range = document.createRange();
const node = document.querySelector(arguments[0]);
const high = parseFloat(getComputedStyle(node).fontSize);
range.selectNodeContents(node);
const lines = [];
for (const part of range.getClientRects()) {
  const line = lines.find((each) => Math.abs(each.bottom - part.bottom) < high / 2);
  if (!line) lines.push({ bottom: part.bottom, left: part.left, right: part.right });
  else [line.left, line.right] = [Math.min(line.left, part.left), Math.max(line.right, part.right)];
}
return lines.map((each) => Math.round(each.right - each.left));
"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_of_two_lines_leaves_no_word_alone(
    driver: webdriver.Chrome, language: str
) -> None:
    screen(driver, 1920, 1080)
    with board_with(driver) as (page, _, _served):
        page.open(f"/wall?lang={language}", "#headline")
        first, last = page.run(LINES, "#headline")
        assert last > first / 2
        screen(driver, 390, 844)
        page.open(f"/centre/electricity?lang={language}")
        # What agents do stands beside how many they are.
        counts = page.run("return document.querySelector('.agents-of small').textContent")
        assert len(counts.split(" · ")) == 3
        assert not any(" " in each for each in counts.split(" · ")), counts


def test_a_page_that_does_not_exist_says_so_once_and_begins_where_others_do(
    driver: webdriver.Chrome,
) -> None:
    screen(driver, 1366, 768)
    with board_with(driver) as (page, _, _served):
        page.open("/queue/nothing", ".missing")
        lefts = "return [...document.querySelectorAll('h1, .missing p')].map((node) => Math.round(node.getBoundingClientRect().left))"
        assert len(set(page.run(lefts))) == 1
        assert page.run("return document.querySelectorAll('h1').length") == 1


def with_line(now: int) -> list[Record]:
    said = (
        "Burst pipe in Ntuzuma: crews are out, water is back at 18:00; tankers stand at the clinic."
    )
    shown = LineShown(who="Bo", at=now, line_id="l", until=now + HOUR, note=said, department="")
    return [("commands", command_key(shown), encode(shown))]


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1366, 768)])
def test_eight_queues_the_line_of_others_and_the_footer_are_whole_in_every_language(
    driver: webdriver.Chrome, width: int, height: int
) -> None:
    screen(driver, width, height)
    for floor in (records, fifty):
        for line in (False, True):
            now = now_ms()
            with board_with(driver, [*floor(now), *(with_line(now) if line else [])]) as (page, *_):
                for language in LANGUAGES:
                    page.open(f"/wall?lang={language}")
                    assert page.run("return !!document.querySelector('#lines')") == line
                    told = (language, line, floor.__name__)
                    assert (page.run(STACKED), page.run(CUT)) == ([], []), told
                    if line:
                        page.picture(f"wall-{width}-{language}-{floor.__name__}-line")


@pytest.mark.parametrize(
    ("width", "height"), [(1080, 1920), (1024, 1280), (1000, 1000), (1024, 768)]
)
def test_a_television_on_end_and_an_old_one_use_their_screen(
    driver: webdriver.Chrome, width: int, height: int
) -> None:
    """Nothing is cut or lies below another thing; on end the main figures have 15 % of its shorter side, less a little.

    Of one that is not as slender as a television it is the side that a television of its height would have.
    """
    side = min(width, height * 9 / 16)
    screen(driver, width, height)
    for floor in (records, fifty, ninety):
        now = now_ms()
        with board_with(driver, [*floor(now), *with_line(now)]) as (page, _, _served):
            for language in ("zu", "ar"):  # the longest words, and those from the right
                page.open(f"/wall?lang={language}")
                told = (language, floor.__name__)
                assert (page.run(STACKED), page.run(CUT)) == ([], []), told
                size = page.run(SIZES)
                assert size["overflow"][0] <= 0 >= size["overflow"][1], told
                assert min(size["names"]) >= 0.01 * width, told
                if height > width:
                    assert min(size["main"]) >= 0.125 * side, told
                    assert min(size["rows"]) >= 0.05 * side, told
            page.picture(f"wall-{width}-{floor.__name__}")


# Texts that another text's ground would hide where colours are the reader's own: of each large figure the box is looked at.
HIDDEN = """
const hidden = [];
for (const node of document.querySelectorAll("#page .figure")) {
  if (getComputedStyle(node).forcedColorAdjust === "none") continue;
  const high = parseFloat(getComputedStyle(node).fontSize), box = node.getBoundingClientRect();
  const middle = (box.top + box.bottom) / 2;
  for (const other of document.querySelectorAll("#page dt, #page thead th")) {
    const text = other.getBoundingClientRect();
    if (text.right > box.left && text.left < box.right && text.bottom > middle - 0.62 * high && text.top < middle + 0.62 * high)
      hidden.push(`${other.textContent} by ${node.textContent}`);
  }
}
return hidden;
"""


def test_with_colours_of_the_readers_own_nothing_is_hidden_and_act_stands_out(
    driver: webdriver.Chrome,
) -> None:
    screen(driver, 1366, 768)
    forced = {"features": [{"name": "forced-colors", "value": "active"}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", forced)
    ground = "return [...document.querySelectorAll('#rows .sign')].map((node) => [node.dataset.level, getComputedStyle(node).backgroundColor, getComputedStyle(node).outlineStyle])"
    try:
        now = (
            now_ms()
        )  # of its records for ever: half a minute later they would be old, and no level is shown
        with board_with(driver, records(now), clock=lambda: now) as (page, _, _served):
            for path in ("/wall", "/"):
                page.open(path)
                assert page.run("return matchMedia('(forced-colors: active)').matches")
                assert page.run(HIDDEN) == [], path
                looks = {level: (back, line) for level, back, line in page.run(ground)}
                assert len({looks[level] for level in ("act", "watch", "ok")}) == 3, looks
            page.picture("forced-colours")
    finally:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_the_line_of_the_last_hour_crosses_no_digit(driver: webdriver.Chrome) -> None:
    crossed = """
    const box = (node) => node.getBoundingClientRect();
    return [...document.querySelectorAll(".band .spark")].map((spark) =>
      [...spark.closest("div").querySelectorAll(".figure, small:not(:empty)")].every((node) => box(node).bottom <= box(spark).top + 1));
    """
    now = now_ms()
    queues = tuple(key.decode() for topic, key, _ in records(now) if topic == "snapshots")
    with board_with(driver, records(now), Told(queues, now)) as (page, _, _served):
        for width, height in ((1366, 768), (390, 844), (320, 640)):
            screen(driver, width, height)
            page.open("/?theme=light")
            wait_until(lambda: page.run("return !!document.querySelector('.spark')"), "it is there")
            assert page.run(crossed) == [True, True], width


@pytest.mark.parametrize("path", ["/", "/desk", "/trends?queue=power-outage", "/queue/power-outage", "/wall", "/history?when=2026-10"])  # fmt: skip
def test_at_four_times_the_size_a_page_is_read_downwards_alone(
    driver: webdriver.Chrome, path: str
) -> None:
    """WCAG 1.4.10: 320 pixels of a page that is 1280 wide; no text is smaller than is read on a phone."""
    screen(driver, 320, 640)
    small = """
    return [...document.querySelectorAll("#page *")].filter((node) =>
      [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim())
      && !node.closest("svg, .heard, thead, caption, .percent") && node.getClientRects().length
      && parseFloat(getComputedStyle(node).fontSize) < 8.5
    ).map((node) => `${node.tagName}.${node.className} ${node.textContent.slice(0, 30)}`);
    """
    now = now_ms()
    queues = tuple(key.decode() for topic, key, _ in records(now) if topic == "snapshots")
    with board_with(driver, records(now), Told(queues, now)) as (page, _, _served):
        page.open(path)
        assert page.run("return innerWidth") == 320
        assert page.run(SIZES)["overflow"][0] <= 0
        assert page.run(CUT) == []
        assert page.run(small) == []


@pytest.mark.parametrize("path", ["/", "/department/city", "/centre/electricity", "/queue/power-outage", "/queue/nothing"])  # fmt: skip
def test_a_phone_has_one_column_and_nothing_beside_the_screen(
    driver: webdriver.Chrome, path: str
) -> None:
    screen(driver, 390, 844)
    with board_with(driver) as (page, _, _served):
        page.open(path, "main")
        assert page.run("return innerWidth") == 390  # wider: the page was zoomed out
        assert page.run(SIZES)["overflow"][0] <= 0
        assert page.run(CUT) == []
        page.picture(f"phone-{path.strip('/').replace('/', '-') or 'all'}")


@pytest.mark.parametrize("look", ["theme=dark", "theme=light", "contrast=high"])
def test_every_text_has_enough_contrast(driver: webdriver.Chrome, look: str) -> None:
    screen(driver, 1920, 1080)
    with board_with(driver) as (page, _, _served):
        for path in ("/", "/wall", "/queue/power-outage"):
            page.open(f"{path}?{look}")
            assert page.run(CONTRAST) == {}, path
    with board_with(driver, records(now_ms() - 15_000)) as (page, _, _served):
        page.open(f"/wall?{look}")
        assert page.text("#banner").startswith("DATA IS STALE")
        assert page.run(CONTRAST) == {}
        page.picture(f"stale-{look.partition('=')[2]}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fits_and_arabic_runs_from_the_right(
    driver: webdriver.Chrome, language: str
) -> None:
    with board_with(driver) as (page, _, _served):
        for width, height, path in ((1920, 1080, "/wall"), (1366, 768, "/"), (390, 844, "/")):
            screen(driver, width, height)
            page.open(f"{path}?lang={language}")
            assert page.run("return document.dir") == ("rtl" if language == "ar" else "ltr")
            assert page.run(SIZES)["overflow"][0] <= 0
            assert page.run(CUT) == [], (width, path)
            page.picture(f"{language}-{width}")
    # The words of a floor without data are the longest of some languages.
    with board_with(driver, records(now_ms() - 60_000)) as (page, _, _served):
        for width, height, path in ((1920, 1080, "/wall"), (1366, 768, "/"), (390, 844, "/")):
            screen(driver, width, height)
            page.open(f"{path}?lang={language}")
            assert page.run(CUT) == [], (width, path)
        signs = "return [document.querySelector('.sign-of'), document.querySelector('.who')].map((node) => node.getBoundingClientRect().left)"
        screen(driver, 1920, 1080)
        page.open(f"/wall?lang={language}")
        first, second = page.run(signs)
        assert (first > second) == (language == "ar")


def test_numbers_and_plurals_are_those_of_the_browser(driver: webdriver.Chrome) -> None:
    with board_with(driver) as (page, _, _served):
        page.open("/")
        for language in LANGUAGES:
            script = (
                "const rules = new Intl.PluralRules(arguments[0]);"
                "return [[...Array(201).keys()].map((n) => rules.select(n)),"
                " new Intl.NumberFormat(`${arguments[0]}-u-nu-latn`).format(1234567)]"
            )
            plurals, number = page.run(script, language)
            assert [PLURAL[language](n) for n in range(201)] == plurals, language
            assert texts_of(language).number(1_234_567) == number, language


@pytest.mark.parametrize("path", ["/", "/wall", "/queue/power-outage", "/queue/nothing", "/?lang=ar"])  # fmt: skip
def test_axe_finds_nothing(driver: webdriver.Chrome, path: str) -> None:
    screen(driver, 1366, 768)
    with board_with(driver) as (page, _, _served):
        page.open(path, "main")
        page.run(AXE)
        found = driver.execute_async_script(
            "const done = arguments[0]; axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa',"
            " 'best-practice']}).then((all) => done(all.violations.map((each) =>"
            " `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 120)).slice(0, 3).join(' | ')}`)))"
        )
        assert found == []


def test_it_is_worked_by_keyboard_alone(driver: webdriver.Chrome) -> None:
    screen(driver, 1366, 768)
    with board_with(driver) as (page, _, _served):
        page.open("/")
        reached = page.run(
            "return [...document.querySelectorAll('a, summary')].filter((node) => node.tabIndex >= 0 && node.offsetParent)"
            ".map((node) => node.getAttribute('href') ?? node.tagName)"
        )
        assert reached[0] == "#main"
        assert "/queue/power-outage" in reached
        assert "SUMMARY" in reached
        # A target for a finger: WCAG 2.2, 2.5.8.
        small = "return [...document.querySelectorAll('.ways a, summary')].filter((node) => node.offsetParent && node.getBoundingClientRect().height < 24).map((node) => node.textContent)"
        assert page.run(small) == []
