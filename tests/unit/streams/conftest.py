"""A certificate that the process uses, for the tests of what each process exports."""

from pathlib import Path

import pytest

from streams.plumbing import certificates
from streams.plumbing.tls_config import TlsFiles
from tests.support.kafka_nodes import Certificates


@pytest.fixture
def certificate_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made, in_use = Certificates.made(tmp_path), certificates.Certificates()
    in_use.add(TlsFiles(connection="kafka", ca=made.ca))
    monkeypatch.setattr(certificates, "in_use", in_use)
    return made.ca
