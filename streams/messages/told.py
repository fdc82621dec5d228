"""One alert as a receiver has it: by labels and annotations of Alertmanager."""

from collections.abc import Mapping

from msgspec import Struct


class Told(Struct, frozen=True):
    """Times in ms; `ends_at` is that of the end, None where it is not known or has not come."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    is_firing: bool
    starts_at: int
    ends_at: int | None
