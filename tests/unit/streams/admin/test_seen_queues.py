"""A first queues.toml from records or a queue_log."""

import gzip
import re
from pathlib import Path

import pytest

from schemas.queues_toml import parse_queues
from streams.admin.broker import AdminError
from streams.admin.seen_queues import queues_of_queue_log, queues_of_records, render

LOG = """\
1674044163|NONE|NONE|NONE|QUEUESTART|
1674044170|c1|sales|NONE|ENTERQUEUE||5550001|1
1674044180|c1|sales|SIP/100|CONNECT|10|c2|3
1674044190|NONE|all|SIP/100|PAUSE|
half a line|c9|hal
1674044200|c3|burst pipes|NONE|ABANDON|1|1|20
"""


def test_queues_of_a_queue_log_without_its_placeholders(tmp_path: Path) -> None:
    (tmp_path / "queue_log").write_text(LOG)
    assert queues_of_queue_log(tmp_path / "queue_log") == ["burst pipes", "sales"]


def test_queues_of_records_gzipped_or_not(tmp_path: Path) -> None:
    text = "leg_id,queue\n1,sales\n2,faults\n3,sales\n"
    (tmp_path / "plain.csv").write_text(text)
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(text.encode()))
    for name in ("plain.csv", "packed.csv.gz"):
        assert queues_of_records(tmp_path / name, "queue") == ["faults", "sales"]


def test_an_absent_column_is_named_beside_those_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("leg,team\n1,sales\n")
    with pytest.raises(AdminError, match=r'no column "queue" \(there are: leg, team\)'):
        queues_of_records(tmp_path / "calls.csv", "queue")


@pytest.mark.parametrize("content", [b"", b"\x7fELF\x02\xff\xfe", b"\x1f\x8bnot gzip"])
def test_a_file_that_is_not_what_it_claims_is_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(content)
    with pytest.raises(AdminError, match=re.escape(str(path))):
        queues_of_records(path, "queue")
    with pytest.raises(AdminError, match=re.escape(str(path))):
        queues_of_queue_log(path)


def test_what_is_written_is_valid_whatever_the_ids_are() -> None:
    queues = ["plain", "burst pipes", "a.b", 'say "hi"', "Störung", "back\\slash"]
    parsed = parse_queues(render(queues, "Africa/Johannesburg"))
    assert [targets.queue for targets in parsed.queues] == queues
    assert parsed.default_zone == "Africa/Johannesburg"
