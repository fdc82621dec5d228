"""Times that processes share stand once; where another language writes one out, it is the same."""

import ast
import re

import pytest

from dashboards.grafana import look, promql
from dashboards.wallboard import hub
from producers.simulate.faults import recount
from schemas import timing
from schemas.goal import ENOUGH_CALLS, FEW_CALLS, GOAL_WINDOW_MINUTES
from schemas.millis import HOUR, SECOND
from tests.support.sources import ROOT, SHIPPED, parsed

NAMES = {name for name in vars(timing) if name.endswith("_MS")}
PAGE = (ROOT / "dashboards/wallboard/static/board.js").read_text()
RULES = (ROOT / "deploy/prometheus/rules/pipeline.yml").read_text()


def test_no_other_module_gives_a_shared_time_a_value() -> None:
    copies = [
        f"{path}:{node.lineno} {target.id}"
        for path, tree in parsed(*SHIPPED)
        if path != "schemas/timing.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id.lstrip("_") in NAMES
    ]
    # The recount of faults shares nothing with the stream; that it says the same is tested below.
    assert [each for each in copies if "simulate/faults/recount.py" not in each] == []
    assert len(NAMES) > 12


def test_the_recount_of_faults_goes_by_the_same_times() -> None:
    assert (
        recount._AHEAD_MS, recount._DISORDER_MS, recount._STEP_MS, recount._REMEMBERED_MS,
        recount._WAITING_CAP_MS, recount._SERVICE_CAP_MS,
    ) == (
        timing.AHEAD_OF_BROKER_MS, timing.DISORDER_MS, timing.STEP_MS, timing.LATE_WITHIN_MS,
        timing.WAITING_CAP_MS, timing.SERVICE_CAP_MS,
    )  # fmt: skip


def test_the_page_waits_longer_than_the_board_is_silent() -> None:
    lost = re.search(r"const LOST_MS = (\d+);", PAGE)
    assert lost
    assert int(lost[1]) >= 3 * hub.LONGEST_S * SECOND
    assert int(lost[1]) == timing.FRESH_MS


def test_a_silent_source_wakes_people_after_it_stopped_to_hold_its_queues_back() -> None:
    limit = re.search(r"last_event_timestamp_seconds:max > (\d+)", RULES)
    assert limit
    assert int(limit[1]) * SECOND >= timing.STALE_AFTER_MS


def test_grafana_holds_the_goal_against_the_same_window_and_calls() -> None:
    assert f"{GOAL_WINDOW_MINUTES}m" == promql.WALL_WINDOW
    assert f"< {ENOUGH_CALLS})" in promql.against_goal(promql.WALL_WINDOW)
    (words,) = look.few_calls()
    assert [each.text for each in words.options.values()] == [FEW_CALLS]  # type: ignore[union-attr]


_FRESH, _DEAD = timing.FRESH_MS // SECOND, timing.DEAD_MS // SECOND
_HOURS = timing.LATE_WITHIN_MS // HOUR
_AHEAD = timing.AHEAD_OF_BROKER_MS // SECOND
WRITTEN: dict[str, tuple[str, ...]] = {
    "docs/supervisor.md": (
        f"under {_FRESH} s | live", f"{_FRESH} to {_DEAD} s, or", f"over {_DEAD} s | blank",
        "with at least five calls", f"`{FEW_CALLS}`", "fewer than five calls",
    ),
    "docs/definitions.md": (
        f"for {_HOURS} hours after a leg's last event", f"(clock − {timing.DISORDER_MS // SECOND} s)",
        f"every {timing.STEP_MS // SECOND}-second boundary", f"older than {_FRESH} s",
        f"at least {ENOUGH_CALLS} calls", f"last {GOAL_WINDOW_MINUTES} minutes",
        f"`waiting_cap` ({timing.WAITING_CAP_MS // HOUR} h)",
    ),
    "docs/operator.md": (f"live figures for {_HOURS} hours",),
    "docs/guarantees.md": (
        f"over {_AHEAD} s ahead", f"figures for {_HOURS} hours", f"later than {_HOURS} hours",
    ),
    "docs/runbooks/RecordsSetAside.md": (f"over for more than {_HOURS} hours",),
    "docs/faults.md": (f"more than {_AHEAD} s",),
}  # fmt: skip


@pytest.mark.parametrize("page", WRITTEN)
def test_documents_say_the_times_that_hold(page: str) -> None:
    text = " ".join((ROOT / page).read_text().split())
    assert ENOUGH_CALLS == 5, "the documents write it out"
    assert [phrase for phrase in WRITTEN[page] if phrase not in text] == []
