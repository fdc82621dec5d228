"""Which version of the targets was in force."""

from streams.sinks.clickhouse.database import Reader


def targets_version(reader: Reader, moment: int) -> int:
    """The version of the targets in force at `moment`; 0 if there is none."""
    answer = reader.execute(f"SELECT max(version) FROM targets WHERE valid_from_ms <= {moment}")
    return int(answer.rows[0][0] or 0) if answer.rows else 0
