"""Which targets were valid for a queue at an instant; the past is never restated by a change."""

from bisect import bisect_right

from msgspec.structs import replace

from schemas.targets import Targets, TargetsVersion

Judged = tuple[Targets | None, int]  # the targets and the version that they come from; (None, 0)

NOT_CONFIGURED: Judged = (None, 0)


class TargetsBook:
    """All published versions, by queue. A queue's first version holds from the beginning of time."""

    def __init__(self, versions: list[TargetsVersion] | None = None) -> None:
        self._starts: dict[str, list[int]] = {}
        self._judged: dict[str, list[Judged]] = {}
        for version in sorted(versions or [], key=lambda each: each.version):
            self._add(version)

    def _add(self, version: TargetsVersion) -> None:
        named = {targets.queue: targets for targets in version.queues}
        for queue in named.keys() | self._starts.keys():
            targets = named.get(queue)  # None: taken out of the file, not configured from then on
            starts = self._starts.setdefault(queue, [])
            judged = self._judged.setdefault(queue, [])
            while len(starts) > 1 and starts[-1] >= version.valid_from:
                starts.pop()  # published later, valid earlier: the former never comes into force
                judged.pop()
            if judged and judged[-1][0] == targets:
                continue
            starts.append(version.valid_from if judged else 0)
            judged.append((targets, version.version if targets else 0))

    def at(self, queue: str, moment: int) -> Judged:
        starts = self._starts.get(queue)
        if starts is None:
            return NOT_CONFIGURED
        judged = self._judged[queue]
        if len(judged) == 1:
            return judged[0]
        return judged[max(0, bisect_right(starts, moment) - 1)]

    def sole(self, queue: str) -> Judged | None:
        """The targets of a queue that never had others."""
        judged = self._judged.get(queue, [])
        return judged[0] if len(judged) == 1 else None

    def without_rules(self, queue: str) -> Targets:
        """The newest targets of a queue that was taken out of the file: its names, but no alerts."""
        known = [targets for targets, _ in self.history(queue) if targets is not None]
        return replace(known[-1], alerts={})

    def configured(self) -> list[str]:
        """Every queue that a version ever named."""
        return list(self._starts)

    def history(self, queue: str) -> list[Judged]:
        return self._judged.get(queue, [])
