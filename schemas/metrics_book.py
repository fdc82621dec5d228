"""Decides which definition of a user-defined metric holds when, and how the archive keeps them with the targets.

Rule 1: the first version that names a metric holds from the metric's `valid_from`, without one from the beginning of time.
Rule 2: a later one holds from its own beginning, or from the metric's `valid_from` if that is later: what is published in the
ordinary way changes no figure of the past. A change begins with a local day of the default zone, so that days have one formula.
Rule 3: of the versions that have begun the newest published one holds. A metric that it does not name is not computed.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from schemas.metrics import Metric
from schemas.millis import LATEST, to_datetime
from schemas.opening import local_minute
from schemas.targets import TargetsVersion


class Held(Struct, frozen=True):
    """What a metric is in `[start, end)`: start 0 from the beginning, end None until now.

    `version` of the targets is the first that said so; the titles are the newest ones.
    """

    metric: Metric
    version: int
    start: int = 0
    end: int | None = None


class MetricsBook:
    """All published versions, in any order."""

    def __init__(self, versions: Iterable[TargetsVersion] = ()) -> None:
        self._said: dict[str, list[tuple[int, Metric | None, int]]] = {}
        self._titles: dict[str, dict[str, str]] = {}
        for version in sorted(versions, key=lambda each: each.version):
            if (
                version.valid_from < LATEST
            ):  # else a forged one: no calendar has its day, and it never begins
                self._add(version)

    def _add(self, version: TargetsVersion) -> None:
        begins = _day_from(version.valid_from, version.default_zone)
        named = {metric.name: metric for metric in version.metrics}
        for name in dict.fromkeys((*self._said, *named)):
            metric = named.get(name)
            said = self._said.setdefault(name, [])
            is_first = not said
            while said and said[-1][0] >= begins > 0:
                said.pop()  # published earlier, and was to begin later: it never holds
            if metric is not None:
                self._titles[name] = metric.titles
            if _says(said[-1][1] if said else None, metric):
                continue
            start = metric.valid_from if metric else 0
            said.append((start if is_first else max(begins, start), metric, version.version))

    def held(self) -> list[Held]:
        """Of every metric that ever was, by name and start."""
        found = []
        for name, said in sorted(self._said.items()):
            ends: Sequence[int | None] = [start for start, _, _ in said[1:]]
            for (start, metric, version), end in zip(said, [*ends, None], strict=True):
                if metric is not None and start != end:
                    titled = replace(metric, titles=self._titles[name])
                    found.append(Held(titled, version, start, end))
        return found

    def at(self, moment: int) -> list[Held]:
        return [each for each in self.held() if _holds_at(each, moment)]


def _says(former: Metric | None, metric: Metric | None) -> bool:
    if former is None or metric is None:
        return former is metric
    return metric.computes_as(former)


def _holds_at(of: Held, moment: int) -> bool:
    return of.start <= moment and (of.end is None or moment < of.end)


def _day_from(at: int, zone: str) -> int:
    """The beginning of the first local day that does not begin before; 0 for the beginning of time."""
    if at <= 0:
        return 0
    day = to_datetime(at, ZoneInfo(zone)).date()
    begins = local_minute(day, 0, zone)
    return begins if begins >= at else local_minute(day + timedelta(days=1), 0, zone)


class _OfNoQueue(Struct, frozen=True):
    """What a version of the targets says of no queue, as the archive keeps it in one row without a queue."""

    metrics: tuple[Metric, ...] = ()


def body_of_metrics(metrics: tuple[Metric, ...]) -> str:
    """Empty for none, as rows of releases without metrics have it."""
    return msgspec.json.encode(_OfNoQueue(metrics)).decode() if metrics else ""


def metrics_of_body(body: str) -> tuple[Metric, ...]:
    return msgspec.json.decode(body, type=_OfNoQueue).metrics if body else ()
