import urllib.error
import urllib.request
from collections.abc import Iterator

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from schemas.series import SERIES
from streams.exporters.archive_series import ArchiveReading, MetricsServer, PortTakenError

READY = ArchiveReading(
    version="1.2.3",
    ready=True,
    lag_records={"legs-3": 7},
    rows={"legs": 12},
    insert_seconds={"legs": 0.5},
    blocked_s=0.0,
    differing_figures={"billing": 3},
    reconciled_day_start_s=1_772_409_600.0,
)


class Process:
    def __init__(self) -> None:
        self.reading = READY
        self.server = MetricsServer("127.0.0.1", 0, lambda: self.reading)
        self.url = f"http://127.0.0.1:{self.server.port}"


@pytest.fixture
def process() -> Iterator[Process]:
    made = Process()
    yield made
    made.server.close()


def fetched(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        text: str = answer.read().decode()
        return text


def test_shows_each_series_that_the_table_gives_the_archive(process: Process) -> None:
    families = list(text_string_to_metric_families(fetched(f"{process.url}/metrics")))
    samples = {sample.name: sample for family in families for sample in family.samples}
    expected = {entry.name: entry for entry in SERIES if entry.process in {"archive", "every"}}
    assert samples.keys() == expected.keys()
    for name, sample in samples.items():
        assert set(sample.labels) == set(expected[name].labels)
    assert {family.type for family in families} == {"gauge", "counter"}
    assert samples["queuewatch_lag_records"].labels == {"topic": "legs", "partition": "3"}
    assert samples["queuewatch_archive_rows_total"].value == 12


def test_before_the_first_reconciled_day_its_series_are_absent(process: Process) -> None:
    process.reading = msgspec.structs.replace(READY, reconciled_day_start_s=None)
    assert "reconcile" not in fetched(f"{process.url}/metrics")


def test_is_healthy_when_it_is_ready(process: Process) -> None:
    assert fetched(f"{process.url}/healthz") == "ok\n"
    process.reading = msgspec.structs.replace(READY, ready=False)
    with pytest.raises(urllib.error.HTTPError, match="503"):
        fetched(f"{process.url}/healthz")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        fetched(f"{process.url}/")


def test_a_taken_port_names_the_option(process: Process) -> None:
    with pytest.raises(PortTakenError, match=r"address already in use.*--metrics-port"):
        MetricsServer("127.0.0.1", process.server.port, lambda: READY)
