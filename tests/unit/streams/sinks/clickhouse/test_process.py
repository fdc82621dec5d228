"""What the archive tells of itself, by /healthz and in topic `health`."""

from streams.plumbing.health_reports import Identity
from streams.sinks.clickhouse.figures import Figures
from streams.sinks.clickhouse.process import health, probe

NOW = 1_795_000_000_000
MINE = Identity.mine("archive", "archive-2", NOW - 60_000)


def test_it_is_well_while_it_writes() -> None:
    figures = Figures()
    assert (probe(figures.read()).well, probe(figures.read()).body) == (False, b"not ready\n")
    figures.running({})
    assert (probe(figures.read()).well, probe(figures.read()).body) == (True, b"ok\n")
    figures.blocked("no answer", 5.0)
    assert not probe(figures.read()).well


def test_ages_are_those_of_the_monotonic_clock() -> None:
    figures = Figures()
    assert health(figures.read(), MINE, NOW, 100.0).ages_s == {}
    figures.inserted("minutes", 12, 0.5, now=90.0)
    figures.blocked("no answer", 97.5)
    report = health(figures.read(), MINE, NOW, 100.0)
    assert report.ages_s == {"last_insert": 10.0, "blocked": 2.5}
    assert (report.state, report.detail, report.ready) == ("blocked", "no answer", False)
    assert (report.instance, report.totals["minutes"]) == ("archive-2", 12)
