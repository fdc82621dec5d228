"""A queue_log of Asterisk through the line: known waits and outcomes, the same when it is sent twice."""

from pathlib import Path

import pytest

from streams.local.kafka import LocalKafka
from tests.support.line import Line, Row

DAY = ("--from", "2026-03-02T00:00:00Z", "--to", "2026-03-03T00:00:00Z")
QUEUES = """\
[defaults]
time_zone = "UTC"
answer_within = "20s"
goal = 0.8
[queues.sales]
[queues.support]
"""
# 1772445600 is 2026-03-02T10:00:00Z. Answered after 8 and 0 s and, once a first agent let it ring,
# after 20 s; a transfer ends a conversation; gone after 4 and 21 s; sent away after 20 s by a time
# limit and after 9 s by a key; one waits while the PBX is restarted.
QUEUE_LOG = """\
1772445500|NONE|NONE|NONE|QUEUESTART|
1772445510|NONE|NONE|NONE|CONFIGRELOAD|
1772445600|1772445600.1|sales|NONE|ENTERQUEUE||5550001|1
1772445608|1772445600.1|sales|PJSIP/11|CONNECT|8|1772445604.2|3
1772445613|1772445600.1|sales|PJSIP/11|COMPLETEAGENT|8|5|1
1772445620|1772445620.3|sales|NONE|ENTERQUEUE||5550002|1
1772445620|1772445621.4|support|NONE|ENTERQUEUE||5550003|1
1772445620|1772445621.4|support|PJSIP/12|CONNECT|0|1772445620.5|0
1772445624|1772445620.3|sales|NONE|ABANDON|1|1|4
1772445724|1772445621.4|support|PJSIP/12|COMPLETECALLER|0|104|1|||
1772445800|1772445800.6|sales|NONE|ENTERQUEUE||5550004|1
1772445812|1772445800.6|sales|PJSIP/11|RINGNOANSWER|10000
1772445820|1772445800.6|sales|PJSIP/13|CONNECT|20|1772445814.7|5
1772445850|1772445800.6|sales|PJSIP/13|TRANSFER|200|internal|20|30|1
1772445900|1772445900.8|sales|NONE|ENTERQUEUE||5550005|1
1772445921|1772445900.8|sales|NONE|ABANDON|1|1|21
1772446000|1772446000.9|support|NONE|ENTERQUEUE||5550006|1
1772446020|1772446000.9|support|NONE|EXITWITHTIMEOUT|1|1|20
1772446100|1772446100.10|support|NONE|ENTERQUEUE||5550007|1
1772446105|1772446100.10|support|NONE|NEWVERB|a|b
1772446109|1772446100.10|support|NONE|EXITWITHKEY|3|1|1|9
1772446200|1772446200.11|sales|NONE|ENTERQUEUE||5550008|1
1772446230|NONE|NONE|NONE|QUEUESTART|
"""
EXPECTED = {
    "sales": {
        "offered": "5", "answered": "2", "abandoned": "2", "short_abandoned": "1", "exited": "0",
        "dropped": "1", "open": "0", "answered_in_target": "2", "abandoned_in_target": "1",
        "asa_s": "14", "max_wait_answered_s": "20", "mean_time_to_abandon_s": "12.5",
        "aht_talk_hold_s": "17.5", "sl_short_abandons_ignored": "0.5",
    },
    "support": {
        "offered": "3", "answered": "1", "abandoned": "0", "short_abandoned": "0", "exited": "2",
        "dropped": "0", "open": "0", "answered_in_target": "1", "abandoned_in_target": "0",
        "asa_s": "0", "max_wait_answered_s": "0", "mean_time_to_abandon_s": "",
        "aht_talk_hold_s": "104", "sl_short_abandons_ignored": "0.333333",
    },
}  # fmt: skip


@pytest.mark.parametrize("feed", ["history", "live"])
def test_a_queue_log_and_again(kafka: LocalKafka, tmp_path: Path, feed: str) -> None:
    (log := tmp_path / "queue_log").write_text(QUEUE_LOG)
    with Line(kafka.place.bootstrap, tmp_path, QUEUES) as line:
        for _ in range(2):
            line.run("send", "queue-log", str(log), "--feed", feed, "--accept")
            line.drain()
            assert {row["queue"]: plain(row) for row in line.history("summary", *DAY)} == EXPECTED
            line.check_books(EXPECTED if feed == "live" else ())


def plain(row: Row) -> Row:
    """The columns of EXPECTED; 14.0 and 14.000 are 14."""
    names = EXPECTED["sales"]
    return {name: row[name] and f"{float(row[name]):g}" for name in names}
