"""What is posted to Alertmanager, when and why; times are milliseconds after NOON."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from msgspec.structs import replace

from schemas.ack_link import AckLink, expires_at, opened
from schemas.alerts import AlertState, FreeAgents
from schemas.millis import iso
from schemas.routes import PACES
from schemas.timing import DISORDER_MS
from streams.sinks.alertmanager.decide import (
    BEHIND_MS,
    KEEP_RESOLVED_MS,
    PROVED_AFTER_MS,
    Known,
    Links,
    body,
    decide,
    expired,
    is_recorded_only,
    is_to_notify,
    learn,
    proved,
    worst_first,
)
from tests.support.alerts import NOON, alert

RESEND_MS = 30_000
LINKS = Links("http://board.example", "https://runbooks.example")


def due(known: Known, now: int) -> list[str]:
    return [post.reason for post in decide([known], now, RESEND_MS)]


def test_a_firing_alert_is_posted_at_once_and_again_every_resend() -> None:
    known = Known(alert(), NOON, NOON)
    assert due(known, NOON) == ["fired"]
    posted = replace(known, posted=known.alert, posted_at=NOON)
    assert due(posted, NOON + RESEND_MS - 1) == []
    assert due(posted, NOON + RESEND_MS) == ["resent"]


def test_a_resolved_alert_is_posted_at_once_and_kept_for_five_minutes() -> None:
    known = Known(alert("resolved", version=11), NOON, NOON, posted=alert(), posted_at=NOON - 1)
    assert due(known, NOON) == ["resolved"]
    posted = replace(known, posted=known.alert, posted_at=NOON)
    assert due(posted, NOON + RESEND_MS) == ["resolved_again"]
    assert due(posted, NOON + KEEP_RESOLVED_MS) == ["resolved_again"]
    assert due(posted, NOON + KEEP_RESOLVED_MS + 1) == []


def test_a_resolved_alert_that_was_old_when_we_started_is_not_news() -> None:
    old = alert("resolved", changed_at=NOON - 10 * 60_000, known_at=NOON - 10 * 60_000)
    assert due(Known(old, written_at=old.known_at, seen_at=old.known_at), NOON) == []


@pytest.mark.parametrize("state", ["inactive", "pending"])
def test_what_does_not_fire_is_silent(state: AlertState) -> None:
    assert not is_to_notify(Known(alert(state), NOON, NOON))
    assert not is_recorded_only(Known(alert(state), NOON, NOON))
    assert due(Known(alert(state), NOON, NOON), NOON) == []


@pytest.mark.parametrize(("late_ms", "recorded_only"), [(BEHIND_MS, False), (BEHIND_MS + 1, True)])
def test_an_alert_of_the_past_is_recorded_only(late_ms: int, recorded_only: bool) -> None:
    held = alert(held_at=NOON, changed_at=NOON - 3_600_000)
    for each in (held, alert(changed_at=NOON)):  # the latter of a former release
        late = Known(each, NOON + late_ms, NOON)
        assert (is_recorded_only(late), is_to_notify(late)) == (recorded_only, not recorded_only)


def test_what_still_holds_when_the_clock_of_its_queue_comes_to_now_is_told_with_its_onset() -> None:
    hour = 3_600_000
    first = alert(held_at=NOON - 5_000)
    known = learn(None, first, NOON + hour, NOON + hour)  # an hour behind, and catching up
    assert due(known, NOON + hour) == []
    holds = replace(first, version=20, held_at=NOON + hour - 60_000, n=39)
    now = NOON + hour + 5_000
    known = learn(known, holds, now, now)
    assert (
        due(proved(known, now), now) == []
    )  # whether it holds is known when the agents of now are
    now += PROVED_AFTER_MS
    assert due(proved(known, now), now) == ["fired"]
    assert body(known.alert, NOON + hour, RESEND_MS, LINKS)["startsAt"] == "2026-11-22T12:00:00Z"


def test_a_backlog_alert_that_is_calm_is_told_only_when_it_rises_again() -> None:
    hour = 3_600_000
    late = replace(alert(), held_at=NOON + hour)
    calm = replace(late, version=11, calm=True)
    known = learn(learn(None, late, NOON + hour, NOON + hour), calm, NOON + hour, NOON + hour)
    now = NOON + hour + PROVED_AFTER_MS
    assert due(proved(known, now), now) == []
    over = replace(calm, version=12, state="resolved", calm=False, resolved_at=now, held_at=now)
    ended = learn(known, over, now, now)
    assert due(proved(ended, now), now) == []
    assert is_recorded_only(proved(ended, now))
    rises = learn(known, replace(late, version=12, held_at=now), now, now)
    assert due(proved(rises, now), now) == ["fired"]


def test_what_fires_now_and_what_was_there_at_the_start_has_nothing_to_prove() -> None:
    hour = 3_600_000
    assert due(learn(None, replace(alert(), calm=True), NOON, NOON), NOON) == ["fired"]
    late = replace(alert(), held_at=NOON + hour, calm=True)
    at = NOON + hour
    assert due(learn(None, late, at, at, is_live=False), at) == ["fired"]
    kept = learn(
        Known(alert(), NOON, NOON), late, at, at
    )  # heard in time, and not accepted since then
    assert due(kept, at) == ["fired"]


def test_what_was_told_is_told_on_while_the_stream_falls_behind_and_its_end_too() -> None:
    hour = 3_600_000
    known = Known(alert(), NOON, NOON, posted=alert(), posted_at=NOON)
    behind = replace(alert(), version=11, held_at=NOON + 60_000)
    known = learn(known, behind, NOON + hour, NOON + hour)
    assert due(known, NOON + hour) == ["resent"]  # with the figures of the newest version
    over = alert("resolved", version=12, changed_at=NOON + 120_000, held_at=NOON + 120_000)
    known = learn(known, over, NOON + hour, NOON + hour)
    assert due(known, NOON + hour) == ["resolved"]
    never_told = Known(over, NOON + hour, NOON + hour)
    assert due(never_told, NOON + hour) == []


def test_an_outage_of_ours_loses_no_alert_that_still_fires() -> None:
    """The broker had the facts in time; we read them an hour later."""
    known = Known(alert(), written_at=NOON, seen_at=NOON + 3_600_000)
    assert due(known, NOON + 3_600_000) == ["fired"]


def test_only_the_newest_onset_of_a_rule_and_queue_speaks() -> None:
    """To Alertmanager both are one alert: the re-sent end of the first would end the second."""
    ended = alert("resolved", version=11)
    first = Known(ended, NOON, NOON, posted=ended, posted_at=NOON - RESEND_MS)
    second = Known(alert(alert_id="oldest_wait/billing/2", version=12, onset_at=NOON), NOON, NOON)
    other = Known(alert(alert_id="oldest_wait/repairs/1", queue="repairs"), NOON, NOON)
    posts = decide([second, other, first], NOON, RESEND_MS)
    assert {(post.known.alert.alert_id, post.reason) for post in posts} == {
        ("oldest_wait/billing/2", "fired"),
        ("oldest_wait/repairs/1", "fired"),
    }


def test_a_pending_successor_does_not_silence_the_end_of_its_predecessor() -> None:
    first = Known(alert("resolved", version=11), NOON, NOON)
    second = Known(alert("pending", alert_id="2", version=12, onset_at=NOON), NOON, NOON)
    assert [p.reason for p in decide([first, second], NOON, RESEND_MS)] == ["resolved"]


def test_the_newest_version_wins_and_an_older_one_changes_nothing() -> None:
    newer = alert("resolved", version=11)
    known = learn(
        Known(alert(), NOON, NOON, posted=alert(), posted_at=NOON), newer, NOON + 1, NOON + 1
    )
    assert (known.alert, known.seen_at, known.posted) == (newer, NOON + 1, alert())
    assert learn(known, alert(), NOON + 2, NOON + 2) is known
    assert learn(known, newer, NOON + 3, NOON + 3) is known


def test_of_equal_versions_the_later_holds() -> None:
    """One record moved the clock past the raising and the clearing boundary."""
    known = Known(alert(), NOON, NOON, posted=alert(), posted_at=NOON)
    ended = learn(known, alert("resolved"), NOON + 1, NOON + 1)
    assert due(ended, NOON + 1) == ["resolved"]


def test_a_firing_post_carries_both_times_and_what_a_person_needs() -> None:
    assert body(alert(), NOON, RESEND_MS, LINKS) == {
        "labels": {
            "alertname": "OldestWait",
            "queue": "billing",
            "rule": "oldest_wait",
            "severity": "page",
            "owner": "billing-duty",
            "department": "finance",
        },
        "annotations": {
            "summary": "Billing: oldest wait 3:05, limit 2:00, since 11:59:40",
            "queue_name": "Billing",
            "value": "185",
            "threshold": "120",
            "n": "3",
            "times_limit": "0000001.54",
            "runbook_url": "https://runbooks.example/OldestWait.md",
            "board_url": "http://board.example/",
        },
        "startsAt": "2026-11-22T12:00:00Z",
        "endsAt": "2026-11-22T12:02:00Z",
        "generatorURL": "http://board.example/",
    }


def test_what_is_expected_and_how_often_the_rule_is_wrong_are_told_where_they_are_known() -> None:
    known = alert(expected=20.0, tuned_to="1 false alert a day")
    told = body(known, NOON, RESEND_MS, LINKS)["annotations"]
    plain = body(alert(), NOON, RESEND_MS, LINKS)["annotations"]
    assert isinstance(told, dict)
    assert isinstance(plain, dict)
    assert told == {**plain, "expected": "20", "tuned_to": "1 false alert a day"}


def test_labels_are_the_same_when_it_ends_and_it_lasted_as_long_as_it_did() -> None:
    firing = body(alert(), NOON, RESEND_MS, LINKS)
    ended = alert("resolved")
    resolved = body(ended, NOON + 60_000, RESEND_MS, LINKS)
    assert resolved["labels"] == firing["labels"]
    assert resolved["startsAt"] == firing["startsAt"]
    assert resolved["endsAt"] == "2026-11-22T12:00:04Z"
    assert (ended.resolved_at or 0) - (ended.fired_at or 0) == 4_000


def test_starts_at_is_when_the_stream_could_first_say_that_it_fires() -> None:
    """Alertmanager sends at once what began longer ago than `group_wait`, and leaves the rest of the post for a second message."""
    decided_at = (alert().fired_at or 0) + DISORDER_MS
    assert body(alert(), decided_at, RESEND_MS, LINKS)["startsAt"] == iso(decided_at)
    assert PACES["page"].wait_ms >= DISORDER_MS


def test_how_far_beyond_its_limit_is_a_text_in_the_order_of_the_numbers() -> None:
    values = [(0.0, 2.0), (1.0, 10.0), (2.0, 2.0), (30.0, 10.0), (900.0, 60.0), (1e12, 1.0)]
    told = [worst_first(alert(value=value, threshold=limit)) for value, limit in values]
    assert told == sorted(told)
    assert told[2:4] == ["0000001.00", "0000003.00"]
    assert {len(each) for each in told} == {10}


def test_one_that_is_calm_is_the_least_whatever_its_value_is() -> None:
    """Of 300 alerts the title of a message names one: none that is about to end."""
    bad = worst_first(alert(value=0.0, threshold=120.0))
    enough = alert(rule="understaffed", value=1.0, threshold=0.7)
    assert worst_first(enough) == "0000000.70"
    for calm in (enough, alert(value=900.0), alert(value=0.0)):
        assert worst_first(replace(calm, calm=True)) < bad
    annotations = body(alert(calm=True, minutes=15), NOON, RESEND_MS, LINKS)["annotations"]
    assert isinstance(annotations, dict)
    assert (annotations["calm"], annotations["minutes"]) == ("true", "15")


@pytest.mark.parametrize(
    ("resolved_at", "ends_at"),
    [(NOON + 60_000, "2026-11-22T12:00:03Z"), (NOON - 60_000, "2026-11-22T12:00:00Z")],
)
def test_an_end_lies_neither_in_the_future_nor_before_its_start(
    resolved_at: int, ends_at: str
) -> None:
    ended = alert("resolved", resolved_at=resolved_at)
    assert body(ended, NOON + 3_000, RESEND_MS, LINKS)["endsAt"] == ends_at


def test_the_alert_of_doubtful_callers_is_one_of_its_own() -> None:
    sure, doubtful = alert(), alert(doubtful=True)
    before, after = (body(each, NOON, RESEND_MS, LINKS)["labels"] for each in (sure, doubtful))
    assert isinstance(before, dict)
    assert "doubtful" not in before
    assert after == {**before, "doubtful": "true"}
    both = [
        Known(replace(each, alert_id=f"{each.doubtful}"), NOON, NOON) for each in (sure, doubtful)
    ]
    assert len(decide(both, NOON, RESEND_MS)) == 2


def test_a_replay_says_so_and_an_empty_owner_is_left_out() -> None:
    labels = body(alert(replay=True, owner=""), NOON, RESEND_MS, LINKS)["labels"]
    assert isinstance(labels, dict)
    assert labels["replay"] == "true"
    assert "owner" not in labels


def test_only_what_is_over_is_forgotten() -> None:
    long_after = NOON + KEEP_RESOLVED_MS + 60_001
    assert expired(Known(alert("resolved"), NOON, NOON), long_after)
    assert not expired(Known(alert("resolved"), NOON, NOON), long_after - 1)
    assert not expired(Known(alert(), NOON, NOON), long_after)


def test_a_rehearsal_is_not_posted_and_is_not_of_the_past_either() -> None:
    known = Known(alert(severity="rehearse"), NOON, NOON)
    assert due(known, NOON) == []
    late = replace(known, written_at=NOON + BEHIND_MS + 1)
    assert not is_recorded_only(late)


def test_a_note_is_posted_so_that_lists_have_it() -> None:
    assert due(Known(alert(severity="note"), NOON, NOON), NOON) == ["fired"]


def test_one_that_becomes_a_rehearsal_is_ended_once_as_what_it_was() -> None:
    """It was paged: else it would stand in Alertmanager until that gives it up."""
    now_rehearsed = alert(severity="rehearse", version=11, held_at=NOON - 2_000)
    known = Known(now_rehearsed, NOON, NOON, posted=alert(), posted_at=NOON - 1)
    (post,) = decide([known], NOON, RESEND_MS)
    assert post.reason == "taken_back"
    told = body(post.known.alert, NOON + 5_000, RESEND_MS, LINKS)
    assert told["labels"] == body(alert(), NOON, RESEND_MS, LINKS)["labels"]
    assert told["endsAt"] == "2026-11-22T12:00:03Z"
    assert decide([replace(known, posted=post.known.alert)], NOON, RESEND_MS) == []


def test_one_of_another_severity_or_owner_is_told_as_such_and_the_former_is_ended() -> None:
    for changed in (alert(severity="warn", version=11), alert(owner="night", version=11)):
        known = Known(changed, NOON, NOON, posted=alert(), posted_at=NOON - 1)
        posts = decide([known], NOON, RESEND_MS)
        assert [post.reason for post in posts] == ["taken_back", "resent"]
        assert posts[-1].known.alert == changed


def test_who_could_help_and_what_it_cost_are_annotations_where_they_are_known() -> None:
    free = (FreeAgents("tankers", "Water tankers", 2), FreeAgents("leaks", "Leaks", 1))
    firing = body(alert(free_agents=free), NOON, RESEND_MS, LINKS)["annotations"]
    assert isinstance(firing, dict)
    assert firing["next_step"] == "Free agents: 2 of Water tankers, 1 of Leaks"
    assert firing["free_agents"] == '[[2,"Water tankers"],[1,"Leaks"]]'
    assert not firing.keys() & {"late_calls", "abandoned"}
    over = body(alert("resolved", late_calls=0, abandoned=3), NOON, RESEND_MS, LINKS)["annotations"]
    assert isinstance(over, dict)
    assert (over["late_calls"], over["abandoned"]) == ("0", "3")
    assert not over.keys() & {"next_step", "free_agents"}


def test_the_runbooks_are_those_of_the_board_unless_they_are_said_to_be_elsewhere() -> None:
    assert Links("http://b.example").runbook("X") == "http://b.example/runbooks/X.md"
    assert Links("http://b.example", "https://r.example").runbook("X") == "https://r.example/X.md"


def test_a_firing_alert_carries_the_link_to_acknowledge_it_and_an_end_does_not() -> None:
    links = Links("https://wall.example.org", "docs/runbooks", b"a key of the tests")
    annotations = body(alert(), NOON, RESEND_MS, links)["annotations"]
    assert isinstance(annotations, dict)
    url = urlsplit(annotations["ack_url"])
    assert (url.netloc, url.path) == ("wall.example.org", "/ack")
    link = opened(b"a key of the tests", dict(parse_qsl(url.query)), NOON)
    assert link == AckLink(alert().alert_id, "billing-duty", expires_at(NOON))
    for without in (
        body(alert("resolved"), NOON, RESEND_MS, links),
        body(alert(), NOON, RESEND_MS, LINKS),
    ):
        assert "ack_url" not in str(without["annotations"])


@pytest.mark.parametrize(
    ("links", "remarks"),
    [
        (Links("https://wall.example.org", key=b"k"), []),
        (Links("https://wall.example.org"), ["no --link-key-file"]),
        (Links(key=b"k"), ["on this machine only (127.0.0.1)"]),
        (Links("http://[::1]:8080"), ["no --link-key-file", "on this machine only (::1)"]),
    ],
)
def test_what_people_will_miss_in_messages_is_said(links: Links, remarks: list[str]) -> None:
    said = list(links.remarks())
    assert len(said) == len(remarks)
    assert all(words in line for words, line in zip(remarks, said, strict=True))


def test_two_incidents_are_two_alerts_and_have_labels_of_their_own() -> None:
    first = alert(alert_id="a", rule="incident", queue="", topic="leak", area="ward-1")
    second = alert(alert_id="b", rule="incident", queue="", topic="leak", area="ward-2")
    posts = decide([Known(first, NOON, NOON), Known(second, NOON, NOON)], NOON, RESEND_MS)
    assert [post.known.alert.area for post in posts] == ["ward-1", "ward-2"]
    labels = body(first, NOON, RESEND_MS, LINKS)["labels"]
    assert labels == {
        "alertname": "Incident", "rule": "incident", "topic": "leak", "area": "ward-1",
        "severity": "page", "owner": "billing-duty", "department": "finance",
    }  # fmt: skip
