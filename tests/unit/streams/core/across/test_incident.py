"""The pieces of state of incidents: their names are those of former releases. What they say: test_incidents.py."""

import pytest

from schemas.codec import encode
from schemas.millis import HOUR
from streams.core.across.incident import IncidentDecider
from streams.core.incident_baseline import Baseline
from streams.core.incident_cell import Cell
from streams.core.state_format import FORMAT, NewerFormatError, encode_piece
from tests.support.builders import clock
from tests.support.reporting import NOTHING_ASKED, Desk, report

PLACE = ("burst pipe", "ward-12")


def test_its_pieces_have_the_names_of_former_releases() -> None:
    desk = Desk().ordinary(hours=1).calls("ada", at="10:30").pass_to("10:31")
    desk.say(report("bo", clock("11:00"))).take()
    names = {key.partition(b"|")[2].partition(b"|")[0] for key in desk.pieces}
    assert names == {b"cursor", b"cell", b"baseline", b"pending"}
    assert b"reports|cell|" + encode(PLACE) in desk.pieces


def test_pieces_of_a_former_release_are_read() -> None:
    decider = IncidentDecider(NOTHING_ASKED)
    decider.load(b"cell|" + encode(PLACE), encode_piece({"format": FORMAT, "cell": Cell(*PLACE)}))
    decider.load(b"baseline", encode_piece({"format": FORMAT, "baseline": Baseline(hours=2.0)}))
    decider.load(b"pending", encode_piece({"format": FORMAT, "reports": [report("ada", HOUR)]}))
    assert decider.cells == {PLACE: Cell(*PLACE)}
    assert (decider.baseline.hours, decider.pending) == (2.0, [report("ada", HOUR)])
    decider.load(b"cell|" + encode(PLACE), None)
    assert decider.cells == {}


def test_pieces_of_other_rules_are_not_its_own_and_a_newer_format_is_refused() -> None:
    decider = IncidentDecider(NOTHING_ASKED)
    newer = encode_piece({"format": FORMAT + 1})
    decider.load(b"passed_around|queue|billing", newer)
    with pytest.raises(NewerFormatError):
        decider.load(b"baseline", newer)
