"""What a person at the terminal reads while the simulator runs."""

from collections.abc import Mapping
from typing import TextIO

import click
from tqdm import tqdm

from producers.pace import Clock
from producers.simulate.books import Books
from producers.simulate.faults.parcel import Fault
from producers.simulate.ledger import Ledger
from producers.simulate.position import Beginning
from producers.simulate.run import CAUGHT_UP_MS, Feed, Simulating
from schemas.millis import HOUR, MINUTE, SECOND, iso


class Way:
    """The way from where it began to now: a bar on a terminal, one line at its end elsewhere."""

    def __init__(self, at: int, clock: Clock, stream: TextIO) -> None:
        self._clock, self._began, self._at = clock, clock.now_ms(), at
        self._behind = self._began - at > MINUTE  # less is caught up at once
        self._bar = None
        if self._behind and stream.isatty():
            total = (self._began - at) // SECOND
            self._bar = tqdm(total=total, desc="catching up", unit="s", file=stream, leave=False)

    def moved(self, at: int) -> None:
        if not self._behind:
            return
        if self._bar is not None:
            self._bar.update((at - self._at) // SECOND - self._bar.n)
        if self._clock.now_ms() - at <= CAUGHT_UP_MS:
            took_s = (self._clock.now_ms() - self._began) / SECOND
            self.close()
            click.echo(f"simulate: caught up with now after {took_s:.1f} s", err=True)

    def close(self) -> None:
        self._behind = False
        if self._bar is not None:
            self._bar.close()


def announce(beginning: Beginning, now: int) -> None:
    if beginning.goes_on_from is not None:
        text = f"goes on from {iso(beginning.goes_on_from)}"
    else:
        text = f"begins at {iso(beginning.start)}"
    if beginning.restarted:
        text += "; the run before ended too long ago to go on, its open calls count as dropped"
    click.echo(f"simulate: {text}, {(now - beginning.start) / HOUR:.1f} h of past", err=True)


def summary(simulating: Simulating, source: Feed, ledger: Ledger | None) -> None:
    text = (
        f"simulate: {simulating.calls:,} call and {simulating.agents:,} agent events delivered,"
        f" up to {iso(source.at)}; {len(source.simulation.open)} calls open"
    )
    click.echo(text + (f"; {ledger.legs:,} legs in the ledger" if ledger else ""), err=True)


def struck(faults: Mapping[str, Fault], books: Books | None) -> None:
    """How often each fault struck, and with books how far what can be known is from what happened."""
    counts = ", ".join(f"{name} {fault.struck:,}" for name, fault in faults.items())
    click.echo(f"simulate: faults: {counts}", err=True)
    if books is None or books.recount is None:
        return
    refused = books.recount.refused
    away = "".join(f"; {count:,} records {reason}" for reason, count in sorted(refused.items()))
    click.echo(f"simulate: expected.csv: {books.close()}{away}", err=True)
