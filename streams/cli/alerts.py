"""`queuewatch alerts`: who has an alert, and what is muted. `list`, `show`, `quality`, `rehearse`, `routes` and `test` stand
in their own files.
"""

from secrets import token_hex
from typing import TYPE_CHECKING

import click

from schemas.commands import checked_note
from schemas.millis import iso
from schemas.printable import printable
from streams.cli.alerts_list import list_, show
from streams.cli.alerts_quality import quality
from streams.cli.alerts_rehearse import rehearse
from streams.cli.alerts_routes import routes
from streams.cli.alerts_test import try_out
from streams.cli.alerts_topics import (
    alert_topics,
    named_alert,
    one_line,
    read_alerts,
    say,
    until_when,
)
from streams.cli.audited import audited
from streams.cli.options import Failure
from streams.cli.typed_time import on_clock_of
from streams.cli.who import checked, who_option
from streams.plumbing.wall_clock import now_ms

if TYPE_CHECKING:
    from schemas.commands import Acknowledged


def _note(_: click.Context, __: click.Parameter, value: str) -> str:
    return checked(checked_note, value)


_NOTE = click.option(
    "--note", default="", callback=_note, metavar="TEXT", help="Kept with it, shown to others."
)


@click.group(name="alerts")
def command() -> None:
    """Alerts that go on: who has them, which are muted. ALERT is an id, or RULE/QUEUE for its newest.

    \b
    Example:
      queuewatch alerts list
    """


@command.command()
@named_alert
@who_option
@_NOTE
@alert_topics
@audited("alert_ack", "name")
def ack(name: str, who: str, note: str, bootstrap: str, namespace: str) -> None:
    """Say "I have it": the alert is not repeated. It ends by itself with the alert.

    \b
    Example:
      queuewatch alerts ack oldest_wait/billing --note "two agents are on their way"
    """
    from schemas.commands import Acknowledged

    known = read_alerts(bootstrap, namespace)
    with one_line():
        alert_id, reason = known.goes_on(name)
    had = known.book.taken(alert_id)
    say(
        bootstrap,
        namespace,
        Acknowledged(who=who, at=_after(had), note=note, alert_id=alert_id),
    )
    before = f" (before: {had.who}, at {iso(had.at)})" if had and had.who != who else ""
    print(f"{who} has {alert_id}{before}: {reason}")


@command.command()
@named_alert
@who_option
@_NOTE
@alert_topics
@audited("alert_unack", "name")
def unack(name: str, who: str, note: str, bootstrap: str, namespace: str) -> None:
    """Give the alert back: it is repeated again.

    \b
    Example:
      queuewatch alerts unack oldest_wait/billing
    """
    from schemas.commands import Released

    known = read_alerts(bootstrap, namespace)
    with one_line():
        alert_id, reason = known.goes_on(name)
    had = known.book.taken(alert_id)
    if had is None:
        raise Failure(f"nobody has {alert_id}")
    at = _after(had)
    say(bootstrap, namespace, Released(who=who, at=at, note=note, alert_id=alert_id))
    print(f"nobody has {alert_id} any more: {reason}")


@command.command()
@named_alert
@click.argument("text", callback=_note)
@who_option
@alert_topics
@audited("alert_note", "name")
def note(name: str, text: str, who: str, bootstrap: str, namespace: str) -> None:
    """Keep a note with an alert, also with one that is over.

    \b
    Example:
      queuewatch alerts note oldest_wait/billing "the trunk of the provider was down"
    """
    from schemas.commands import Noted

    if not text.strip():
        raise click.BadParameter("must not be empty", param_hint="TEXT")
    known = read_alerts(bootstrap, namespace)
    with one_line():
        alert = known.named(name)
    say(bootstrap, namespace, Noted(who=who, at=now_ms(), note=text, alert_id=alert.alert_id))
    print(f"noted with {alert.alert_id}")


