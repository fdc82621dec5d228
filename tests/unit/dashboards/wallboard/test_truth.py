"""The line over the whole width says what may be believed."""

from msgspec.structs import replace

from dashboards.wallboard.latest import Latest
from dashboards.wallboard.texts import texts_of
from dashboards.wallboard.truth import banner, truth_of
from dashboards.wallboard.view import board
from schemas.codec import encode
from schemas.millis import from_iso
from tests.support.floors import healthy, snapshot
from tests.support.walls import NOW, latest_of


def told(latest: Latest) -> tuple[str, str]:
    wall = board(latest, NOW)
    truth = truth_of(wall.rows, wall.parts, NOW)
    return truth.state, banner(truth, texts_of("en"), wall.zone, NOW, simulated=wall.simulated)


def with_health(latest: Latest, process: str, **changes: object) -> Latest:
    latest.apply("health", process.encode(), encode(healthy(process, NOW, **changes)))
    return latest


def test_each_condition_has_its_line() -> None:
    assert told(latest_of(snapshot(NOW))) == ("live", "")
    assert told(latest_of(snapshot(NOW - 15_000))) == ("stale", "DATA IS STALE · as of 14:03:00")
    assert told(latest_of(snapshot(NOW - 60_000))) == ("dead", "NO LIVE DATA since 14:02:15")
    assert told(latest_of()) == ("dead", "NO LIVE DATA · nothing received yet")


def test_while_the_stream_recovers_that_is_said_and_when_it_does_not_run_that() -> None:
    for state, line in (
        ("recovering", "RECOVERING · figures as of 14:02:15"),
        ("starting", "NO LIVE DATA since 14:02:15 · the stream does not run"),
    ):
        old = latest_of(snapshot(NOW - 60_000))
        assert told(with_health(old, "stream", ready=False, state=state))[1] == line
    assert told(with_health(latest_of(), "stream", ready=False, state="recovering"))[1] == (
        "RECOVERING · no figures yet"
    )


def test_simulated_and_replayed_traffic_says_so_with_its_date() -> None:
    live = with_health(latest_of(snapshot(NOW)), "simulate")
    assert told(live) == ("live", "SIMULATED TRAFFIC · 2026-11-18 · no real callers")
    moved = snapshot(NOW, replay=True, replay_shift_ms=NOW - from_iso("2010-08-01T10:00:00Z"))
    assert told(latest_of(moved)) == ("replay", "REPLAY of 2010-08-01")
    other = replace(moved, queue="taps", replay_shift_ms=0)
    assert told(latest_of(moved, other))[1] == "REPLAY of 2010-08-01 to 2026-11-18"
