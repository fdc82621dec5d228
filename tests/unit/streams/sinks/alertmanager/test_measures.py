"""What notify counts of alerts: each once, also when all is read again; nothing of what was there before it."""

from typing import Any

from schemas.alerts import Alert
from schemas.commands import Acknowledged, MarkedFalse, Muted
from schemas.commands_book import CommandsBook
from schemas.millis import DAY, MINUTE, SECOND
from streams.sinks.alertmanager.decide import Known
from streams.sinks.alertmanager.measures import Measures, open_alerts
from tests.support.alerts import NOON, alert

FIRING = alert()
OVER = alert("resolved", version=11, changed_at=NOON + MINUTE, resolved_at=NOON + MINUTE)
HAD = Acknowledged(who="ann", at=NOON + 25 * SECOND, alert_id=FIRING.alert_id)
FALSE = MarkedFalse(who="bo", at=NOON + DAY, alert_id=FIRING.alert_id, note="a test call")


def known(told: Alert, **changes: Any) -> Known:
    return Known(told, NOON, NOON, **changes)


def learn(measures: Measures, *alerts: Alert, is_live: bool = True, is_quiet: bool = False) -> None:
    for each in alerts:
        measures.learn(known(each), is_quiet=is_quiet, is_live=is_live)


def counted(measures: Measures) -> dict[str, float]:
    """The totals of `oldest_wait` and `page`, by the part of the name that differs."""
    return {
        name.removeprefix("queuewatch_alerts_").removesuffix("_total"): value
        for (name, *labels), value in measures.totals.items()
        if labels in (["oldest_wait", "page"], ["billing-duty", "page"])
    }


WHOLE = {
    "fired": 1, "notified": 1, "acknowledged": 1, "acknowledge_seconds": 30,
    "resolved": 1, "resolve_seconds": 65, "marked_false": 1,
}  # fmt: skip


def test_each_stage_counts_once_however_often_it_is_read() -> None:
    measures = Measures()
    for _ in range(2):
        learn(measures, FIRING, alert(version=10, n=4))
        measures.hear(HAD, is_live=True)
        measures.hear(Acknowledged(who="bo", at=NOON + DAY, alert_id=HAD.alert_id), is_live=True)
        learn(measures, OVER)
        measures.hear(FALSE, is_live=True)
    assert counted(measures) == WHOLE


def test_alerts_open_at_the_start_are_counted_only_from_then_on() -> None:
    measures = Measures()
    learn(measures, FIRING, is_live=False)
    learn(measures, alert("resolved", alert_id="oldest_wait/desk/1"), is_live=False)
    measures.hear(HAD, is_live=False)
    assert measures.totals == {}
    measures.hear(HAD, is_live=True)
    learn(measures, OVER)
    assert counted(measures) == {"resolved": 1, "resolve_seconds": 65}


def test_who_took_it_while_it_was_pending_took_no_time() -> None:
    measures = Measures()
    learn(measures, FIRING)
    measures.hear(
        Acknowledged(who="a", at=NOON - DAY, alert_id=FIRING.alert_id, note=""), is_live=True
    )
    assert counted(measures)["acknowledge_seconds"] == 0


def test_what_nobody_is_told_of_is_not_counted() -> None:
    measures = Measures()
    learn(measures, alert("pending", fired_at=None), alert(replay=True), alert(severity="rehearse"))
    learn(measures, alert(alert_id="past", held_at=NOON - DAY))
    measures.hear(FALSE, is_live=True)
    assert measures.totals == {}
    learn(measures, FIRING, is_quiet=True)
    assert counted(measures) == {"fired": 1}


def test_what_is_long_over_is_forgotten() -> None:
    measures = Measures()
    learn(measures, FIRING, OVER)
    later = NOON + 61 * DAY
    learn(measures, alert(alert_id="new", changed_at=later, fired_at=later, held_at=later))
    measures.hear(HAD, is_live=True)
    assert "acknowledged" not in counted(measures)


def test_open_alerts_by_what_people_said_of_them() -> None:
    book = CommandsBook()
    alerts = [known(FIRING), known(alert(alert_id="desk", queue="desk")), known(OVER)]
    alerts += [known(alert(severity="rehearse")), known(alert(replay=True))]

    def found() -> dict[str, float]:
        return {labels[-1]: n for labels, n in open_alerts(alerts, book, NOON).items()}

    assert found() == {"firing": 2}
    book.apply(HAD)
    book.apply(Muted(who="ann", at=NOON, mute_id="m", until=NOON + MINUTE, queue="desk"))
    assert found() == {"acknowledged": 1, "muted": 1}
