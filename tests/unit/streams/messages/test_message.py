"""What people get: one message for a group of alerts, in English."""

from zoneinfo import ZoneInfo

import pytest

from schemas.millis import DAY, MINUTE
from streams.messages.message import message
from streams.messages.told import Told
from tests.support.told import LATER, STARTED, told

LINKS = {
    "runbook_url": "https://board.example/runbooks/OldestWait",
    "board_url": "https://board.example/",
    "ack_url": "https://board.example/ack/3fa9",
}
COST = {"late_calls": "12", "abandoned": "3"}


def test_one_alert_says_which_queue_what_since_when_and_what_to_do() -> None:
    alert = told(also={"free_agents": '[[2,"Water tankers"],[1,"Leaks"]]'} | LINKS)
    found = message([alert], "en", LATER)
    assert found.title == "Burst pipes: 4 waiting, the oldest for 2m10s (limit 2m), for 12m"
    assert found.body.splitlines() == [
        "- Burst pipes: 4 waiting, the oldest for 2m10s (limit 2m); since 09:00 UTC (12m)",
        "  Free agents: 2 of Water tankers, 1 of Leaks",
        "  What to do: https://board.example/runbooks/OldestWait",
        "  I have it: https://board.example/ack/3fa9",
        "Board: https://board.example/",
    ]
    assert found.short == (
        "Burst pipes: 4 waiting, the oldest for 2m10s (limit 2m), for 12m "
        "https://board.example/ack/3fa9; Free agents: 2 of Water tankers, 1 of Leaks"
    )


def test_of_many_the_worst_is_named_and_the_others_are_counted() -> None:
    many = [told(name=f"Queue {i}", times_limit=f"{i:010.2f}") for i in range(14)]
    found = message(many, "en", LATER)
    assert found.title == ("Queue 13: 4 waiting, the oldest for 2m10s (limit 2m), for 12m +13 more")
    lines = found.body.splitlines()
    assert len(lines) == 11
    assert lines[0].startswith("- Queue 13: ")
    assert lines[-1] == "+4 more"


def test_one_that_fires_on_within_its_limit_is_never_the_worst() -> None:
    """No wait at all is as far from the limit as can be, on the other side of it."""
    eased = told(name="Leaks", value="0", n="0", times_limit="9999999.99")
    found = message([eased, told()], "en", LATER)
    assert found.title.startswith("Burst pipes: 4 waiting")


def test_the_title_of_one_that_is_calm_says_no_time() -> None:
    """`Somebody is signed in again, for 12m` is not what lasts for 12m."""
    calm = told("nobody_signed_in", value="0", threshold="30", n="0", also={"calm": "true"})
    said = "Ending: Burst pipes: somebody is signed in again, or nobody waits any more"
    assert message([calm], "en", LATER).title == said
    assert message([calm, told(value="0")], "en", LATER).title == f"{said} +1 more"


def test_since_when_is_said_of_the_alert_where_what_it_says_has_ended() -> None:
    """`Nobody waits any more; since 09:00` would be false: nobody waits since 09:11."""
    calm = told("nobody_signed_in", value="0", threshold="30", n="0", also={"calm": "true"})
    eased = told("understaffed", value="1", threshold="0.7")
    for alert in (calm, eased):
        first = message([alert], "en", LATER).body.splitlines()[0]
        assert first.endswith("; alert since 09:00 UTC (12m)")
    assert "; since 09:00 UTC (12m)" in message([told()], "en", LATER).body


def test_an_sms_says_that_nobody_has_it_even_where_room_lacks() -> None:
    escalated = {"told_first": "water-duty"} | LINKS
    short = message([told(also=escalated)], "en", LATER).short
    assert short == (
        "Burst pipes: 4 waiting, the oldest for 2m10s (limit 2m), for 12m; Nobody has it; told first: water-duty"
        " https://board.example/ack/3fa9"
    )
    crowded = message([told(name="Burst pipes " * 20, also=escalated)] * 9, "en", LATER).short
    assert len(crowded) <= 160
    assert crowded.endswith(" +8 more; Nobody has it; told first: water-duty")
    endless = message([told(also={"told_first": "x" * 200})], "en", LATER).short
    assert len(endless) <= 160
    assert endless.startswith("Burst pipes: 4 waiting, the oldest for 2m10s (limit 2m)")
    assert "; Nobody has it; told first: xxx" in endless


