"""One alert as a receiver has it: by labels and annotations of Alertmanager."""

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct


class Told(Struct, frozen=True):
    """Times in ms; `ends_at` is that of the end, None where it is not known or has not come."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    is_firing: bool
    starts_at: int
    ends_at: int | None


class Figures(Protocol):
    """What the sentences are made of: an alert of the stream, or its line on a board."""

    @property
    def rule(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def value(self) -> float: ...
    @property
    def threshold(self) -> float: ...
    @property
    def n(self) -> int: ...
    @property
    def calm(self) -> bool: ...
    @property
    def not_evaluated(self) -> str: ...
    @property
    def minutes(self) -> int | None: ...
    @property
    def doubtful(self) -> bool: ...


def figures_of(alert: Figures, queue_name: str) -> dict[str, str]:
    """The annotations that the sentences read; those with nothing to say are left out."""
    annotations = {
        "summary": alert.reason,
        "queue_name": queue_name,
        "value": f"{alert.value:.10g}",
        "threshold": f"{alert.threshold:.10g}",
        "n": str(alert.n),
        "calm": "true" if alert.calm else "",
        "not_evaluated": alert.not_evaluated,
        "minutes": "" if alert.minutes is None else str(alert.minutes),
    }
    return {name: text for name, text in annotations.items() if text}


def shown_on_a_board(alert: Figures, queue_name: str, since: int) -> Told:
    """An alert that fires since then, for who reads it on a screen of ours."""
    labels = {"rule": alert.rule} | ({"doubtful": "true"} if alert.doubtful else {})
    return Told(
        labels, figures_of(alert, queue_name), is_firing=True, starts_at=since, ends_at=None
    )
