from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from streams.doctor.checks.certificates import CHECK, Certificate, Certificates
from streams.doctor.system import System
from streams.plumbing.kafka_config import KafkaConfig
from streams.plumbing.kafka_security import KafkaSecurity, in_use, use
from streams.plumbing.tls_config import TlsFiles

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def level(begins: timedelta, ends: timedelta, problem: str = "") -> str:
    each = Certificate("a.pem", NOW + begins, NOW + ends, problem)
    (line,) = CHECK.judge(System(), Certificates(NOW, (each,)))
    return line.level


def test_it_warns_two_weeks_before_the_end_or_in_the_last_third_of_a_short_life() -> None:
    day = timedelta(days=1)
    assert level(-350 * day, 15 * day) == "ok"
    assert level(-350 * day, 13 * day) == "warn"
    assert level(-20 * day, 11 * day) == "ok"
    assert level(-25 * day, 5 * day) == "warn"
    assert level(-0.5 * day, 0.5 * day) == "ok"  # of a day, renewed each day


def test_one_that_ended_or_has_not_begun_fails() -> None:
    day = timedelta(days=1)
    assert level(-2 * day, -day) == "fail"
    assert level(day, 2 * day) == "fail"
    assert level(-day, day, "it hung up") == "warn"


@pytest.fixture
def former() -> Iterator[None]:
    before = in_use()
    yield
    use(before)


def test_every_certificate_of_the_files_in_use_is_read(tmp_path: Path, former: None) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("localhost", not_after=datetime(2030, 1, 1, tzinfo=UTC))
    ca, own = tmp_path / "ca.pem", tmp_path / "own.pem"
    authority.cert_pem.write_to_path(str(ca))
    issued.private_key_and_cert_chain_pem.write_to_path(str(own))
    use(
        KafkaSecurity(
            KafkaConfig(protocol="SSL", tls=TlsFiles(connection="kafka", ca=ca, certificate=own))
        )
    )
    # Port 1 of loopback is nobody's: the server's own certificate cannot be read.
    found = CHECK.ask(System(kafka="127.0.0.1:1")).found
    assert {each.whose for each in found} == {str(ca), str(own), "127.0.0.1:1"}
    assert [each.ends.year for each in found if each.whose == str(own)] == [2030]
    assert [bool(each.problem) for each in found] == [False] * (len(found) - 1) + [True]


def test_where_nothing_is_secured_it_says_so() -> None:
    system = System(kafka="a:1", board="http://127.0.0.1:8080")
    (line,) = CHECK.judge(system, CHECK.ask(system))
    assert line.text == "none in use: every connection is open"


def test_where_the_way_to_kafka_is_not_known_it_claims_nothing() -> None:
    (line,) = CHECK.judge(System(), CHECK.ask(System()))
    assert line.level == "skip"