def test_what_is_over_says_how_long_it_lasted_and_what_it_cost() -> None:
    over = told(is_firing=False, ended_after_ms=34 * MINUTE, also=COST)
    found = message([over], "en", LATER + DAY)
    assert found.title == "Over: Burst pipes: somebody waits too long, lasted 34m"
    assert found.body == (
        "- Over: Burst pipes: somebody waits too long; lasted 34m; cost: 12 late, 3 hung up"
    )
    assert found.short == f"{found.title}; cost: 12 late, 3 hung up"


def test_what_goes_on_comes_before_what_is_over() -> None:
    over = told(name="A", is_firing=False, ended_after_ms=MINUTE, times_limit="9")
    found = message([over, told(name="B")], "en", LATER)
    assert found.title.startswith("B: ")
    assert [line[:9] for line in found.body.splitlines()] == ["- B: 4 wa", "- Over: A"]


def test_an_alert_of_no_queue_has_the_sentence_of_who_made_it() -> None:
    down = Told({"alertname": "PipelineDown"}, {"summary": "stream is silent"}, True, STARTED, None)
    found = message([down], "en", LATER)
    assert found.title == "stream is silent, for 12m"
    assert found.body == "- stream is silent; since 09:00 UTC (12m)"
    over = message(
        [Told(down.labels, down.annotations, False, STARTED, STARTED + MINUTE)], "en", LATER
    )
    assert over.title == "Over: stream is silent, lasted 1m"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/", "http://localhost/", "http://[::1]:8080/", "http://[x/"]
)
def test_an_address_that_opens_on_one_machine_only_is_left_out(url: str) -> None:
    links = dict.fromkeys(LINKS, url)
    found = message([told(also=links)], "en", LATER)
    assert len(found.body.splitlines()) == 1
    assert "http" not in found.short


def test_one_that_somebody_has_says_who() -> None:
    assert (
        "  ann has it"
        in message([told(also={"acknowledged_by": "ann"})], "en", LATER).body.splitlines()
    )


def test_the_time_of_day_is_that_of_the_zone_with_the_day_unless_it_is_today() -> None:
    zone = ZoneInfo("Africa/Johannesburg")
    assert "since 11:00 SAST (12m)" in message([told()], "en", LATER, zone).body
    assert "since 2026-03-02 11:00 SAST (1d)" in message([told()], "en", STARTED + DAY, zone).body


def test_a_long_name_is_shortened_before_the_rest_is() -> None:
    found = message([told(name="Burst pipes " * 20)] * 3, "en", LATER)
    assert len(found.title) <= 120
    assert found.title.startswith("Burst pipes Burst")
    assert found.title.endswith("…: 4 waiting, the oldest for 2m10s (limit 2m) +2 more")
    assert len(found.short) <= 160
    assert found.short.endswith("...: 4 waiting, the oldest for 2m10s (limit 2m) +2 more")


def test_where_room_lacks_the_time_goes_before_the_name_is_cut() -> None:
    name = "The queue of those who wait for the technician of the northern districts and"
    found = message([told(name=name)], "en", LATER)
    assert found.title == f"{name}: 4 waiting, the oldest for 2m10s (limit 2m)"


def test_an_sms_is_in_its_own_alphabet_where_it_can_be_read_in_it() -> None:
    assert message([told(name="São Paulo – “norte”")], "en", LATER).short.startswith(
        'Sao Paulo - "norte": 4 waiting'
    )
    assert message([told(name="Вода")], "en", LATER).short.startswith("Вода: 4 waiting")
