"""What a process loads it keeps as long as it runs: a client library of Kafka is 9 MB, the driver of ClickHouse 25."""

import subprocess
import sys

import pytest

_KAFKA, _CLICKHOUSE, _FAUST = "kafka", "clickhouse_driver", "faust"


@pytest.mark.parametrize(
    ("modules", "left_out"),
    [
        ("streams.cli.stream streams.processes.stream", {_KAFKA, _CLICKHOUSE}),
        (
            "streams.cli.notify streams.admin.owners_file streams.sinks.alertmanager.process",
            {_KAFKA, _CLICKHOUSE, _FAUST},
        ),
        (
            "streams.cli.board dashboards.wallboard.process streams.processes.board_archive",
            {_KAFKA, _CLICKHOUSE, _FAUST},
        ),
        ("streams.cli.deliver streams.sinks.deliver.process", {_KAFKA, _CLICKHOUSE, _FAUST}),
        ("streams.cli.up streams.local.up", {_KAFKA, "aiokafka", _CLICKHOUSE, _FAUST}),
        ("streams.cli.archive streams.sinks.clickhouse.process", {_CLICKHOUSE, _FAUST}),
    ],
)
def test_a_process_loads_no_library_that_it_can_do_without(
    modules: str, left_out: set[str]
) -> None:
    program = f"import sys, {', '.join(modules.split())}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert left_out.isdisjoint(done.stdout.split())
