"""What the archive tells of itself, by /healthz and in topic `health`."""

from streams.plumbing.health_reports import Identity
from streams.sinks.clickhouse.process import health, probe
from streams.sinks.clickhouse.status import StatusRecorder

NOW = 1_795_000_000_000
MINE = Identity.mine("archive", "archive-2", NOW - 60_000)


def test_it_is_well_while_it_writes() -> None:
    status = StatusRecorder()
    assert (probe(status.read()).well, probe(status.read()).body) == (False, b"not ready\n")
    status.running({})
    assert (probe(status.read()).well, probe(status.read()).body) == (True, b"ok\n")
    status.blocked("no answer", 5.0)
    assert not probe(status.read()).well


def test_ages_are_those_of_the_monotonic_clock() -> None:
    status = StatusRecorder()
    assert health(status.read(), MINE, NOW, 100.0).ages_s == {}
    status.inserted("minutes", 12, 0.5, now=90.0)
    status.blocked("no answer", 97.5)
    report = health(status.read(), MINE, NOW, 100.0)
    assert report.ages_s == {"last_insert": 10.0, "blocked": 2.5}
    assert (report.state, report.detail, report.ready) == ("blocked", "no answer", False)
    assert (report.instance, report.totals["minutes"]) == ("archive-2", 12)
