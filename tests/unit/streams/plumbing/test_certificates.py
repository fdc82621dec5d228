"""When a certificate ends is what its file says now."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.plumbing.certificates import Certificates as InUse
from streams.plumbing.certificates import first_end_s
from streams.plumbing.tls_config import TlsFiles
from tests.support.kafka_nodes import Certificates

SOON, LATER = datetime(2030, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates.made(tmp_path / "authority")


def test_of_several_in_a_file_the_first_that_ends_counts(certificates: Certificates) -> None:
    soon, key = (path.read_bytes() for path in certificates.of("soon", not_after=SOON))
    later = certificates.of("later", not_after=LATER)[0].read_bytes()
    assert first_end_s(later + soon) == first_end_s(key + soon + later) == SOON.timestamp()
    assert first_end_s(later) == LATER.timestamp()
    assert first_end_s(key) is first_end_s(b"nothing") is first_end_s(b"") is None


def test_a_renewed_file_shows_at_the_next_scrape_and_a_half_written_one_does_not(
    certificates: Certificates, tmp_path: Path
) -> None:
    file = tmp_path / "own.pem"
    in_use = InUse()
    in_use.add(TlsFiles(connection="server", certificate=file))
    in_use.add(TlsFiles(connection="kafka"))
    assert in_use.ends_s() == {}  # it is not there yet
    file.write_bytes(certificates.of("own", not_after=SOON)[0].read_bytes())
    assert in_use.ends_s() == {("server", str(file)): SOON.timestamp()}
    renewed = certificates.of("own", not_after=LATER)[0].read_bytes()
    file.write_bytes(renewed[:200])
    assert in_use.ends_s() == {("server", str(file)): SOON.timestamp()}
    file.write_bytes(renewed)
    assert in_use.ends_s() == {("server", str(file)): LATER.timestamp()}
    file.unlink()
    assert in_use.ends_s() == {("server", str(file)): LATER.timestamp()}
