"""Prometheus metric families by name, made from the table in schemas.series."""

from collections.abc import Mapping, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.utils import floatToGoString

from schemas.series import series

Value = float | None


class Families:
    """Samples by series. A value of None makes no sample: the series is absent, not NaN and not 0."""

    def __init__(self) -> None:
        self._families: dict[str, GaugeMetricFamily | CounterMetricFamily] = {}

    def add(self, name: str, value: Value, *labels: str) -> None:
        """One sample of a series of the table; `labels` in the order given there."""
        if value is None:
            return
        family = self._families.get(name)
        if family is None:
            family = self._families[name] = _family(name)
        family.add_metric(labels, value)

    def add_places(self, name: str, figures: Mapping[str, Value]) -> None:
        """Samples by `topic-partition`, of a series whose labels are topic and partition."""
        for place, figure in figures.items():
            topic, _, partition = place.rpartition("-")
            self.add(name, figure, topic, partition)

    def collected(self) -> list[Metric]:
        return list(self._families.values())


def exposition(families: Sequence[Metric]) -> bytes:
    """The text that Prometheus scrapes, of gauges and counters.

    The same as prometheus_client writes, which looks at each name and label of each sample anew: on a quiet night that was
    a fifth of what a worker did. The same labels and the same values (0) come again in series after series: each is made text once.
    """
    lines: list[str] = []
    shown: dict[tuple[object, ...], str] = {}
    values: dict[float, str] = {}
    for family in families:
        name = f"{family.name}_total" if family.type == "counter" else family.name
        text = family.documentation.replace("\\", r"\\").replace("\n", r"\n")
        lines.append(f"# HELP {name} {text}\n# TYPE {name} {family.type}\n")
        for sample_name, labels, value, *_ in family.samples:
            key = (*labels, *labels.values())
            if (where := shown.get(key)) is None:
                where = shown[key] = _labels(labels)
            if (figure := values.get(value)) is None:
                figure = values[value] = floatToGoString(value)  # type: ignore[no-untyped-call]
            lines.append(f"{sample_name}{where} {figure}\n")
    return "".join(lines).encode()


def _labels(labels: Mapping[str, str]) -> str:
    pairs = [f'{label}="{_escaped(text)}"' for label, text in sorted(labels.items())]
    return f"{{{','.join(pairs)}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _family(name: str) -> GaugeMetricFamily | CounterMetricFamily:
    row = series(name)
    kind = GaugeMetricFamily if row.kind == "gauge" else CounterMetricFamily
    return kind(name, row.help, labels=row.labels)
