"""The figures of each queue or group in a month: what a league, its sentences and its chart are made of."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from schemas.opening import business_day
from streams.history.catalogue import Catalogue
from streams.history.comparing import Change, Day, change
from streams.history.consistency import Consistency, HalfHour, consistency
from streams.history.counted_groups import Counted, counted_groups
from streams.history.days import days_by_group, kept_by_day
from streams.history.half_hours import GroupsHalfHours, groups_half_hours
from streams.history.kept import LEGS_BY_ITSELF
from streams.history.league import Placed, Standing, placed
from streams.history.losses import Losses, losses_by_queue
from streams.history.months import Range
from streams.history.promises_kept import Kept
from streams.history.question import By, Question
from streams.history.unserved import Unserved, unserved_by
from streams.sinks.clickhouse.database import Reader
from streams.sinks.clickhouse.deletions import Deleted


class GroupsMonth(Struct, frozen=True):
    """`losses` is None where nobody called, `unserved` where calls were `deleted`, `before` where the month before cannot be
    compared.
    """

    group: str
    zone: str
    counted: Counted
    half_hours: Consistency
    judged: bool  # every leg that left the queue had a target
    losses: Losses | None
    unserved: Unserved | None
    before: Change | None
    place: Placed
    each_half_hour: tuple[HalfHour, ...] = ()
    name: str = ""  # what people call it, where that is asked for
    deleted: Deleted | None = None

    @property
    def called_so(self) -> str:
        """Empty of the queues that belong to no centre: their group has no name."""
        return self.name or self.group

    @property
    def called(self) -> int:
        return self.losses.called if self.losses else 0

    @property
    def gave_up(self) -> int:
        """Those who waited at least s: a hang-up within a moment is a wrong number."""
        return self.losses.legs("abandoned", "abandoned_without_target") if self.losses else 0

    @property
    def refused(self) -> int:
        return self.losses.legs("rejected") if self.losses else 0

    @property
    def lost(self) -> int:
        return self.gave_up + self.refused

    @property
    def enough(self) -> bool:
        return self.judged and self.half_hours.whole.against in ("met", "missed")


def months_groups(
    reader: Reader, catalogue: Catalogue, question: Question, by: By, before: Range
) -> list[GroupsMonth]:
    """The worst first; groups without a call come last. Queues that nobody configured are in none."""
    return months_by(reader, catalogue, question, (by,), before)[by]


def months_by(
    reader: Reader, catalogue: Catalogue, question: Question, groupings: Sequence[By], before: Range
) -> dict[By, list[GroupsMonth]]:
    """The same of several groupings, for which the legs are read once."""
    asked = replace(question, configured_only=True, every_ms=None)
    deleted = LEGS_BY_ITSELF.deleted(reader, question)
    nobody = {} if deleted else unserved_by(reader, catalogue, asked, groupings)
    found: dict[By, list[GroupsMonth]] = {}
    for by in groupings:
        groups = _groups(reader, catalogue, replace(asked, by=by), before)
        unserved = {each.group: each for each in nobody.get(by, ())}
        found[by] = [
            replace(
                each,
                unserved=None if deleted else unserved.get(each.group, Unserved(each.group)),
                deleted=deleted,
            )
            for each in groups
        ]
    return found


def _groups(
    reader: Reader,
    catalogue: Catalogue,
    asked: Question,
    before: Range,
) -> list[GroupsMonth]:
    """Without what needs each call."""
    by = asked.by
    summed = {each.group: each for each in counted_groups(reader, catalogue, asked)}
    half_hours = {each.group: each for each in groups_half_hours(reader, catalogue, asked)}
    lost = {each.group: each for each in losses_by_queue(reader, catalogue, asked, by)}
    then = days_by_group(reader, catalogue, asked, before)
    found: dict[str, GroupsMonth] = {}
    for group, counted in summed.items():
        of_group = half_hours.get(group)
        judged = of_group is None or of_group.judged
        days_before = then.get(group, [])
        day_start = counted.members[0].day_start_minute if by == "queue" and counted.members else 0
        compared = judged and not any(each.record.get("n_untargeted", 0) for each in days_before)
        found[group] = GroupsMonth(
            group,
            counted.zone,
            counted,
            consistency(of_group.half_hours if of_group else []),
            judged,
            lost.get(group),
            None,
            change(_days(of_group, day_start), kept_by_day(days_before)) if compared else None,
            Placed(group, None),
            tuple(of_group.half_hours) if of_group else (),
        )
    return [
        replace(found[each.group], place=each) for each in placed([*map(_standing, found.values())])
    ]


def _days(of: GroupsHalfHours | None, day_start_minute: int) -> list[Day]:
    """The month's days, on the clock of the group, as sums of its half hours."""
    if of is None:
        return []
    days: dict[int, Kept] = {}
    for each in of.half_hours:
        start, _ = business_day(each.start, of.zone, day_start_minute)
        days[start] = days.get(start, Kept()) + each.kept
    return [Day(kept.good, kept.due) for kept in days.values()]


def _standing(of: GroupsMonth) -> Standing:
    met = of.half_hours.share_met
    return Standing(
        of.group,
        of.enough,
        of.half_hours.whole.missing,
        None if met is None else 1 - met,
        of.lost / of.called if of.called else None,
    )
