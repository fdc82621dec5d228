"""Prometheus metric families by name, made from the table in schemas.series."""

from collections.abc import Mapping, Sequence

from prometheus_client.metrics_core import Metric
from prometheus_client.samples import Sample
from prometheus_client.utils import floatToGoString

from schemas.series import Series, series

Value = float | None
Labels = tuple[str, ...]


class Family(Metric):
    """The samples of one series, as the values of its labels and a figure.

    The library wants an object with a dictionary for each sample: only where it writes the text itself are they made.
    """

    def __init__(self, row: Series) -> None:
        self.name = row.name.removesuffix("_total") if row.kind == "counter" else row.name
        self.documentation, self.type, self.unit = row.help, row.kind, ""
        self.row = row
        self.figures: list[tuple[Labels, float]] = []

    @property
    def samples(self) -> list[Sample]:  # type: ignore[override]  # the library fills a list
        row = self.row
        return [
            Sample(row.name, dict(zip(row.labels, labels, strict=True)), value)
            for labels, value in self.figures
        ]


class Families:
    """Samples by series. A value of None makes no sample: the series is absent, not NaN and not 0."""

    def __init__(self) -> None:
        self._families: dict[str, Family] = {}

    def add(self, name: str, value: Value, *labels: str) -> None:
        """One sample of a series of the table; `labels` in the order given there."""
        if value is None:
            return
        family = self._families.get(name)
        if family is None:
            family = self._families[name] = Family(series(name))
        family.figures.append((labels, value))

    def add_places(self, name: str, figures: Mapping[str, Value]) -> None:
        """Samples by `topic-partition`, of a series whose labels are topic and partition."""
        for place, figure in figures.items():
            topic, _, partition = place.rpartition("-")
            self.add(name, figure, topic, partition)

    def collected(self) -> list[Family]:
        return list(self._families.values())


def exposition(families: Sequence[Family]) -> bytes:
    """The text that Prometheus scrapes, of gauges and counters.

    The same as prometheus_client writes, which looks at each name and label of each sample anew: on a quiet night that was
    a fifth of what a worker did. The same labels and the same values (0) come again in series after series: each is made text once.
    """
    lines: list[str] = []
    places: dict[Labels, _Places] = {}  # by the names of the labels
    shown = _Figures()
    for family in families:
        row = family.row
        where = places.get(row.labels)
        if where is None:
            where = places[row.labels] = _Places(row.labels)
        text = row.help.replace("\\", r"\\").replace("\n", r"\n")
        name = row.name
        lines.append(f"# HELP {name} {text}\n# TYPE {name} {row.kind}\n")
        lines += [f"{name}{where[labels]} {shown[value]}\n" for labels, value in family.figures]
    return "".join(lines).encode()


class _Places(dict[Labels, str]):
    """Labels in braces, by their values."""

    def __init__(self, names: Labels) -> None:
        self._names = names

    def __missing__(self, values: Labels) -> str:
        pairs = sorted(zip(self._names, values, strict=True))
        inside = ",".join(f'{name}="{_escaped(value)}"' for name, value in pairs)
        text = self[values] = f"{{{inside}}}" if inside else ""
        return text


class _Figures(dict[float, str]):
    def __missing__(self, value: float) -> str:
        text: str = floatToGoString(value)  # type: ignore[no-untyped-call]
        self[value] = text
        return text


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
