"""Topic `across`: what the unit of `reports` tells every worker, so that the figures of a queue know of alerts across queues.

An alert in it is the record of topic `alerts`, written in the same transaction.
"""

from msgspec import Struct

from schemas.alerts import Alert, RuleName

DECIDED_KEY = b"decided"


class AlertAcross(Struct, frozen=True, gc=False, tag_field="type", tag="alert"):
    """A change of an alert across queues; one that is over is told once and then forgotten by who reads it."""

    alert: Alert


class DecidedAcross(
    Struct, frozen=True, gc=False, omit_defaults=True, tag_field="type", tag="decided"
):
    """Everything up to the boundary `to` is decided. `lacking`: rules that cannot be asked, for any queue, with why: a text, for
    another release may have other reasons, and a worker that could not read one would stop.
    """

    to: int
    lacking: dict[RuleName, str] = {}


AcrossRecord = AlertAcross | DecidedAcross