@command.command(name="false")
@named_alert
@who_option
@click.option(
    "--note", required=True, metavar="TEXT", help="Why there was nothing to do; shown to others."
)
@alert_topics
@audited("alert_false", "name")
def false_(name: str, who: str, note: str, bootstrap: str, namespace: str) -> None:
    """Say that an alert should not have fired, also of one that is over: its rule is judged by it.

    It is told on as before while it fires: `ack` or `mute` ends that.

    \b
    Example:
      queuewatch alerts false oldest_wait/billing --note "one test call, forgotten on hold"
    """
    from schemas.commands import MarkedFalse

    if not note.strip():
        raise click.BadParameter("must not be empty", param_hint="--note")
    known = read_alerts(bootstrap, namespace)
    with one_line():
        alert = known.named(name)
    if alert.fired_at is None:
        raise Failure(f"alert {alert.alert_id} has not fired: nobody was told of it")
    said = MarkedFalse(who=who, at=now_ms(), note=note, alert_id=alert.alert_id)
    say(bootstrap, namespace, said)
    print(f"{alert.alert_id} is marked false: {alert.reason}")


@command.command()
@click.option("--rule", default="", metavar="RULE", help="Only alerts of this rule.")
@click.option(
    "--queue",
    default="",
    metavar="Q",
    help="Only alerts of this queue; TOPIC/AREA of one across queues.",
)
@click.option("--all", "everything", is_flag=True, help="All alerts of all queues.")
@click.option(
    "--until",
    required=True,
    callback=until_when,
    metavar="T",
    help="Its end: 2h from now, or 2026-11-01T08:00 (in the zone of Q, else the default zone, unless it says).",
)
@click.option(
    "--because",
    "note",
    required=True,
    callback=_note,
    metavar="TEXT",
    help="Why; shown to others.",
)
@who_option
@alert_topics
@audited("alert_mute", "rule", "queue")
def mute(
    *,
    rule: str,
    queue: str,
    everything: bool,
    until: int | str,
    note: str,
    who: str,
    bootstrap: str,
    namespace: str,
) -> None:
    """Tell nobody of these alerts until then. They go on to be decided, shown and archived.

    \b
    Example:
      queuewatch alerts mute --queue billing --until 2h --because "maintenance of the PBX"
    """
    from schemas.commands import Muted
    from streams.core.rule_catalogue import RULE_TABLES

    if bool(rule or queue) == everything:
        raise click.UsageError("name a --rule or a --queue, or say --all")
    if not note.strip():
        raise click.BadParameter("must not be empty", param_hint="--because")
    if rule and rule not in RULE_TABLES:
        known = ", ".join(sorted(RULE_TABLES))
        raise click.BadParameter(f'no rule "{rule}" (there are: {known})', param_hint="--rule")
    if queue and queue not in _queues(bootstrap, namespace):
        raise Failure(
            f'no queue "{queue}": no targets were published for it, and no alert names it'
        )
    end = on_clock_of(queue, until, bootstrap, namespace, "--until")
    if end <= now_ms():
        raise click.BadParameter("must lie in the future", param_hint="--until")
    name = token_hex(3)
    muted = Muted(who=who, at=now_ms(), note=note, mute_id=name, until=end, rule=rule, queue=queue)
    say(bootstrap, namespace, muted)
    what = " ".join(
        filter(
            None,
            (rule or "all rules", f"of queue {printable(queue)}" if queue else "of all queues"),
        )
    )
    print(f"mute {name}: {what}, until {iso(end)}")


@command.command()
@click.argument("mute_id", metavar="MUTE")
@who_option
@alert_topics
@audited("alert_unmute", "mute_id")
def unmute(mute_id: str, who: str, bootstrap: str, namespace: str) -> None:
    """End a mute now.

    \b
    Example:
      queuewatch alerts unmute 3fa9c1
    """
    from schemas.commands import Unmuted

    mutes = read_alerts(bootstrap, namespace).book.mutes(now_ms())
    if mute_id not in {each.mute_id for each in mutes}:
        raise Failure(f'no mute "{mute_id}" holds (`queuewatch alerts list` shows them)')
    say(bootstrap, namespace, Unmuted(who=who, at=now_ms(), mute_id=mute_id))
    print(f"mute {mute_id} has ended")


def _queues(bootstrap: str, namespace: str) -> set[str]:
    """Those that were ever published, and the places that alerts name."""
    from streams.admin.targets import read_versions

    with one_line():
        versions = read_versions(bootstrap, namespace)
    published = {targets.queue for version in versions for targets in version.queues}
    return published | {
        alert.place
        for alert in read_alerts(bootstrap, namespace).alerts
        if alert.queue or alert.topic
    }


def _after(had: "Acknowledged | None") -> int:
    """Now, and after what it answers: the clock of another machine may be ahead."""
    return max(now_ms(), had.at + 1 if had else 0)


for _each in (list_, show, quality, rehearse, routes, try_out):
    command.add_command(_each)
