"""An alert across queues is in the judgement and the figures of each of its queues, and says how old it is."""

from typing import Any

from schemas.across import DECIDED_KEY, AlertAcross, DecidedAcross
from schemas.alerts import Alert, AlertState, Firing
from schemas.attention import Attention
from schemas.codec import decode_as, encode
from schemas.millis import MINUTE
from streams.core.across_queues import BEHIND_MS, OpenAcross, ToldAcross
from streams.core.attention import RaisedRule
from streams.core.rules.incident import IncidentTable
from tests.support.alerts import alert
from tests.support.builders import clock, mark
from tests.support.ruled import ruled
from tests.support.story import Story

PLACE = {"topic": "leak", "area": "ward-1"}
CALLER = "0" * 8 + "." + "a" * 32
REASON = "leak, ward-1: 5 callers in 10m, 0.1 expected (Billing 4, Repairs 1)"


def incident(state: AlertState = "firing", **changes: Any) -> Alert:
    about: dict[str, Any] = {
        "rule": "incident", "queue": "", "alert_id": "incident/leak/ward-1/1", "reason": REASON,
        "queues": ("billing", "repairs"), **PLACE,
    }  # fmt: skip
    return alert(state, **(about | changes))


def day(*told: Alert | DecidedAcross) -> Story:
    """Somebody called at 09:00; at 09:01 the unit of `reports` has told this."""
    story = Story(alerts=ruled(IncidentTable()))
    story.at("09:00:05").queued("ada", caller=CALLER, **PLACE)
    story.at("09:00:10").answered("ada", agent="ann")
    story.tick("09:01")
    for each in (DecidedAcross(clock("09:00:50")), *told):
        story.across.update(AlertAcross(each) if isinstance(each, Alert) else each)
    return story


def test_a_queue_in_it_is_judged_by_its_severity_with_its_reason() -> None:
    assert day().snapshot().attention == Attention("ok")
    assert day(incident()).snapshot().attention == Attention("act", REASON, "incident")
    warned = day(incident(severity="warn")).snapshot()
    assert warned.attention == Attention("watch", REASON, "incident")
    assert day(incident(severity="rehearse")).snapshot().attention == Attention("ok")
    assert day(incident(queues=("repairs",))).snapshot().attention == Attention("ok")
    assert day(incident("pending")).snapshot().attention == Attention("act", REASON, "incident")


def test_it_is_said_before_the_waits_that_follow_from_it_unless_it_is_old() -> None:
    story = day(incident())
    own = RaisedRule("oldest_wait", "page", fires=True, sentence="4 waiting")
    for as_of, first in ((clock("09:01"), REASON), (clock("09:10"), "4 waiting")):
        assert story.across.beside([own], "billing", as_of)[0].sentence == first
    assert story.across.beside([own], "elsewhere", clock("09:01")) == [own]


def test_it_is_over_for_the_queue_when_it_is_over() -> None:
    assert day(incident(), incident("resolved")).snapshot().attention == Attention("ok")
    assert day(incident("pending"), incident("inactive")).snapshot().attention == Attention("ok")


def test_it_is_counted_once_for_each_of_its_queues_without_rehearsals() -> None:
    other = incident(alert_id="incident/leak/ward-2/1", area="ward-2", queues=("billing",))
    story = day(incident(), other)
    assert story.unit.firing() == [
        Firing("incident", "billing", "leak", "ward-1"),
        Firing("incident", "billing", "leak", "ward-2"),
    ]
    assert story.across.firing("repairs") == [Firing("incident", "repairs", "leak", "ward-1")]
    assert day(incident(severity="rehearse"), incident("pending")).unit.firing() == []


def test_an_alert_that_is_no_longer_decided_stays_and_says_how_old_it_is() -> None:
    story = day(incident())
    late = clock("09:00:50") + BEHIND_MS
    story.say(mark("tick", late))
    assert story.snapshot().attention == Attention("act", REASON, "incident")
    assert story.snapshot().not_evaluated == {}
    story.say(mark("tick", late + 2 * MINUTE))
    seen = story.snapshot()
    assert seen.attention == Attention("act", f"{REASON} (as of 3m ago)", "incident")
    assert seen.not_evaluated == {"incident": "reports are behind"}
    story.across.update(DecidedAcross(late + 2 * MINUTE))
    assert story.snapshot().not_evaluated == {}


def test_before_anything_is_decided_or_can_be_it_is_not_evaluated() -> None:
    nothing = Story(alerts=ruled(IncidentTable()))
    nothing.at("09:00:05").queued("ada", caller=CALLER, **PLACE)
    assert nothing.snapshot().not_evaluated == {"incident": "reports are behind"}
    brief = day(DecidedAcross(clock("09:01"), {"incident": "calls known too briefly"}))
    assert brief.snapshot().not_evaluated == {"incident": "calls known too briefly"}
    plain = Story().at("09:00").queued("ada", **PLACE)
    assert plain.snapshot().not_evaluated == {}  # a queue without the rule


def test_a_reason_of_a_later_release_is_read_and_said_as_it_is_written() -> None:
    """Else each worker of this release stops at the record, for as long as the unit of `reports` is of a later one."""
    later = {"type": "decided", "to": clock("09:01"), "lacking": {"incident": "moon is full"}}
    told = decode_as(DecidedAcross, encode(later))
    assert day(told).snapshot().not_evaluated == {"incident": "moon is full"}


def test_what_the_queue_itself_lacks_is_said_first() -> None:
    story = Story(alerts=ruled(IncidentTable()))
    assert story.at("09:00").queued("ada").snapshot().not_evaluated == {
        "incident": "no topics reported"
    }


def test_an_alert_of_one_queue_is_told_of_that_queue() -> None:
    across = OpenAcross()
    across.update(AlertAcross(alert(rule="incident", queue="billing")))
    assert across.firing("billing") == [Firing("incident", "billing")]


def test_each_change_is_told_and_how_far_it_is_decided_once() -> None:
    told, first = ToldAcross(), incident()
    one, two = told.take([first], {"incident": clock("09:00"), "passed_around": clock("09:01")}, {})
    assert (one.topic, one.key) == ("across", first.alert_id.encode())
    assert decode_as(AlertAcross, one.value) == AlertAcross(first)
    assert (two.key, decode_as(DecidedAcross, two.value)) == (
        DECIDED_KEY,
        DecidedAcross(clock("09:00")),
    )
    assert told.take([], {"incident": clock("09:00")}, {}) == []
    (lacking,) = told.take(
        [], {"incident": clock("09:00")}, {"incident": "calls known too briefly"}
    )
    assert decode_as(DecidedAcross, lacking.value).lacking == {
        "incident": "calls known too briefly"
    }
    assert ToldAcross().take([], {}, {}) == []
