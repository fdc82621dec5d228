"""`queuewatch metrics`: metrics of users: what is published, what a file says, and a formula that is only tried."""

from pathlib import Path

import click

from streams.cli.history import report_command
from streams.cli.queues_file import queues_file, read_file
from streams.history import metrics_defined, metrics_tried


@click.group(name="metrics")
def command() -> None:
    """Metrics of your own: formulas over the counters of history, in `[[metrics]]` of queues.toml.

    \b
    Example:
      queuewatch metrics check queues.toml
    """


@command.command()
@queues_file
def check(file: Path) -> None:
    """Say how each metric of FILE is computed, or the first mistake with its path (exit 1); and what formulas may name.

    \b
    Example:
      queuewatch metrics check queues.toml
    """
    from schemas.metric_formula import ANSWERED_IN, ANSWERED_IN_TEXT, OPERANDS, in_words
    from schemas.printable import printable

    parsed = read_file(file)
    for metric in parsed.metrics:
        print(f"{metric.name} = {metric.formula}")
        print(
            f"  {printable(metric.title())}; unit {metric.unit}; no value: {_no_value(metric.no_value_when)}"
        )
    if parsed.metrics:
        print(f"{file}: no mistake found; metrics: {len(parsed.metrics)}")
        return
    print(f"{file}: it has no [[metrics]]. A formula may name:")
    for each in OPERANDS.values():
        print(f"  {each.name} ({in_words(each.dimension)}): {each.text}")
    print(f"  {ANSWERED_IN} (legs): {ANSWERED_IN_TEXT}")


def _no_value(condition: str) -> str:
    return f"a divisor of 0, or {condition}" if condition else "a divisor of 0"


command.add_command(report_command("metrics", "list", metrics_defined.REPORT, metrics_defined.LINE))
command.add_command(report_command("metrics", "try", metrics_tried.REPORT, metrics_tried.LINE))
