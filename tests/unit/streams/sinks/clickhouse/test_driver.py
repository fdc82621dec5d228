"""A server that is away: one line of ours, and none of the driver's own with its stack."""

import logging
import socket
import subprocess
import sys

import pytest

from streams.sinks.clickhouse.address import server_address
from streams.sinks.clickhouse.database import UnavailableError
from streams.sinks.clickhouse.driver import ServerDatabase


def test_a_server_that_is_away_is_one_line_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]  # nobody listens there once it is closed
    database = ServerDatabase(server_address(f"clickhouse://somebody:secret@127.0.0.1:{port}/day"))
    with caplog.at_level(logging.DEBUG), pytest.raises(UnavailableError) as found:
        database.execute("SELECT 1")
    assert "secret" not in str(found.value)
    assert "\n" not in str(found.value)
    assert [record for record in caplog.records if record.name.startswith("clickhouse")] == []


_DATES = """
from datetime import date
import streams.sinks.clickhouse.driver
from clickhouse_driver.columns.datecolumn import Date32Column, DateColumn

assert not DateColumn.date_lut and not Date32Column.date_lut_reverse
days = [0, 20_000, 65_535]
dates = DateColumn.after_read_items(DateColumn, days)
assert dates == (date(1970, 1, 1), date(2024, 10, 4), date(2149, 6, 6))
again = list(dates)
DateColumn.null_value = 0
DateColumn.before_write_items(DateColumn, again)
assert again == days
print("well")
"""


def test_dates_are_made_when_they_are_met() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _DATES], capture_output=True, text=True, check=False
    )
    assert done.stdout == "well\n", done.stderr
