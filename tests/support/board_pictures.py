"""The pictures of the boards in the documents: `python -m tests.support.board_pictures` takes them anew (needs chromium)."""

import sys
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from selenium import webdriver

from dashboards.callers.stays import Stays
from schemas.attention import Attention
from schemas.codec import encode
from schemas.counters import Counts
from schemas.millis import MINUTE, from_iso
from streams.plumbing.wall_clock import now_ms
from tests.support.browser import chromium
from tests.support.floors import Record, healthy, records, snapshot
from tests.support.past_days import Told
from tests.support.scenes import scene
from tests.support.served_board import board_with, screen
from tests.support.sources import ROOT
from tests.support.waiting import wait_until
from tests.support.working_desk import desk_records, desk_stays

FOLDER = ROOT / "docs" / "pictures"
AFTERNOON = from_iso("2026-11-30T14:40:00+02:00")  # of the days that an archive tells
CENTRES = (
    "electricity", "revenue", "water-and-sanitation", "switchboard", "sizakala", "help-desk", "human-resources", "fleet",
)  # fmt: skip
WIDE, DESK, PHONE, ON_END = (1920, 1080), (1366, 768), (390, 844), (1080, 1920)


def calm(now: int) -> list[Record]:
    """The same floor on a good morning."""
    good = Counts(offered=40, answered=39, answered_in_target=37, abandoned=1)
    return [
        record if record[0] != "snapshots"
        else (record[0], record[1], encode(snapshot(now, queue=record[1].decode(), windows={30: good}, today=good,
                                                    agents={"available": 2, "talking": 4}, attention=Attention("ok"))))
        for record in records(now) if record[0] != "alerts"
    ]  # fmt: skip


def few(now: int) -> list[Record]:
    """A night in which hardly anybody rings."""
    counts = Counts(offered=3, answered=3, answered_in_target=2)
    return [
        *calm(now),
        ("snapshots", b"burst-pipes", encode(snapshot(now, version=2, waiting=1, oldest_arrived_at=now - 41_000,
         windows={30: counts}, today=counts, agents={"talking": 1}, attention=Attention("watch")))),
    ]  # fmt: skip


def simulated(now: int) -> list[Record]:
    return [*records(now), ("health", b"simulate", encode(healthy("simulate", now)))]


def silent(now: int) -> list[Record]:
    return records(now - 60_000)


def stale(now: int) -> list[Record]:
    return records(now - 15_000)


class Picture(Struct, frozen=True):
    name: str
    size: tuple[int, int]
    path: str
    floor: Callable[[int], list[Record]] = records
    has_archive: bool = False
    scroll: str = ""  # the part of the page that stands at the top
    stays: Callable[[list[Record], int], Stays] | None = None
    state: str = "live"  # what its data must be
    at: int = 0  # the moment that its board takes for now; 0: the real one


MORNING = from_iso("2026-11-25T11:00:00+02:00")
NIGHT = from_iso("2026-11-25T03:00:00+02:00")
# When the board is looked at, and the minutes since the run began: of an outage the second one is just over then.
SCENARIOS = {
    "ordinary": (MORNING, 360), "burst-pipe": (MORNING, 360), "pay-day": (MORNING, 360), "slow-system": (MORNING, 360),
    "sick-leave": (MORNING, 360), "short-abandons": (MORNING, 75), "bad-weather": (MORNING, 60),
    "platform-outage": (MORNING, 57), "quiet-night": (NIGHT, 120),
}  # fmt: skip


def scenario(name: str) -> Picture:
    """The wall so many minutes after the run began."""
    at, minutes = SCENARIOS[name]

    def floor(now: int) -> list[Record]:
        return scene(name, now - minutes * MINUTE, minutes, seed=1)

    return Picture(f"scenario-{name}", WIDE, "/wall?theme=dark", floor, at=at)


