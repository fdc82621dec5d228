"""What a published report would say now: which figures are other ones, by which calls, from which source, how late.

Rule 1: nothing changes a publication. The report is asked again with what is known now, and compared figure by figure.
Rule 2: the calls are those whose version that holds now is another one than that of the publication. A late call, which no
earlier version had stated, is one of them, as is one that a withdrawn file had told.
Rule 3: of a publication of one department they are those of its queues alone, of then and of now.
Rule 4: figures may change though no call did: queues moved to another centre, or a promise was corrected. Then that is said.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from schemas.millis import DAY, SECOND
from schemas.publications import Publication, PublishedFigure, figures, unpacked
from schemas.tables import LEG_IDENTITY
from streams.history.catalogue import Catalogue, of_department
from streams.history.causes import WITHDRAWN, Cause, causes
from streams.history.holding import Step, read_withdrawals, steps
from streams.history.kept import LEGS_BY_ITSELF
from streams.history.legs_sql import KEY_SLACK_MS
from streams.history.months import Range
from streams.history.published_again import MakePaper, figures_now, period_of
from streams.history.published_together import together_now, together_then
from streams.history.question import HistoryError, Question
from streams.history.targets_then import targets_version
from streams.history.versions import COMPARED, Version, changes
from streams.sinks.clickhouse.database import Reader, quoted

MOST_LEGS = 100_000  # that changed since; more do not fit into the memory of a report
_IDENTITY = ", ".join(LEG_IDENTITY)
_READ = dict.fromkeys(
    (*LEG_IDENTITY, "version", "known_at_ms", "contact_id", "feed", "delivery", *COMPARED)
)


class ChangedFigure(Struct, frozen=True):
    """`was` is what was published; None: the report had no such figure, or it had no value."""

    part: str
    group: str
    name: str
    was: int | float | None
    now: int | float | None


class ChangedLeg(Struct, frozen=True):
    """`before` held when the report was published, `after` holds now; None: no version did. `known_at` in ms."""

    known_at: int
    before: Version | None
    after: Version | None
    cause: Cause

    @property
    def version(self) -> Version:
        version = self.after or self.before
        assert version is not None  # noqa: S101  a leg has one of the two
        return version

    @property
    def late_ms(self) -> int | None:
        return None if self.cause.at is None else self.known_at - self.cause.at


class Restated(Struct, frozen=True):
    """`targets_now`: the version of the targets in force now, where it is another one than that of the publication. `legs_known`:
    no version of its calls was deleted.
    """

    publication: Publication
    figures: list[ChangedFigure]
    legs: list[ChangedLeg]
    targets_now: int | None = None
    legs_known: bool = True


def restated(
    reader: Reader, catalogue: Catalogue, paper_of: MakePaper, of: Publication, now: int
) -> Restated:
    """`paper_of` as in `figures_now`. NotAsPublishedError if the frozen report was changed; HistoryError if too many calls were told anew."""
    then, together = [*figures(unpacked(of))], together_then(of)
    found = changed_figures(then, figures_now(reader, catalogue, paper_of, of, now))
    if together:  # the headline: what it says comes first
        found = [*changed_figures(together, together_now(reader, catalogue, of, now)), *found]
    published = Question(of.start, of.end, as_of=of.as_of)
    if LEGS_BY_ITSELF.deleted(reader, replace(published, as_of=None)) is not None:
        # What needs each call has no value any more. That says nothing about what was published; that a queue left does.
        found = [each for each in found if each.now is not None or _left(each, of, catalogue)]
    if not found:
        return Restated(of, [], [])
    version = targets_version(reader, now)
    known = replace(LEGS_BY_ITSELF, earlier_ms=of.start - _reaches(of).start)
    legs_known = known.deleted(reader, published) is None
    return Restated(
        of,
        found,
        changed_legs(reader, of, queues_of(of, then, catalogue)) if legs_known else [],
        version if version != of.targets_version else None,
        legs_known,
    )


def _left(figure: ChangedFigure, of: Publication, catalogue: Catalogue) -> bool:
    """Whether its queue or centre is none of the department any more."""
    if not of.department:
        return False
    ours = of_department(catalogue, of.department).queues
    there = {"queues": {*ours}, "centres": {each.centre for each in ours.values()}}
    return figure.part in there and figure.group not in there[figure.part]


def changed_figures(
    then: Sequence[PublishedFigure], now: Sequence[PublishedFigure]
) -> list[ChangedFigure]:
    """In the order of the publication, then what only the report of now has. Pure."""
    was, is_ = ({(f.part, f.group, f.name): f.value for f in each} for each in (then, now))
    return [
        ChangedFigure(*key, was.get(key), is_.get(key))
        for key in {**was, **is_}
        if was.get(key) != is_.get(key)
    ]


def queues_of(
    of: Publication, then: Sequence[PublishedFigure], catalogue: Catalogue
) -> set[str] | None:
    """The ids, former ones too, of the queues that it is about; None: of all."""
    if not of.department:
        return None
    ours = {*of_department(catalogue, of.department).queues}
    ours |= {each.group for each in then if each.part == "queues"}
    return ours | {id_ for id_, queue in catalogue.former.items() if queue in ours}


def changed_legs(
    reader: Reader, of: Publication, queues: Collection[str] | None = None
) -> list[ChangedLeg]:
    """Of `queues`, None: of all; by the time at which they became known. Also of the period before, with which the report compares, and a day longer:
    who gave up at its end may have been served on the next day.
    """
    range_ = _reaches(of)
    rows = reader.execute(_versions_sql(of.as_of, range_, queues)).named()
    check_not_too_many(rows)
    withdrawn_at = read_withdrawals(reader, [row["delivery"] for row in rows])
    found = []
    for _, versions in groupby(rows, itemgetter(*LEG_IDENTITY)):
        changed = changed_since(list(steps(list(versions), withdrawn_at)), of.as_of)
        if changed is not None and _is_in(changed, range_):
            found.append(changed)
    caused = causes(reader, [each.after or each.before for each in found])  # type: ignore[misc]  # one of them is there
    return sorted(_told(found, caused), key=lambda each: (each.known_at, each.version["leg_id"]))


def _reaches(of: Publication) -> Range:
    return Range(period_of(of).before().start, of.end + DAY)


def _told(found: Sequence[Step], caused: Sequence[Cause]) -> Iterator[ChangedLeg]:
    for step, cause in zip(found, caused, strict=True):
        said = Cause(WITHDRAWN) if step.withdrawn else cause
        yield ChangedLeg(step.known_at, step.before, step.after, said)


def changed_since(of_leg: Sequence[Step], as_of: int) -> Step | None:
    """From what held then to what holds now, with the last step as its cause; None if they say the same. Pure."""
    then = [step.after for step in of_leg if step.known_at <= as_of]
    since = [step for step in of_leg if step.known_at > as_of]
    if not since:
        return None
    before, last = (then[-1] if then else None), since[-1]
    if not changes(before, last.after):
        return None
    return Step(last.known_at, before, last.after, last.withdrawn)


def _is_in(step: Step, range_: Range) -> bool:
    arrivals = (v["arrived_at_ms"] for v in (step.before, step.after) if v is not None)
    return any(range_.start <= at < range_.end for at in arrivals)


def _versions_sql(as_of: int, range_: Range, queues: Collection[str] | None) -> str:
    """Every version of the legs of which anything became known after `as_of`."""
    within = (
        f"key_at >= toDateTime({max(0, range_.start - KEY_SLACK_MS) // SECOND})"
        f" AND key_at <= toDateTime({(range_.end + KEY_SLACK_MS) // SECOND})"
    )
    if queues is not None:
        within += f" AND queue IN ({', '.join(map(quoted, sorted(queues)))})"
    later = f"known_at_ms > {as_of}"
    legs = (
        f"SELECT {_IDENTITY} FROM leg_versions WHERE {within}"
        f" AND ({later} OR delivery IN (SELECT delivery FROM withdrawals WHERE {later}))"
        f" GROUP BY {_IDENTITY} LIMIT {MOST_LEGS + 1}"
    )
    return (
        f"SELECT {', '.join(_READ)} FROM leg_versions WHERE {within} AND ({_IDENTITY}) IN ({legs})"
        f" ORDER BY {_IDENTITY}, version LIMIT 1 BY {_IDENTITY}, version"
    )


def check_not_too_many(rows: Sequence[Any]) -> None:
    """HistoryError if not all calls that changed were read."""
    if len({itemgetter(*LEG_IDENTITY)(row) for row in rows}) > MOST_LEGS:
        raise HistoryError(
            f"more than {MOST_LEGS:,} calls were told anew since: publish the report again, as another edition"
        )
