"""How good the alert rules are: false pages on weeks as planned, and how soon each trouble is found. Writes build/alerts.json.

Every rule of the catalogue with its defaults, asked by the stream's own core; nothing here needs a server. The same
weeks of the same seed give the same alerts. Limits are tuned on other seeds (TUNED_ON) than those that are reported (REPORTED).
"""

import argparse
import json
import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from schemas.alerts import Alert
from schemas.millis import HOUR, MINUTE, SECOND
from streams.core.rule_catalogue import RULES
from tests.bench import troubles
from tests.bench.decided import Decided, decided_at
from tests.bench.part import Bench, Part
from tests.bench.troubles import ALWAYS, LARGE, SMALL
from tests.bench.weeks import DESKS, Piece
from tests.bench.weeks import weeks as made_weeks
from tests.support.services import ROOT

_RESULT = ROOT / "build" / "alerts.json"
REPORTED, TUNED_ON = "report", "tune"
_DAYS_A_WEEK = 5
_OPEN_BEFORE_MS = 30 * MINUTE  # a page so shortly before the cause: that day says nothing
# Of the field's literature, on the same desks: false episodes a day, and minutes until the drop of staff is found.
REFERENCE = (
    ("level of 30 minutes 10 points below the goal", 1.6, 10, 43, 1.7, 26),
    ("burn of 60 and 10 minutes at 2", 0.75, 23, 60, 0.81, 46),
    ("Erlang A, load of 60 minutes, 10 points below", 0.12, 2, 14, 0.07, 16),
)


class Found(Struct):
    """One trouble on one desk. `delays_s`: from the cause to the first page, infinite if none came. `callers`: how many
    called for the trouble until then.
    """

    delays_s: list[float]
    by_rule: dict[str, list[float]]  # of every rule, to its first alert of any severity
    first: Counter[str]
    callers: list[float]

    @property
    def missed(self) -> int:
        return sum(math.isinf(each) for each in self.delays_s)


class Result(Struct):
    """`false`: by desk, the alerts on the weeks as planned. `not_evaluated`: rules that could never be asked there."""

    weeks: int
    false: dict[str, list[Alert]] = {}
    found: dict[str, Found] = {}
    not_evaluated: dict[str, str] = {}


def measure(weeks: int, path: Path, seed: str = REPORTED, say: Any = print) -> Iterator[Result]:
    """What is known after each week. `path`: see `tests.bench.weeks`."""
    pieces: list[Piece] = []
    for number, week in enumerate(made_weeks(seed, path, weeks, say), 1):
        pieces += week
        result = result_of(number, pieces)
        pages = ", ".join(f"{desk} {_pages(each)}" for desk, each in result.false.items())
        say(f"  week {number} of {weeks}: false pages so far {pages}", flush=True)
        yield result


def result_of(weeks: int, pieces: Sequence[Piece]) -> Result:
    result = Result(weeks, {desk: [] for desk in DESKS})
    asked: set[str] = set()
    days: dict[str, list[tuple[int, Decided, Sequence[int]]]] = {}
    for piece in pieces:
        if piece.is_planned:
            result.false[piece.desk] += piece.decided.fired.values()
            asked |= piece.decided.asked
            result.not_evaluated |= piece.decided.not_evaluated
        else:
            told = piece.cause or 0, piece.decided, piece.called
            days.setdefault(f"{piece.trouble}_{piece.desk}", []).append(told)
    result.not_evaluated = {n: why for n, why in result.not_evaluated.items() if n not in asked}
    result.found = {name: found_in(each) for name, each in days.items()}
    return result


def found_in(days: Sequence[tuple[int, Decided, Sequence[int]]]) -> Found:
    """`days`: each with its cause, and when somebody called for the trouble. Pure."""
    found = Found([], {}, Counter(), [])
    for cause, decided, calls in days:
        pages = decided.pages()
        if any(cause - _OPEN_BEFORE_MS <= decided_at(each) < cause for each in pages):
            continue
        after = [each for each in pages if decided_at(each) >= cause]
        found.delays_s.append(_delay_s(after, cause))
        if after:
            found.first[after[0].rule] += 1
        called = sum(at <= decided_at(after[0]) for at in calls) if after else math.inf
        found.callers.append(called if calls else math.inf)
        for rule in RULES:
            mine = [each for each in decided.fired.values() if each.rule == rule.name]
            mine = sorted((a for a in mine if decided_at(a) >= cause), key=decided_at)
            found.by_rule.setdefault(rule.name, []).append(_delay_s(mine, cause))
    return found


def _delay_s(alerts: Sequence[Alert], cause: int) -> float:
    return (decided_at(alerts[0]) - cause) / SECOND if alerts else math.inf


