"""A server that is away: one line of ours, and none of the driver's own with its stack."""

import logging
import socket

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
