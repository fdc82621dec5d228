"""The agents: duties, breaks, and changes of mode, all of which are reported."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from producers.simulate.agenda import Agenda
from producers.simulate.centre import Centre
from producers.simulate.episodes import Episodes
from producers.simulate.floor import Floor
from producers.simulate.people import Agent, Leg, Mode
from producers.simulate.reporter import Reporter
from producers.simulate.shifts import Duty, PlannedBreak, duty_of
from schemas.millis import from_datetime, to_datetime

_MISSED = "missed call"


class Staff:
    """The agents of a centre. Callbacks: `offer` rings an agent; `deserted`: a queue has lost its last agent."""

    def __init__(
        self,
        centre: Centre,
        seed: str,
        agenda: Agenda,
        floor: Floor,
        report: Reporter,
        episodes: Episodes,
    ) -> None:
        self._centre = centre
        self._seed = seed
        self._zone = ZoneInfo(centre.time_zone)
        self._agenda = agenda
        self._floor = floor
        self._report = report
        self._episodes = episodes
        self.offer: Callable[[int, Leg, Agent], None]
        self.deserted: Callable[[int, int], None]
        self._silent_until = 0  # the platform accepts no login until then
        draw = Random(f"{seed}/people")
        index = {demand.queue: place for place, demand in enumerate(centre.demands)}
        self.agents = [
            Agent(
                person.agent,
                person,
                tuple(index[queue] for queue in person.queues),
                draw.gauss(0, centre.scenario.agent_ln_sd),
            )
            for person in centre.people
        ]

    def begin(self, start: int) -> None:
        """Log in the agents on duty at `start`, and plan the following days."""
        today = to_datetime(start, self._zone).date()
        for ahead in (-1, 0, 1):
            self._plan_day(today + timedelta(days=ahead), start)
        self._agenda.plan(self._midnight(today + timedelta(days=1)), self._new_day, None)

    def becomes(self, at: int, agent: Agent, mode: Mode) -> None:
        agent.mode = mode
        agent.turn += 1
        self._report.agent(agent, at)

    def is_free(self, at: int, agent: Agent) -> None:
        """The agent has finished: he logs out, takes a due break, gets the oldest call, or becomes idle."""
        if agent.leaving:
            self.log_out(at, agent)
            return
        if agent.pause is not None:
            pause, agent.pause = agent.pause, None
            self._goes_away(at, agent, pause.length_ms, pause.reason)
            return
        leg = self._floor.oldest(agent.queues)
        if leg is not None:
            self.offer(at, leg, agent)
            return
        self.becomes(at, agent, "idle")
        agent.idle_since = at
        self._floor.is_free(agent)

    def missed(self, at: int, agent: Agent, pause_ms: int) -> None:
        """After a missed offer the platform makes the agent not ready for a while."""
        if agent.leaving:
            self.log_out(at, agent)
        else:
            self._goes_away(at, agent, pause_ms, _MISSED)

    def log_out(self, at: int, agent: Agent) -> None:
        agent.leaving, agent.pause = False, None
        self.becomes(at, agent, "out")
        for queue in agent.queues:
            self._floor.staffed[queue] -= 1
            if not self._floor.staffed[queue]:
                self.deserted(at, queue)

    def go_missing(self, at: int) -> None:
        """An episode has begun: its agents log out, if on a call after it."""
        for agent in self.agents:
            if agent.mode != "out" and self._episodes.is_missing(agent.agent, agent.queues, at):
                self._duty_over(at, agent)

    def forget(self, until: int) -> list[Agent]:
        """The platform hangs until then and loses all logins; returns who was logged in, in a fixed order."""
        self._silent_until = until
        forgotten = [agent for agent in self.agents if agent.mode != "out"]
        for agent in forgotten:
            agent.turn += 1
            agent.mode, agent.leaving, agent.pause = "out", False, None
            for queue in agent.queues:
                self._floor.staffed[queue] -= 1
        return forgotten

    def log_in_again(self, at: int, agent: Agent, after_ms: int) -> None:
        """Report the agent as logged out; he logs in after `after_ms` if his duty is not over by then."""
        self._report.agent(agent, at)
        self._agenda.plan(at + after_ms, self._log_in, (agent, agent.on_duty_until))

    def _goes_away(self, at: int, agent: Agent, length_ms: int, reason: str) -> None:
        agent.reason = reason
        self.becomes(at, agent, "away")
        self._agenda.plan(at + length_ms, self.is_free, agent, agent)

    def _plan_day(self, day: date, now: int) -> None:
        absent = self._centre.scenario.absent_share
        holiday = day.isoformat() in self._centre.holidays
        for agent in self.agents:
            if holiday and not agent.person.works_holidays:
                continue
            duty = duty_of(agent.person, day, self._zone, self._seed, absent)
            if duty is not None and duty.logout_at > now:
                self._plan_duty(agent, duty, now)

    def _plan_duty(self, agent: Agent, duty: Duty, now: int) -> None:
        plan = self._agenda.plan
        plan(max(duty.login_at, now), self._log_in, (agent, duty.logout_at))
        for pause in duty.breaks:
            if pause.at > max(duty.login_at, now):
                plan(pause.at, self._break_due, (agent, pause))
        plan(duty.logout_at, self._duty_over, agent)

    def _new_day(self, at: int, _: None) -> None:
        tomorrow = to_datetime(at, self._zone).date() + timedelta(days=1)
        self._plan_day(tomorrow, at)
        self._agenda.plan(self._midnight(tomorrow), self._new_day, None)

    def _midnight(self, day: date) -> int:
        return from_datetime(datetime.combine(day, time(), self._zone))

    def _log_in(self, at: int, duty: tuple[Agent, int]) -> None:
        agent, until = duty
        if agent.mode != "out" or at >= until:
            return
        agent.on_duty_until = until
        if at <= self._silent_until:
            self._agenda.plan(self._silent_until + 1, self._log_in, duty)
            return
        if self._episodes.is_missing(agent.agent, agent.queues, at):
            return
        for queue in agent.queues:
            self._floor.staffed[queue] += 1
        self.is_free(at, agent)

    def _break_due(self, at: int, planned: tuple[Agent, PlannedBreak]) -> None:
        agent, pause = planned
        if agent.mode == "idle":
            self._goes_away(at, agent, pause.length_ms, pause.reason)
        elif agent.mode != "out":
            agent.pause = pause

    def _duty_over(self, at: int, agent: Agent) -> None:
        if agent.mode in ("idle", "away"):
            self.log_out(at, agent)
        elif agent.mode != "out":
            agent.leaving = True
