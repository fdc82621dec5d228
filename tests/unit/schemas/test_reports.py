"""Each record of topic `reports` has a key of its own kind."""

from schemas.reports import Passed, record_key
from tests.support.builders import MONDAY
from tests.support.passing import stay
from tests.support.reporting import report


def test_keys() -> None:
    assert record_key(report("ada", MONDAY)) == b"10:burst pipe/ward-12"
    assert record_key(report("ada", MONDAY, topic="a/b", area="c")) != record_key(
        report("ada", MONDAY, topic="a", area="b/c")
    )
    assert record_key(Passed(3, "pbx", MONDAY)) == b"passed/3/pbx"
    assert record_key(stay("c1", "billing", "09:00")) == b"stay/c1"
