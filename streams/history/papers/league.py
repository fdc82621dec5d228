"""Centres and queues, the worst first, with their names; and the key figures and sentences of page one."""

from collections.abc import Sequence

from msgspec.structs import replace

from streams.history.losses import CALLED
from streams.history.month import GroupsMonth, months_by
from streams.history.month_sentences import (
    has_centres,
    hidden_said,
    what_changed,
    whole_said,
    without_answer,
    worst_said,
)
from streams.history.paper import Chart, Figure, Section, Table
from streams.history.papers.asked import Asked
from streams.history.report import Column, Part, Row
from streams.history.reports.month import LEAGUE, LOSSES, league_row, loss_rows
from streams.history.sentences import Length, Points, Sentence, Share, sentence
from streams.sinks.clickhouse.database import Reader

QUEUES_ON_PAPER = 60
_NAME = Column("name", "text", "what people call it")
_COLUMNS = (*LEAGUE[:2], _NAME, *LEAGUE[2:])
CENTRES = Part(_COLUMNS, name="centres", kind="centre")
QUEUES = Part(_COLUMNS, name="queues", kind="queue")
_SHOWN = (
    "place", "name", "called", "sl_promised", "goal", "half_hours_missed", "half_hours", "longest_run", "gave_up",
    "rejected", "wait_p90_s", "sl_change", "sl_says",
)  # fmt: skip
_WORST = 3


class League:
    """`whole` is all queues together; None where nobody is configured. `centres` is empty where no queue belongs to one."""

    def __init__(self, reader: Reader, asked: Asked) -> None:
        before = asked.period.before().range
        found = months_by(
            reader, asked.catalogue, asked.question, ("centre", "queue", "all"), before
        )
        self.centres, self.queues, together = found["centre"], found["queue"], found["all"]
        if not has_centres(self.centres):
            self.centres = []
        self.centres = [replace(each, name=asked.centre_name(each.group)) for each in self.centres]
        self.queues = [replace(each, name=asked.queue_name(each.group)) for each in self.queues]
        self.whole = together[0] if together and asked.catalogue.queues else None

    @property
    def called(self) -> bool:
        return self.whole is not None and bool(self.whole.called)


def rows(groups: Sequence[GroupsMonth]) -> list[Row]:
    return [league_row(each) | {"name": each.called_so} for each in groups if each.called]


def short(league: League, length: Length) -> Section:
    """All together, in key figures and three sentences."""
    whole = league.whole
    if whole is None or whole.losses is None or not whole.called:
        return Section("short", sentences=(sentence("nobody_called"),))
    said = [whole_said(whole, whole.losses)]
    said += without_answer(whole)
    said.append(sentence("change", change=what_changed(whole, length)))
    return Section("short", figures=_figures(whole, length), sentences=tuple(said))


def _figures(whole: GroupsMonth, length: Length) -> tuple[Figure, ...]:
    kept, found = whole.half_hours.whole, whole.half_hours
    missed = whole.judged and kept.against == "missed"
    goal = sentence("beside_goal", goal=Share(kept.goal if whole.judged else None))
    of_half_hours = sentence("beside_half_hours", eligible=found.eligible, longest=_longest(whole))
    of_called = sentence("beside_called", called=whole.called)
    short = whole.losses.legs("abandoned_short") if whole.losses else 0
    at_once = sentence("beside_gave_up", called=whole.called, short=short) if short else of_called
    before = whole.before
    change = None if before is None or before.points is None else before.points
    return (
        Figure("served", Share(kept.share if whole.judged else None), goal, is_bad=missed),
        Figure("half_hours_missed", found.missed if whole.judged else None, of_half_hours),
        Figure("gave_up", whole.gave_up, at_once),
        Figure("refused", whole.refused, of_called),
        Figure(
            "change",
            None if change is None else Points(change, signed=True),
            sentence("beside_change", length, then=Share(before.then if before else None)),
        ),
    )


def _longest(of: GroupsMonth) -> int:
    return of.half_hours.longest.half_hours if of.half_hours.longest else 0


def worst_centres(league: League, length: Length) -> Section:
    """Which three were worst, in how many half hours, who gave up, what changed. Of queues where there are no centres."""
    if not league.centres:
        said = worst_said(league.queues, length, of_queues=True)
        return Section(
            "worst_queues", sentences=tuple(said), charts=(_bars("queues", "queues_goal"),)
        )
    said = worst_said(league.centres, length)
    return Section(
        "worst_centres", sentences=tuple(said), charts=(_bars("centres", "centres_goal"),)
    )


def _bars(table: str, name: str) -> Chart:
    return Chart("bars", table, "name", ("sl_promised",), "goal", name=name)


def hidden(league: League) -> Section:
    """What averages hide: of the worst three centres of which they hide something, else of queues."""
    told = [*hidden_said(league.centres), *_without_centres(league)][:_WORST]
    met = any(each.judged and each.half_hours.whole.against == "met" for each in league.queues)
    nothing = sentence("nothing_hidden" if met else "nothing_met")
    return Section("hidden", sentences=tuple(told) or (nothing,))


def _without_centres(league: League) -> list[Sentence]:
    """A centre of one queue has said it already."""
    said = {each.called_so for each in league.centres}
    queues = [each for each in league.queues if each.called_so not in said]
    return [*hidden_said(queues)]


def tables(league: League) -> Section:
    return Section(
        "leagues",
        sentences=(sentence("how_placed"), *_silent(league)),
        tables=(
            Table(CENTRES, rows(league.centres), _SHOWN),
            Table(QUEUES, rows(league.queues), _SHOWN, QUEUES_ON_PAPER),
        ),
    )


def _silent(league: League) -> list[Sentence]:
    silent = [each.called_so for each in league.queues if not each.called]
    return [sentence("without_calls", names=", ".join(silent))] if silent else []


def lost(league: League) -> Section:
    return Section(
        "losses",
        sentences=(sentence("how_lost"),),
        charts=(Chart("waterfall", "losses", "step", ("legs",), name="losses"),),
        tables=(Table(LOSSES, loss_rows(league.whole)),),
    )


def called_in_losses(league: League) -> int:
    found = loss_rows(league.whole)
    return next((int(str(row["legs"])) for row in found if row["step"] == CALLED), 0)
