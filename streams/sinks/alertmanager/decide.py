"""Decides what to post to Alertmanager, from the newest version of each alert and the time.

Alertmanager forgets active alerts when it restarts, and resolves an alert that is not sent again. So
firing alerts are sent again and again, always with both times: without `startsAt`, Alertmanager takes
the value of `endsAt` for it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct, json
from msgspec.structs import replace

from schemas.ack_link import AckLink, address, expires_at
from schemas.alerts import Alert, alert_name, times_limit
from schemas.millis import MINUTE, SECOND, iso
from schemas.owners import Language
from schemas.timing import DISORDER_MS
from streams.messages.sentences import free_agents_said
from streams.messages.told import figures_of
from streams.messages.words import words_of

Reason = Literal["fired", "resent", "resolved", "resolved_again", "taken_back"]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
BEHIND_MS = 2 * MINUTE  # what was decided so long after it held is of the past: recorded, not told
# In a backlog calls are counted before the agents of then are known, so what comes out of it holds only if it still does when both
# have come to now: decided at a boundary (5 s), 5 s later, by agents that are known some seconds after their calls.
PROVED_AFTER_MS = 20 * SECOND
KEEP_RESOLVED_MS = 5 * MINUTE
ENDS_AFTER_RESENDS = (
    4  # so an alert survives three lost posts; with fewer, alerts resolved in between
)


class Links(Struct, frozen=True):
    """The addresses that a message links to; `board` and `runbooks` end without a slash. `runbooks` "": those of the board.

    `key` signs the links by which alerts are acknowledged; None: there are none. The page behind one is in the language
    of the owner.
    """

    board: str = "http://127.0.0.1:8080"
    runbooks: str = ""
    key: bytes | None = None
    languages: Callable[[], Mapping[str, Language]] = dict  # by owner, as queues.toml stands now

    def runbook(self, name: str) -> str:
        return f"{self.runbooks or f'{self.board}/runbooks'}/{name}.md"

    def ack(self, alert_id: str, owner: str, now: int) -> str:
        """By which that owner says "I have it"; empty without a key."""
        if self.key is None:
            return ""
        link = AckLink(alert_id, owner, expires_at(now), self.languages().get(owner, ""))
        return address(self.board, self.key, link)

    def remarks(self) -> Iterator[str]:
        """What people will miss in the messages, a line each."""
        if self.key is None:
            yield "messages have no link to acknowledge by: no --link-key-file"
        if (host := urlsplit(self.board).hostname) in LOOPBACK:
            yield f"links of messages open on this machine only ({host}): give --board-url"


class Known(Struct, frozen=True):
    """The newest version of one alert, and what Alertmanager knows of it.

    `written_at` is when the stream wrote the version, `seen_at` when notify read it (for one that was
    there at the start: when it was written). `proved_at`: before that time nobody is told of it, and then only if it is not
    calm; 0: it did not come out of a backlog. `posted` is the version that Alertmanager accepted last,
    `posted_at` when it did.
    """

    alert: Alert
    written_at: int
    seen_at: int
    proved_at: int = 0
    posted: Alert | None = None
    posted_at: int = 0


class Post(Struct, frozen=True):
    known: Known
    reason: Reason


def learn(
    known: Known | None, alert: Alert, written_at: int, seen_at: int, *, is_live: bool = True
) -> Known:
    """Take the newer version, or of two equal versions the later record; keep what was posted.

    Equal versions happen: one record that moves the clock far ahead may raise and end an alert. What was there at the start
    (not `is_live`) has perhaps been told: it has nothing to prove.
    """
    if known is None:
        after = Known(alert, written_at, seen_at)
    elif alert.version < known.alert.version or alert == known.alert:
        return known
    else:
        after = replace(known, alert=alert, written_at=written_at, seen_at=seen_at)
    was_of_now = known is not None and _has_fired(known) and not _is_of_the_past(known)
    if is_live and not was_of_now and _comes_out_of_a_backlog(after):
        return replace(after, proved_at=seen_at + PROVED_AFTER_MS)
    return after


def proved(known: Known, now: int) -> Known:
    """What came out of a backlog has nothing to prove any more once it holds as of now."""
    holds = known.alert.state == "firing" and not known.alert.calm
    return (
        replace(known, proved_at=0)
        if known.proved_at and now >= known.proved_at and holds
        else known
    )


def is_to_notify(known: Known) -> bool:
    """Whether people are told: of no rehearsal. What was told goes on to be told until it is over.

    Else it depends on the record only, so it is the same after a restart; and of what comes out of a backlog on `proved`.
    """
    if not _has_fired(known) or known.alert.severity == "rehearse":
        return False
    if known.posted is not None:
        return True
    return not known.proved_at and not _is_of_the_past(known)


def is_recorded_only(known: Known) -> bool:
    """Whether it fired, and nobody is told (yet): when it was written, it did not hold any more or not surely."""
    if known.alert.severity == "rehearse":
        return False
    return _has_fired(known) and not is_to_notify(known)


def _has_fired(known: Known) -> bool:
    return known.alert.state in {"firing", "resolved"}


def _is_of_the_past(known: Known) -> bool:
    """Whether it comes from a back-fill, a source that catches up, or a stream that does.

    One that still holds is written each minute: it is told as soon as the clock of its queue comes to now.
    """
    alert = known.alert
    held_at = alert.changed_at if alert.held_at is None else alert.held_at
    return known.written_at - held_at > BEHIND_MS


def _comes_out_of_a_backlog(known: Known) -> bool:
    """Whether it fired long before the first record of it that is of now."""
    alert = known.alert
    if alert.state != "firing" or alert.fired_at is None or _is_of_the_past(known):
        return False
    return known.written_at - alert.fired_at > BEHIND_MS


def decide(alerts: Iterable[Known], now: int, resend_ms: int) -> list[Post]:
    """What is due now, oldest onset first.

    To Alertmanager two onsets of one rule and place (queue, or topic and area) are the same alert. So only the newest is posted: a
    resolved older one that is sent again would end it. That of doubtful callers has a label of its own.
    One that was posted under other labels (another severity or owner since then) is ended under these first.
    """
    posts = []
    newest: dict[tuple[str, str, bool], Known] = {}
    for known in sorted(alerts, key=lambda each: (each.alert.onset_at, each.alert.alert_id)):
        if is_to_notify(known):
            newest[known.alert.rule, known.alert.place, known.alert.doubtful] = known
        if (former := _told_otherwise(known)) is not None:
            posts.append(Post(replace(known, alert=former), "taken_back"))
    for known in newest.values():
        reason = _due(known, now, resend_ms)
        if reason is not None:
            posts.append(Post(known, reason))
    return posts


def _told_otherwise(known: Known) -> Alert | None:
    """The end of what Alertmanager has of it under labels that it does not have any more."""
    posted, alert = known.posted, known.alert
    if posted is None or posted.state != "firing" or labels_of(posted) == labels_of(alert):
        return None
    ended_at = alert.changed_at if alert.held_at is None else alert.held_at
    return replace(posted, state="resolved", resolved_at=ended_at)


_LEAST_TIMES, _MOST_TIMES = 0.01, 9_999_999.99


def worst_first(alert: Alert) -> str:
    """How many times its limit the value is, as a text whose order is that of the number: templates of Alertmanager compare
    texts only. One that is calm has the least, however far from its limit its value is.
    """
    if alert.calm:
        return f"{0:010.2f}"
    times = times_limit(alert.rule, alert.value, alert.threshold)
    return f"{min(max(times, _LEAST_TIMES), _MOST_TIMES):010.2f}"


def labels_of(alert: Alert) -> dict[str, str]:
    """By these Alertmanager knows an alert, and routes it."""
    labels = {
        "alertname": alert_name(alert.rule),
        "queue": alert.queue,
        "topic": alert.topic,
        "area": alert.area,
        "rule": alert.rule,
        "severity": alert.severity,
        "owner": alert.owner,
        "department": alert.department,
        "replay": "true" if alert.replay else "",
        "doubtful": "true" if alert.doubtful else "",
    }
    return {label: value for label, value in labels.items() if value}


def starts_at(alert: Alert) -> int:
    """When the stream could say that it fires: it decides a boundary once the clock of the queue is so far past it.

    Alertmanager lets an alert wait for others of its group only if it is not older than `group_wait`. By the boundary each would
    be, and 300 queues of one boundary would be two messages.
    """
    fired_at = alert.fired_at if alert.fired_at is not None else alert.onset_at
    return fired_at + DISORDER_MS


def body(
    alert: Alert,
    now: int,
    resend_ms: int,
    links: Links,
    acknowledged_by: str = "",
    step: int = 0,
    told_first: str = "",
) -> dict[str, object]:
    """One alert of Alertmanager's API v2. Labels stay the same from firing to resolved.

    `step` is that of the escalation by which the owner is told; 0: it is the owner of the alert. `told_first` is who was
    told before and has not taken it.
    """
    name = alert_name(alert.rule)
    begins_at = starts_at(alert)
    annotations = (
        figures_of(alert, alert.queue_name)
        | {
            "times_limit": worst_first(alert),
            "runbook_url": links.runbook(name),
            "board_url": f"{links.board}/",
            "told_first": told_first,
            "ack_url": links.ack(alert.alert_id, alert.owner, now)
            if alert.state == "firing"
            else "",
        }
        | _said_where_known(alert, acknowledged_by)
    )
    return {
        "labels": labels_of(alert) | ({"escalated": str(step)} if step else {}),
        "annotations": {name: text for name, text in annotations.items() if text},
        "startsAt": iso(begins_at),
        "endsAt": iso(_ends_at(alert, begins_at, now, resend_ms)),
        "generatorURL": f"{links.board}/",
    }


def _said_where_known(alert: Alert, acknowledged_by: str) -> dict[str, str]:
    """Who could help is there twice: in English, and as the pairs that a message in any language is made from."""
    free = [(each.n, each.queue_name) for each in alert.free_agents]
    annotations = {
        "acknowledged_by": acknowledged_by,
        "next_step": free_agents_said(free, words_of("en")),
        "free_agents": json.encode(free).decode() if free else "",
        "late_calls": "" if alert.late_calls is None else str(alert.late_calls),
        "abandoned": "" if alert.abandoned is None else str(alert.abandoned),
        "expected": "" if alert.expected is None else f"{alert.expected:.10g}",
        "tuned_to": alert.tuned_to,
        "times_fired": str(alert.times_fired) if alert.times_fired > 1 else "",
    }
    return {name: text for name, text in annotations.items() if text}


def expired(known: Known, now: int) -> bool:
    """Whether nothing will be posted of it any more, so that it may be forgotten."""
    over = known.alert.state in {"resolved", "inactive"}
    return over and now - known.seen_at > KEEP_RESOLVED_MS + MINUTE


def _due(known: Known, now: int, resend_ms: int) -> Reason | None:
    changed = known.posted != known.alert
    if known.alert.state == "firing":
        if known.posted is None:
            return "fired"
        return "resent" if changed or now - known.posted_at >= resend_ms else None
    if now - known.seen_at > KEEP_RESOLVED_MS:
        return None
    if changed:
        return "resolved"
    return "resolved_again" if now - known.posted_at >= resend_ms else None


def _ends_at(alert: Alert, begins_at: int, now: int, resend_ms: int) -> int:
    if alert.state == "firing":
        return now + ENDS_AFTER_RESENDS * resend_ms
    ended = alert.resolved_at if alert.resolved_at is not None else alert.changed_at
    # Known as late as the start, so that it lasted as long as it did. An end in the future (clocks differ) would keep it
    # firing. Alertmanager refuses an end before the start.
    return max(begins_at, min(ended + DISORDER_MS, now))
