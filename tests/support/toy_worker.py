"""A worker with toy units: `python -m tests.support.toy_worker HOSTS NAMESPACE NAME PORT SESSION_S`."""

import asyncio
import sys

import msgspec

from schemas.agents import RosterEntry
from streams.admin.broker import AdminError
from streams.admin.topics_seen import check_topics
from streams.core.across_queues import OpenAcross
from streams.core.profiles import Profiles
from streams.plumbing.wall_clock import now_ms
from streams.wiring.faust_app import create_consumer
from streams.wiring.logs import configure
from streams.wiring.options import StreamOptions
from streams.wiring.runner import NotYetError, Parts, run
from streams.wiring.units import UnitFactories
from streams.wiring.view import StreamView
from tests.support.toy_unit import ToyUnit


class _Roster:
    def __init__(self) -> None:
        self.entries: dict[str, RosterEntry] = {}

    def update(self, entry: RosterEntry) -> None:
        self.entries[entry.agent] = entry


class _Nobody:
    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""


def main(bootstrap: str, namespace: str, name: str, port: str, session_s: str) -> int:
    options = StreamOptions(
        bootstrap, namespace, instance=name, metrics_port=int(port), session_s=float(session_s)
    )
    configure(name)

    def check() -> None:
        try:
            mistakes = check_topics(bootstrap, namespace)
        except AdminError as error:
            raise NotYetError(str(error)) from None
        if mistakes:
            raise NotYetError(mistakes[0])

    def render(view: StreamView) -> bytes:
        return msgspec.json.encode(
            {
                "offered": {each.queue: each.added.offered for each in view.totals},
                "versions": [each.version for each in view.versions],
                "results": {f"{name}_{result}": n for (name, result), n in view.results.items()},
            }
        )

    parts = Parts(
        now=now_ms,
        consumer=create_consumer,
        factories=UnitFactories(
            lambda partition, epoch: ToyUnit("calls", partition, epoch),
            lambda partition, epoch: ToyUnit("agents", partition, epoch),
            lambda partition, epoch: ToyUnit("reports", partition, epoch),
        ),
        roster=_Roster(),
        profiles=Profiles(),
        across=OpenAcross(),
        check=check,
        render=render,
        reporter=lambda _: _Nobody(),
    )
    return asyncio.run(run(options, parts))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
