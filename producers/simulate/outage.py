"""The platform hangs and is restarted: it has lost all open calls and reports nothing in between.

A waiting caller is cut off by the restart: `dropped`. A conversation continues, but its end is never
reported: the leg stays `answered` without an end. The ledger has both as the platform knows them.
"""

from collections.abc import Callable

from producers.simulate.agenda import Agenda
from producers.simulate.centre import Restart
from producers.simulate.episodes import Episodes
from producers.simulate.people import Agent, Leg, Visit
from producers.simulate.reporter import Reporter
from producers.simulate.staff import Staff
from schemas.millis import SECOND


class Outage:
    """Outages of one run. `call` makes a caller call, `done` completes a leg."""

    def __init__(
        self,
        agenda: Agenda,
        staff: Staff,
        report: Reporter,
        episodes: Episodes,
        call: Callable[[int, Visit], None],
        done: Callable[[Leg], None],
    ) -> None:
        self._agenda = agenda
        self._staff = staff
        self._report = report
        self._episodes = episodes
        self._call = call
        self._done = done
        # Time of the restart, and what it does; None while the platform works.
        self._hang: tuple[int, Restart] | None = None
        self._agents: list[Agent] = []

    @property
    def is_silent(self) -> bool:
        return self._hang is not None

    def begins(self, at: int, restart: Restart, legs: dict[str, Leg]) -> None:
        """The platform hangs from now on; steps planned for these legs and agents are void."""
        ends = at + restart.silent_s * SECOND
        self._hang = ends, restart
        for leg in legs.values():
            if leg.held_at and not leg.hold_ms:
                leg.hold_ms = ends - leg.held_at  # as far as the platform can tell
            leg.state = "forgotten"
        self._agents = self._staff.forget(ends)
        self._agenda.plan(ends, self._restarted, (restart, list(legs.values())))

    def turns_away(self, at: int, visit: Visit) -> bool:
        """True if the caller cannot get through now; then most of them are planned to call again."""
        if self._hang is None:
            return False
        ends, restart = self._hang
        self._calls_again(max(at, ends), restart, visit)
        return True

    def _restarted(self, at: int, lost: tuple[Restart, list[Leg]]) -> None:
        restart, legs = lost
        self._hang = None
        self._report.restarted(at)
        for agent in self._agents:
            back_ms = self._episodes.within(restart.agents_back_s) * SECOND
            self._staff.log_in_again(at, agent, back_ms)
        for leg in legs:
            if not leg.answered_at:
                leg.outcome, leg.reason, leg.left_at, leg.agent = "dropped", "restart", at, None
                self._calls_again(at, restart, leg.visit)
            self._done(leg)

    def _calls_again(self, at: int, restart: Restart, visit: Visit) -> None:
        if self._episodes.is_one_of(restart.calls_again_share):
            after_ms = self._episodes.within(restart.calls_again_s) * SECOND
            self._agenda.plan(at + after_ms, self._call, visit.again())
