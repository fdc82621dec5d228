from pathlib import Path

import pytest

from streams.doctor.reading import reader_of
from streams.doctor.system import System
from streams.sinks.clickhouse.address import ServerAddress
from streams.sinks.clickhouse.database import UnavailableError


@pytest.mark.parametrize(
    "system",
    [
        System(data=Path("/no/such"), query_port=1),
        System(clickhouse=ServerAddress("127.0.0.1", 1, "anna", "secret", "queuewatch")),
    ],
)
def test_one_that_does_not_answer_is_one_line_without_a_password(system: System) -> None:
    with reader_of(system) as reader, pytest.raises(UnavailableError) as caught:
        reader.execute("SELECT 1")
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
