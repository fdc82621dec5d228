"""When which group of alerts is told to whom: what Alertmanager does, for a machine without one. Pure.

A group is first told `wait_ms` after its first alert came, then looked at each `interval_ms`. It is told if an
alert of it is new or over, or if it was not told for `repeat_ms`. Alerts that are inhibited or silenced are left out.

It differs from Alertmanager in one thing: an alert that fired long ago waits for the others of its group like any other, so
that a post of many alerts is always one message.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from schemas.messages import OutgoingMessage
from schemas.millis import MINUTE
from schemas.routes import PACES, Pace
from streams.sinks.deliver.inhibition import Inhibited, Silence, is_silenced
from streams.sinks.deliver.receivers import GroupKey, Owners, group_of, told_now
from streams.sinks.deliver.telling import Heard, Telling, fingerprint, group_name

# `notify` sends what fires again every 30 s. Until all came back after a start, a group that lacks an alert says nothing.
COMPLETE_AFTER_MS = 2 * MINUTE
_FORGOTTEN_MS = 15 * MINUTE


class Posted(Struct, frozen=True):
    """One alert as it was posted; over at `ends_at` unless it is posted again."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: int
    ends_at: int

    def as_of(self, now: int) -> Heard:
        name = fingerprint(self.labels)
        is_firing = self.ends_at > now
        return Heard(name, self.labels, self.annotations, self.starts_at, self.ends_at, is_firing)


class Known(NamedTuple):
    """What a receiver was last told of a group: fingerprints, and when."""

    firing: frozenset[str]
    over: frozenset[str]
    at: int


class Due(NamedTuple):
    """A group whose time has come. `telling` None: there is nothing to say. `over`: what ended in it."""

    key: GroupKey
    telling: Telling | None
    over: Mapping[str, Posted]


class _Group(Struct):
    alerts: dict[str, Posted]
    look_at: int


class Groups:
    """`owners` by name; `started_at` is when this process began. `due` changes nothing until `told` says so."""

    def __init__(self, owners: Owners, started_at: int) -> None:
        self._owners = owners
        self._started_at = started_at
        self._alerts: dict[str, Posted] = {}
        self._groups: dict[GroupKey, _Group] = {}
        self._known: dict[tuple[str, str], Known] = {}
        self.silences: dict[str, Silence] = {}

    def remember(self, messages: Iterable[OutgoingMessage]) -> None:
        """What was told before this process began, from the outbox."""
        for each in messages:
            known = self._known.get((each.owner, each.group))
            if not each.is_test and (known is None or known.at <= each.taken_at):
                self._known[each.owner, each.group] = _known_of(
                    ((alert.fingerprint, alert.is_firing) for alert in each.alerts), each.taken_at
                )

    def post(self, posted: Iterable[Posted], now: int) -> None:
        """Take alerts; one that goes on keeps the start that came first."""
        for new in posted:
            name = fingerprint(new.labels)
            former = self._alerts.get(name)
            if former is not None and former.ends_at > now:
                new = replace(new, starts_at=min(former.starts_at, new.starts_at))  # noqa: PLW2901
            self._alerts[name] = new
            key = group_of(new.labels, self._owners)
            if key is None:
                continue
            group = self._groups.get(key)
            if group is None:
                group = self._groups[key] = _Group({}, now + _pace(key).wait_ms)
            group.alerts[name] = new

    def change_owners(self, owners: Owners) -> None:
        """Put what goes on into the groups of other owners; a group that stays keeps its time."""
        self._owners = owners
        former, self._groups = self._groups, {}
        for group in former.values():
            for name, alert in group.alerts.items():
                if (key := group_of(alert.labels, owners)) is not None:
                    self._groups.setdefault(key, _Group({}, group.look_at)).alerts[name] = alert

    def next_look_at(self) -> int | None:
        return min((group.look_at for group in self._groups.values()), default=None)

    def active(self, now: int) -> Iterator[tuple[Posted, bool]]:
        """What fires, and whether another alert says what matters, so that nobody is told of it."""
        firing = [each for each in self._alerts.values() if each.ends_at > now]
        inhibited = Inhibited(each.labels for each in firing)
        for each in firing:
            yield each, each.labels in inhibited

    def due(self, now: int) -> Iterator[Due]:
        """Each group whose time has come, with what is to be told of it."""
        firing = (each.labels for each in self._alerts.values() if each.ends_at > now)
        inhibited = Inhibited(firing)
        for key, group in self._groups.items():
            if group.look_at <= now:
                over = {name: each for name, each in group.alerts.items() if each.ends_at <= now}
                yield Due(key, self._telling(key, group, inhibited, now), over)

    def told(self, due: Due, now: int) -> None:
        """It was looked at, and what was to be said is in the outbox."""
        key, telling = due.key, due.telling
        group = self._groups[key]
        if telling is not None:
            said = _known_of(((each.fingerprint, each.is_firing) for each in telling.alerts), now)
            place = (telling.owner, telling.group)
            # The end of an alert is posted for some minutes: it is told once.
            over = self._known[place].over - said.firing if place in self._known else frozenset()
            self._known[place] = said._replace(over=said.over | over)
        if telling is not None or now >= self._started_at + COMPLETE_AFTER_MS:
            # Not what ended since then: it is still to be told.
            group.alerts = {
                name: each
                for name, each in group.alerts.items()
                if name not in due.over or each != due.over[name]
            }
        group.look_at = now + _pace(key).interval_ms
        if not group.alerts:
            del self._groups[key]
        self._alerts = {
            name: each for name, each in self._alerts.items() if now - each.ends_at < _FORGOTTEN_MS
        }
        self.silences = {name: each for name, each in self.silences.items() if each.ends_at > now}

    def _telling(
        self, key: GroupKey, group: _Group, inhibited: Inhibited, now: int
    ) -> Telling | None:
        receiver = told_now(key.owner, self._owners, now)
        if not receiver:
            return None
        heard = tuple(
            each.as_of(now)
            for each in group.alerts.values()
            if each.labels not in inhibited
            and not is_silenced(each.labels, self.silences.values(), now)
        )
        name = group_name(key.severity, dict(key.labels))
        said = _known_of(((each.fingerprint, each.is_firing) for each in heard), now)
        known = self._known.get((receiver, name))
        if not heard or not self._is_news(said, known, _pace(key), now):
            return None
        return Telling(receiver, name, key.severity, heard)

    def _is_news(self, said: Known, known: Known | None, pace: Pace, now: int) -> bool:
        if known is None:
            return bool(said.firing)
        if not said.firing <= known.firing:
            return True
        if known.at < self._started_at and now < self._started_at + COMPLETE_AFTER_MS:
            return False
        if not said.firing:
            return bool(known.firing)
        return not said.over <= known.over or now - known.at > pace.repeat_ms


def _known_of(alerts: Iterable[tuple[str, bool]], at: int) -> Known:
    found = list(alerts)
    firing = frozenset(name for name, is_firing in found if is_firing)
    return Known(firing, frozenset(name for name, is_firing in found if not is_firing), at)


def _pace(key: GroupKey) -> Pace:
    return PACES[key.severity]
