"""What is still to be handed to whom, and when. Pure: the shell writes what it returns to topic `messages` first.

Rule 1: a target has at most one message of a group that waits. A newer one tells all that the older one would.
Rule 2: what exceeds the rate of a target is put together into one message.
Rule 3: what quiet hours held and what was over before they ended is not told; the reason is kept.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from schemas.alerts import SEVERITIES
from schemas.messages import MessageState, OutgoingMessage
from schemas.millis import DAY, SECOND
from schemas.owners import Owner
from schemas.routes import PACES
from streams.plumbing.backoff import pause_after
from streams.sinks.deliver.quiet import quiet_until
from streams.sinks.deliver.targets import Target
from streams.sinks.deliver.telling import Telling, content_id
from streams.sinks.deliver.wording import Text, text_of_all

GIVEN_UP_AFTER_MS = DAY
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 2.0, 300.0
_KEPT_MS = 2 * DAY
_GONE = "its line is not in deliver_file any more"

TargetKey = tuple[str, str]
Records = list[OutgoingMessage]


class Sending(Struct, frozen=True):
    """One hand-over: `message`, and `others` that it tells too."""

    message: OutgoingMessage
    others: tuple[OutgoingMessage, ...]
    text: Text


class Outbox:
    """`targets` by owner. Methods that return records change nothing until `commit` gets them."""

    def __init__(self, owners: Mapping[str, Owner], targets: Iterable[Target]) -> None:
        self._owners = owners
        self._targets = {target.key: target for target in targets}
        self._messages: dict[str, OutgoingMessage] = {}
        self._in_flight: set[str] = set()

    @property
    def messages(self) -> Sequence[OutgoingMessage]:
        return tuple(self._messages.values())

    def targets_of(self, owner: str) -> list[Target]:
        return [target for key, target in self._targets.items() if key[0] == owner]

    def take(self, telling: Telling, text: Text, now: int) -> Records:
        """One message for each target of the owner, but for those that have it; and what it stands in place of."""
        told = telling.told()
        content = content_id(telling.group, told)
        found: Records = []
        for target in self.targets_of(telling.owner):
            message = OutgoingMessage(
                message_id=f"{content}/{telling.owner}/{target.name}/{now}",
                owner=telling.owner, target=target.name, group=telling.group, severity=telling.severity,
                state="queued", alerts=told, title=text.title, body=text.body, short=text.short,
                taken_at=now, changed_at=now, is_test=telling.is_test,
            )  # fmt: skip
            if not self._is_known(message, content, now):
                found += self._placed(message, now)
        return found

    def restored(self, now: int) -> Records:
        """After a start: what a kill left half done is put right."""
        found: Records = []
        newest: dict[tuple[str, str, str], OutgoingMessage] = {}
        for each in sorted(self._messages.values(), key=lambda each: each.taken_at, reverse=True):
            newer = newest.setdefault((each.owner, each.target, each.group), each)
            if each.state != "queued":
                continue
            if newer is not each and not each.is_test:
                found.append(_ended(each, "joined", now, "", into=newer.message_id))
            elif (each.owner, each.target) not in self._targets:
                found.append(_ended(each, "failed", now, _GONE))
            elif each.is_test:
                found.append(_ended(each, "failed", now, "deliver was started anew"))
        return found

    def change(self, owners: Mapping[str, Owner], targets: Iterable[Target], now: int) -> Records:
        """Take other owners and targets. What waits for an address goes with it to another line, or to the one that was
        written in its place, at once; what waits for one that is gone ends, but for what is under way.
        """
        former, self._owners = self._targets, owners
        self._targets = {target.key: target for target in targets}
        places = {(target.owner, target.url): target for target in self._targets.values()}
        addresses = {(target.owner, target.url) for target in former.values()}
        found: Records = []
        for each in self.queued():
            key = each.owner, each.target
            place = places.get((each.owner, former[key].url)) if key in former else None
            corrected = self._targets.get(key)
            if place is not None:
                if place.name != each.target:
                    found.append(replace(each, target=place.name, changed_at=now))
            elif corrected is not None and (corrected.owner, corrected.url) not in addresses:
                found.append(replace(each, due_at=None, changed_at=now))
            elif each.message_id not in self._in_flight:
                found.append(_ended(each, "failed", now, _GONE))
        return found

    def commit(self, records: Iterable[OutgoingMessage]) -> None:
        for each in records:
            self._messages[each.message_id] = each

    def forget(self, now: int) -> None:
        """Let go of what ended long ago."""
        self._messages = {
            key: each
            for key, each in self._messages.items()
            if each.state == "queued" or now - each.changed_at < _KEPT_MS
        }

    def queued(self, key: TargetKey | None = None) -> list[OutgoingMessage]:
        return [
            each
            for each in self._messages.values()
            if each.state == "queued" and (key is None or (each.owner, each.target) == key)
        ]

    def overdue_ms(self, now: int) -> int:
        """How long the first of those was not tried that nothing holds: no quiet hours, no rate, no target that fails."""
        found = 0
        for key in self._targets:
            waiting = self.queued(key)
            if any(each.attempts for each in waiting) or self._budget(key, now) <= 0:
                continue
            due = [each.taken_at for each in waiting if not self._is_held(each, now)]
            found = max(found, now - min(due, default=now))
        return found

    def next(self, key: TargetKey, now: int) -> Sending | None:
        """What to hand to that target now; it counts as under way until `done` or `failed`."""
        waiting = sorted(self.queued(key), key=_worst_first)
        if any(each.message_id in self._in_flight for each in waiting):
            return None  # one at a time, also when its line has become that of another address
        test = next((each for each in waiting if each.is_test), None)
        if test is not None:
            return self._begun(test, [])
        if any(each.due_at is not None and each.due_at > now for each in waiting):
            return None  # the target did not take the last one
        ready = [each for each in waiting if not self._is_held(each, now)]
        budget = self._budget(key, now)
        if not ready or budget <= 0:
            return None
        return self._begun(ready[0], ready[1:] if len(ready) > budget else [])

    def done(self, sending: Sending, now: int) -> Records:
        """The target took it."""
        self._landed(sending)
        message = replace(
            self._at_its_line(sending.message), state="sent", attempts=sending.message.attempts + 1, changed_at=now,
            reason="", due_at=None, others=len(sending.others),
        )  # fmt: skip
        into = message.message_id
        return [message, *(_ended(each, "joined", now, "", into=into) for each in sending.others)]

    def failed(self, sending: Sending, why: str, now: int) -> Records:
        """The target did not take it: tried again later, for a day."""
        self._landed(sending)
        message = replace(
            self._at_its_line(sending.message),
            attempts=sending.message.attempts + 1,
            changed_at=now,
            reason=why,
        )
        if (message.owner, message.target) not in self._targets:
            return [_ended(message, "failed", now, _GONE)]
        if message.is_test or now - message.taken_at >= GIVEN_UP_AFTER_MS:
            return [replace(message, state="failed", due_at=None)]
        pause_ms = int(pause_after(message.attempts, _FIRST_PAUSE_S, _LONGEST_PAUSE_S) * SECOND)
        return [replace(message, due_at=now + pause_ms)]

    def _begun(self, message: OutgoingMessage, others: Sequence[OutgoingMessage]) -> Sending:
        self._in_flight |= {each.message_id for each in (message, *others)}
        text = text_of_all(message, others, self._owners[message.owner])
        return Sending(message, tuple(others), text)

    def _landed(self, sending: Sending) -> None:
        self._in_flight -= {each.message_id for each in (sending.message, *sending.others)}

    def _at_its_line(self, message: OutgoingMessage) -> OutgoingMessage:
        """With the line that its address has now."""
        return replace(message, target=self._messages[message.message_id].target)

    def _is_known(self, message: OutgoingMessage, content: str, now: int) -> bool:
        """Whether the newest message of its group says the same, and is not so old that this is a repetition."""
        former = self._newest(message)
        if former is None or message.is_test:
            return False
        pace = PACES.get(message.severity, PACES["page"])
        is_recent = now - former.taken_at < pace.repeat_ms // 2
        return is_recent and content_id(former.group, former.alerts) == content

    def _newest(self, message: OutgoingMessage) -> OutgoingMessage | None:
        return max(self._others_of(message), key=lambda each: each.taken_at, default=None)

    def _others_of(self, message: OutgoingMessage) -> Iterator[OutgoingMessage]:
        place = (message.owner, message.target, message.group)
        for each in self._messages.values():
            if (each.owner, each.target, each.group) == place and not each.is_test:
                yield each

    def _placed(self, message: OutgoingMessage, now: int) -> Iterator[OutgoingMessage]:
        """The message, and the end of the one that it stands in place of."""
        if message.is_test:
            yield message
            return
        waiting = [
            each
            for each in self._others_of(message)
            if each.state == "queued" and each.message_id not in self._in_flight
        ]
        is_over = not any(alert.is_firing for alert in message.alerts)
        if is_over and waiting and self._is_held(message, now):
            for each in waiting:
                yield _ended(each, "not_told", now, "over before the quiet hours ended")
            if not self._firing_is_told(message):
                yield _ended(message, "not_told", now, "over before the quiet hours ended")
                return
        else:
            for each in waiting:
                yield _ended(each, "joined", now, "", into=message.message_id)
            if waiting and (due_at := max(each.due_at or 0 for each in waiting)):
                attempts = max(each.attempts for each in waiting)
                message = replace(
                    message, due_at=due_at, attempts=attempts, reason=waiting[0].reason
                )
        yield message

    def _firing_is_told(self, message: OutgoingMessage) -> bool:
        """Whether the last that the target was told of the group is that something fires."""
        told = [each for each in self._others_of(message) if self._has_reached(each)]
        newest = max(told, key=lambda each: each.taken_at, default=None)
        return newest is not None and any(alert.is_firing for alert in newest.alerts)

    def _has_reached(self, message: OutgoingMessage) -> bool:
        """Whether it was told, by itself or by another one, or is being told now."""
        if message.state == "joined" and message.into in self._messages:
            message = self._messages[message.into]
        return message.state == "sent" or message.message_id in self._in_flight

    def _is_held(self, message: OutgoingMessage, now: int) -> bool:
        owner = self._owners.get(message.owner)
        if owner is None or message.is_test:
            return False
        return quiet_until(owner, message.severity, now) is not None

    def _budget(self, key: TargetKey, now: int) -> int:
        owner = self._owners.get(key[0])
        if owner is None or owner.rate is None:
            return 1 << 30
        since = now - owner.rate.within_ms
        sent = sum(
            each.state == "sent" and each.changed_at > since
            for each in self._messages.values()
            if (each.owner, each.target) == key
        )
        return owner.rate.messages - sent


def _ended(
    message: OutgoingMessage, state: MessageState, now: int, reason: str, into: str = ""
) -> OutgoingMessage:
    return replace(message, state=state, changed_at=now, due_at=None, reason=reason, into=into)


def _worst_first(message: OutgoingMessage) -> tuple[int, int]:
    return SEVERITIES.index(message.severity), message.taken_at
