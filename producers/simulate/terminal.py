"""Messages of the simulator on the terminal."""

from collections.abc import Mapping

import click

from producers.contract import Sent
from producers.simulate.books import Books
from producers.simulate.faults.parcel import Fault
from producers.simulate.ledger import Ledger
from producers.simulate.live import Feed
from producers.simulate.position import Beginning
from schemas.millis import HOUR, iso


def announce(beginning: Beginning, now: int) -> None:
    if beginning.goes_on_from is not None:
        text = f"goes on from {iso(beginning.goes_on_from)}"
    else:
        text = f"begins at {iso(beginning.start)}"
    if beginning.restarted:
        text += "; the run before ended too long ago to go on, its open calls count as dropped"
    click.echo(f"simulate: {text}, {(now - beginning.start) / HOUR:.1f} h of past", err=True)


def summary(sent: Sent, source: Feed, ledger: Ledger | None) -> None:
    text = (
        f"simulate: {sent.calls:,} call and {sent.agents:,} agent events delivered,"
        f" up to {iso(source.at)}; {len(source.simulation.open)} calls open"
    )
    click.echo(text + (f"; {ledger.legs:,} legs in the ledger" if ledger else ""), err=True)


def struck(faults: Mapping[str, Fault], books: Books | None) -> None:
    """How often each fault occurred, and with books how far expected.csv differs from truth.csv."""
    counts = ", ".join(f"{name} {fault.struck:,}" for name, fault in faults.items())
    click.echo(f"simulate: faults: {counts}", err=True)
    if books is None or books.recount is None:
        return
    refused = books.recount.refused
    away = "".join(f"; {count:,} records {reason}" for reason, count in sorted(refused.items()))
    click.echo(f"simulate: expected.csv: {books.close()}{away}", err=True)