def rank(values: Sequence[float], percent: int) -> float | None:
    """Nearest rank; None for no value, and where the trouble was not found."""
    if not values:
        return None
    value = sorted(values)[-(-len(values) * percent // 100) - 1]
    return None if math.isinf(value) else value


def figures(result: Result) -> dict[str, Any]:
    """What build/alerts.json holds. `null` for a delay: so many were not found within two hours."""
    night = [each for each in result.false[ALWAYS.name] if is_at_night(each)]
    pages = {desk: _pages(alerts) for desk, alerts in result.false.items()}
    return {
        "weeks": result.weeks,
        "false_pages_per_owner_week": {
            **{desk: round(n / result.weeks, 3) for desk, n in pages.items()},
            "night_hours": round(_pages(night) / result.weeks, 3),
        },
        "false_alerts_per_week_by_rule": {
            desk: {rule: round(n / result.weeks, 3) for rule, n in _by_rule(alerts).items()}
            for desk, alerts in result.false.items()
        },
        "delay_s": {
            name: {
                "median": rank(each.delays_s, 50), "p90": rank(each.delays_s, 90),
                "incidents": len(each.delays_s), "missed": each.missed, "first": dict(each.first),
                "callers_median": rank(each.callers, 50),
                "by_rule": {
                    rule: {"median": rank(delays, 50), "p90": rank(delays, 90)}
                    for rule, delays in each.by_rule.items()
                },
            }
            for name, each in result.found.items()
        },
        "not_evaluated": result.not_evaluated,
    }  # fmt: skip


def is_at_night(alert: Alert) -> bool:
    hour = (alert.fired_at or 0) // HOUR % 24
    return hour >= troubles.NIGHT_BEGINS or hour < troubles.NIGHT_ENDS


def _pages(alerts: Sequence[Alert]) -> int:
    return sum(each.severity == "page" for each in alerts)


def _by_rule(alerts: Sequence[Alert]) -> dict[str, int]:
    counted = Counter(each.rule for each in alerts)
    return {rule.name: counted[rule.name] for rule in RULES}


def table(result: Result) -> str:
    """For people, beside what others measured on the same desks."""
    days = result.weeks * _DAYS_A_WEEK
    drops = [result.found[f"staffing_drop_{desk.name}"] for desk in (LARGE, SMALL)]
    head = ("36 agents: false a day", "drop found, median/p90", "8 agents: false a day")
    lines = [f"{'rule':<48}" + "".join(f"{each:>24}" for each in head) + f"{'median':>10}"]
    for rule in RULES:
        false = [_by_rule(result.false[desk.name])[rule.name] / days for desk in (LARGE, SMALL)]
        large, small = (drop.by_rule.get(rule.name, []) for drop in drops)
        found = f"{_short(rank(large, 50))} / {_short(rank(large, 90))}"
        lines.append(
            f"{f'{rule.name} ({rule.severity})':<48}{false[0]:>24.2f}{found:>24}"
            f"{false[1]:>24.2f}{_short(rank(small, 50)):>10}"
        )
    lines += [
        f"{f'[literature] {what}':<48.48}{a:>24.2f}{f'{m} min / {p} min':>24}{b:>24.2f}{f'{s} min':>10}"
        for what, a, m, p, b, s in REFERENCE
    ]
    lines += ["", f"{'trouble and desk':<28}{'page, median':>16}{'p90':>12}{'missed':>12}   first"]
    for name, each in result.found.items():
        first = ", ".join(f"{rule} {n}" for rule, n in each.first.most_common())
        missed = f"{each.missed} of {len(each.delays_s)}"
        if (callers := rank(each.callers, 50)) is not None:
            first += f"; at caller {callers:.0f} of the trouble (median)"
        lines.append(f"{name:<28}{_short(rank(each.delays_s, 50)):>16}"
                     f"{_short(rank(each.delays_s, 90)):>12}{missed:>12}   {first}")  # fmt: skip
    owner = figures(result)["false_pages_per_owner_week"]
    lines += ["", "false pages an owner and week: " + ", ".join(f"{k} {v:g}" for k, v in owner.items())]  # fmt: skip
    if result.not_evaluated:
        said = ", ".join(f"{name} ({why})" for name, why in sorted(result.not_evaluated.items()))
        lines.append(f"not evaluated here: {said}")
    return "\n".join(lines)


def _short(seconds: float | None) -> str:
    if seconds is None:
        return "not found"
    return f"{seconds:.0f} s" if seconds < 2 * 60 else f"{seconds / 60:.1f} min"


def run(weeks: int, path: Path, seed: str = REPORTED) -> None:
    """The file is written anew after each week: a run that is stopped leaves what it knew, with the number of weeks."""
    began = time.monotonic()
    text = ""
    for result in measure(weeks, path.with_name(f"{path.stem}-weeks.jsonl"), seed):
        took_s = round(time.monotonic() - began, 1)
        found = figures(result) | {"took_s": took_s, "seed": seed}
        path.write_text(json.dumps(found, indent=2) + "\n")
        text = f"{table(result)}\n\n{took_s:g} s; written to {path.name}"
    print(f"\n{text}")


def _in(bench: Bench) -> None:
    run(bench.options.weeks, _RESULT, bench.options.seed)


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--weeks", type=int, default=8, help="simulated, for the alerts")
    parser.add_argument(
        "--seed", choices=(REPORTED, TUNED_ON), default=REPORTED,
        help="which weeks of the alerts: those that are reported, or those that limits are tuned on",
    )  # fmt: skip


PART = Part("alerts", _in, _options)
