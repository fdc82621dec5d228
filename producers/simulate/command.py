"""`queuewatch send simulate`: options to a run; the composition root mounts it and reports its health."""

import sys
from contextlib import ExitStack
from pathlib import Path
from secrets import randbits
from zoneinfo import ZoneInfo

import click
from msgspec.structs import replace

from producers.caller_key import CallerKeyError, caller_key
from producers.following import Follower
from producers.health_hook import HealthHook
from producers.open_delivery import FollowedDelivery
from producers.pace import Pace, StoppableClock
from producers.position import PositionError
from producers.publisher import Publisher, PublishError
from producers.simulate.books import Books
from producers.simulate.centre import Centre
from producers.simulate.engine import Run, Simulation
from producers.simulate.faults.catalogue import FaultyRun, chain
from producers.simulate.faults.feed import FaultyFeed
from producers.simulate.live import Feed, SimulatedCentre
from producers.simulate.nodes import Nodes
from producers.simulate.options import Options, declared, when
from producers.simulate.position import (
    Beginning,
    Position,
    PositionOfRun,
    begin,
    position_file,
    read_position,
)
from producers.simulate.scenarios import centre_of, faults_of
from producers.simulate.source import Source
from producers.simulate.terminal import announce, struck, summary
from producers.stopping import stopped_by_signals
from schemas.deliveries import DeliveryCounts, begun

_EXAMPLES = """\b
Examples:
  queuewatch send simulate
  queuewatch send simulate --scenario burst-pipe
  queuewatch send simulate --from -8h --until -1h --seed 7 --ledger ledger.csv
  queuewatch send simulate --from -12h --until -1h --faults late,malformed --ledger books
"""


@click.command(epilog=_EXAMPLES)
@declared
@click.pass_context
def simulate(ctx: click.Context, /, **given: object) -> None:
    """Calls and agents of a simulated municipality, from the past up to now, then on in real time.

    Without --until, --calls, --faults and --ledger it goes on where the run before stopped (its
    place lies under --data). After a pause of more than six hours it begins anew, and open calls
    count as dropped.
    """
    options = Options(**given)  # type: ignore[arg-type]  # click fills it from the options above
    if not options.faults:
        options = replace(options, faults=faults_of(options.scenario))
    try:
        _simulate(options, ctx.find_object(HealthHook))
    except (PublishError, PositionError, CallerKeyError) as error:
        raise click.ClickException(str(error)) from None


def _simulate(options: Options, hook: HealthHook | None) -> None:
    clock = StoppableClock()
    now = clock.now_ms()
    centre = centre_of(options.scenario)
    file = position_file(options.data, options.namespace)
    beginning, until = _times(options, centre, file, now)
    key = caller_key(options.data, options.caller_key_file)
    run = Run(beginning.start, beginning.seed, key, until=until, calls=options.calls)
    source, feed = _feed(options, Simulation(centre, run))
    with ExitStack() as cleanup:
        books = None
        if options.ledger is not None:
            books = Books(options.ledger, centre.demands, faulty=bool(options.faults))
            cleanup.enter_context(books)
        # Before a long run is made anew: a broker that is away is told at once.
        publisher = cleanup.enter_context(Publisher(options.bootstrap, options.namespace))
        cleanup.enter_context(stopped_by_signals(clock))
        announce(beginning, now)
        if beginning.goes_on_from is not None:
            source.go_on_from(beginning.goes_on_from)
        simulated = SimulatedCentre(
            feed,
            Position(options.scenario, beginning.seed, beginning.start, source.at),
            clock,
            Pace(source.at, now, options.speed),
            first=source.restarted() if beginning.restarted else (),
            ledger=books.ledger if books else None,
            bookkeeping=books.recount if books else None,
        )
        positions = PositionOfRun(file if options.keeps_position else None, run.source)
        delivery = begun(
            at=now,
            chance=randbits(16),
            platform="simulate",
            source=run.source,
            feed="live",
            counts=DeliveryCounts(),
        )
        follower = Follower(
            "simulate",
            simulated,
            positions,
            lambda: publisher,
            clock,
            sys.stderr,
            FollowedDelivery(delivery),
        )
        if hook is not None:
            cleanup.callback(hook.start(options.bootstrap, options.namespace, follower.health))
        follower.run()
        simulated.finish()
        summary(follower.counts.sent, feed, books.ledger if books else None)
        if isinstance(feed, FaultyFeed):
            struck(feed.faults, books)


def _feed(options: Options, simulation: Simulation) -> tuple[Source, Feed]:
    """The source, and what is between it and the publisher; without faults the source itself."""
    run = simulation.run
    nodes = Nodes(simulation.centre, run.source, options.nodes) if options.nodes > 1 else None
    source = Source(simulation, nodes=nodes)
    if not options.faults:
        return source, source
    faulty = FaultyRun(simulation.name, nodes.names if nodes else (run.source,), run.start)
    return source, FaultyFeed(source, chain(options.faults, run.seed, faulty))


def _times(options: Options, centre: Centre, file: Path, now: int) -> tuple[Beginning, int | None]:
    zone = ZoneInfo(centre.time_zone)
    wanted = when("--from", options.began, now, zone)
    if wanted > now:
        raise click.BadParameter("must not lie in the future", param_hint="--from")
    if options.keeps_position and not options.anew:
        beginning = begin(
            read_position(file),
            scenario=options.scenario,
            seed=options.seed,
            wanted=wanted,
            now=now,
        )
    else:
        beginning = Beginning(wanted, 1 if options.seed is None else options.seed)
    until = None if options.until is None else when("--until", options.until, now, zone)
    if until is not None and until <= beginning.start:
        raise click.BadParameter("must lie after --from", param_hint="--until")
    return beginning, until
