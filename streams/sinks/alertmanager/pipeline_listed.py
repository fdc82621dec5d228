"""Alerts of the pipeline as Alertmanager lists them: quiet while somebody has them, and told to others while nobody has. Pure.

Prometheus posts them itself, so `notify` hears of them only by asking. They have the acknowledgement and the escalation of
the alerts of queues (escalation.py); to each further owner goes an alert of his own, which `notify` posts.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from schemas.alerts import Alert
from schemas.commands_book import CommandsBook
from schemas.millis import from_iso, iso
from schemas.owners import OF_QUEUEWATCH
from schemas.pipeline_alerts import id_of, is_of_pipeline, is_taken
from streams.sinks.alertmanager.decide import ENDS_AFTER_RESENDS, Known, Links
from streams.sinks.alertmanager.escalation import copies
from streams.sinks.alertmanager.silences import Key, key_of_labels

_OF_WHO_IS_TOLD = ("owner", "escalated")


class Listed(Struct, frozen=True):
    """`is_inhibited`: another alert says what matters, and nobody is told of this one. `is_silenced`: by a silence, of `notify` (somebody
    has it) or of somebody else.
    """

    alert_id: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: int
    is_inhibited: bool
    is_silenced: bool = False

    def known(self) -> Known:
        """As an alert of a queue that people were told of: by this it escalates."""
        alert = Alert(
            alert_id=self.alert_id, version=1, rule=self.labels["alertname"], queue="", state="firing",
            severity="warn" if self.labels["severity"] == "warn" else "page", onset_at=self.starts_at, changed_at=self.starts_at, known_at=self.starts_at,
            value=0.0, threshold=0.0, n=0, reason=self.annotations.get("summary", ""),
            fired_at=self.starts_at, owner=OF_QUEUEWATCH,
        )  # fmt: skip
        return Known(alert, self.starts_at, self.starts_at, posted=alert)


def listed(answer: Iterable[Mapping[str, Any]]) -> dict[str, Listed]:
    """Those that somebody can take, by id, of what Alertmanager answers. KeyError or ValueError for another answer."""
    return {each.alert_id: each for each in of_pipeline(answer) if is_taken(each.labels)}


def of_pipeline(answer: Iterable[Mapping[str, Any]]) -> Iterator[Listed]:
    """All of the pipeline that people are told of, of what Alertmanager answers. Errors as above."""
    for each in answer:
        labels, status = each["labels"], each.get("status", {})
        if is_of_pipeline(labels):
            starts_at = from_iso(each["startsAt"])
            yield Listed(
                id_of(labels, starts_at), labels, each["annotations"], starts_at,
                bool(status.get("inhibitedBy")), bool(status.get("silencedBy")),
            )  # fmt: skip


def escalating(alerts: Iterable[Listed]) -> list[Known]:
    return [each.known() for each in alerts if not each.is_inhibited]


def quiet(alerts: Iterable[Listed], book: CommandsBook, now: int) -> dict[Key, str]:
    """Of which nobody is told, and why: also none of those to whom it went on."""
    found = {}
    for each in alerts:
        if why := book.why_quiet(each.known().alert, now):
            labels = {name: value for name, value in each.labels.items() if name not in _OF_WHO_IS_TOLD}  # fmt: skip
            found[key_of_labels(labels)] = why
    return found


def end_of(each: Listed, now: int, links: Links) -> dict[str, object]:
    """That it is over, once more: Alertmanager drops an end that comes while the silence of an acknowledgement still holds,
    and passes on one that it has told already to nobody.
    """
    return {
        "labels": dict(each.labels),
        "annotations": dict(each.annotations),
        "startsAt": iso(each.starts_at),
        "endsAt": iso(max(each.starts_at, now)),
        "generatorURL": f"{links.board}/",
    }


def bodies(
    each: Listed, book: CommandsBook, now: int, resend_ms: int, links: Links
) -> Iterator[dict[str, object]]:
    """The alert for each to whom it went on, in the form of Alertmanager's API v2."""
    had = book.taken(each.alert_id)
    for further in copies(each.known().alert, book):
        owner = further.alert.owner
        said = {
            "told_first": further.told_first,
            "acknowledged_by": had.who if had else "",
            "ack_url": links.ack(each.alert_id, owner, now),
        }
        yield {
            "labels": dict(each.labels) | {"owner": owner, "escalated": str(further.step)},
            "annotations": dict(each.annotations) | {name: text for name, text in said.items() if text},
            "startsAt": iso(each.starts_at),
            "endsAt": iso(now + ENDS_AFTER_RESENDS * resend_ms),
            "generatorURL": f"{links.board}/",
        }  # fmt: skip