PICTURES = (
    *(scenario(name) for name in SCENARIOS),
    Picture("wall", WIDE, "/wall?theme=dark"),
    Picture("wall-light", WIDE, "/wall?theme=light"),
    Picture("wall-simulated", WIDE, "/wall?theme=dark", simulated),
    Picture("wall-calm", WIDE, "/wall?theme=dark", calm),
    Picture("wall-few-calls", WIDE, "/wall?theme=dark", few),
    Picture("wall-stale", WIDE, "/wall?theme=dark", stale, state="stale"),
    Picture("wall-no-live-data", WIDE, "/wall?theme=dark", silent, state="dead"),
    Picture("wall-arabic", WIDE, "/wall?theme=dark&lang=ar"),
    Picture("wall-high-contrast", WIDE, "/wall?contrast=high"),
    Picture("wall-on-end", ON_END, "/wall?theme=dark"),
    Picture("all", DESK, "/?theme=light"),
    Picture("all-calm", DESK, "/?theme=dark", calm),
    Picture("centre", DESK, "/centre/electricity?theme=dark"),
    Picture("queue", DESK, "/queue/power-outage?theme=light"),
    Picture("not-found", DESK, "/queue/power-outages?theme=light"),
    Picture("trends", WIDE, "/trends?queue=power-outage&theme=dark", records, has_archive=True),
    Picture(
        "trends-arabic",
        DESK,
        "/trends?queue=power-outage&theme=light&lang=ar",
        records,
        has_archive=True,
    ),
    Picture(
        "trends-phone", PHONE, "/trends?centre=electricity&theme=light", records, has_archive=True
    ),
    Picture("wall-last-hour", WIDE, "/wall?theme=dark", records, has_archive=True),
    Picture("phone", PHONE, "/centre/electricity?theme=light"),
    Picture("desk", DESK, "/desk?theme=light", desk_records, stays=desk_stays),
    Picture(
        "desk-callers", DESK, "/desk?theme=light", desk_records, scroll="#alerts", stays=desk_stays
    ),
    Picture(
        "desk-agents", DESK, "/desk?theme=light", desk_records, scroll="#agents", stays=desk_stays
    ),
    Picture(
        "desk-phone", PHONE, "/desk?theme=light", desk_records, scroll="#callers", stays=desk_stays
    ),
    Picture("history", WIDE, "/history?when=2026-10&by=centre&theme=light", has_archive=True),
    Picture(
        "history-phone", PHONE, "/history?when=2026-10&by=centre&theme=light", has_archive=True
    ),
    Picture(
        "history-weekly",
        DESK,
        "/history?when=2026-10&by=centre&theme=light&lang=ar",
        has_archive=True,
        scroll="#weekly",
    ),
    Picture("wall-zulu", WIDE, "/wall?theme=dark&lang=zu"),
    Picture("queue-arabic", DESK, "/queue/power-outage?theme=light&lang=ar"),
)


def take(driver: webdriver.Chrome, picture: Picture, folder: Path) -> str:
    """What its data were where they are not as they must be: nothing is written then. "" when it is taken."""
    screen(driver, *picture.size)
    now = picture.at or now_ms()
    floor = picture.floor(now)
    stays = picture.stays(floor, now) if picture.stays else None
    queues = tuple(key.decode() for topic, key, _ in floor if topic == "snapshots")
    archive = Told(queues, AFTERNOON, CENTRES) if picture.has_archive else None
    # Its clock stands still: on a slow machine figures of now would be stale before they are drawn.
    with board_with(driver, floor, archive, stays, lambda: now) as (page, _, _served):
        page.open(picture.path, "h1")  # to read a whole table of days takes the driver seconds
        wait_until(
            lambda: page.run("return document.fonts.status") == "loaded", "letters are there"
        )
        page.run("document.querySelector(arguments[0])?.scrollIntoView()", picture.scroll or "html")
        # A page of the past has no figures of now.
        state = "return document.getElementById('page').dataset.state ?? arguments[0]"
        taken, found = driver.get_screenshot_as_png(), page.run(state, picture.state)
        if found != picture.state:
            return str(found)
    (folder / f"{picture.name}.png").write_bytes(taken)
    return ""


def main(*names: str) -> None:
    """All of them, or those of these names."""
    FOLDER.mkdir(exist_ok=True)
    with chromium() as driver:
        for picture in PICTURES:
            if names and picture.name not in names:
                continue
            if found := take(driver, picture, FOLDER):
                raise SystemExit(f"{picture.name}.png: its data are {found}, not {picture.state}")
            print(f"{picture.name}.png", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
