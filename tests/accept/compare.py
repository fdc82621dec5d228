"""Compare a report of `queuewatch history` with expected figures in the format of samples.

    python -m tests.accept.compare --expected expected_day_by_queue.csv --by-queue day.csv --by-all all.csv

The expected file has a column `type` (a queue, or ALL) and `date` (a day) or `start` (a clock time in
UTC, a half hour without calls left out). Percentages there have two decimals, as have means; our
ratios are 0–1. Prints every difference, exits 1 on any.
"""

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

COUNTS = {
    "offered": "offered",
    "answered": "answered",
    "abandoned": "abandoned",
    "ans_le20": "answered_in_target",
    "abn_le20": "abandoned_in_target",
    "abn_le5": "short_abandoned",
}
PERCENTAGES = {
    "SL20_offered": "sl_offered",
    "SL20_answered": "sl_answered_only",
    "SL20_abn_ok": "sl_abandons_in_target_good",
    "SL20_ex_short_abn": "sl_abandons_in_target_ignored",
    "abn_pct": "abandonment_ab1",
}
SECONDS = {
    "ASA": "asa_s",
    "ATA": "mean_time_to_abandon_s",
    "p50": "wait_p50_s",
    "p90": "wait_p90_s",
    "p95": "wait_p95_s",
    "maxw": "max_wait_answered_s",
    "AHT": "aht_talk_hold_s",
}
# Two decimals there, three here: half a unit of theirs, and ours.
_TOLERANCE = 0.005 + 0.0005 + 1e-9

Row = Mapping[str, str]
Key = tuple[str, str]  # (queue, "" or the clock time)


def differences(expected: Iterable[Row], reported: Iterable[Row]) -> Iterator[str]:
    """One line a difference. A reported row that is not expected must be empty."""
    ours = {(row["queue"], _clock(row)): row for row in reported}
    theirs = {(row["type"], row.get("start", "")): row for row in expected}
    if not any("start" in row for row in theirs.values()):
        ours = {(queue, ""): row for (queue, _), row in ours.items()}
    for key, wanted in theirs.items():
        found = ours.get(key)
        if found is None:
            yield f"{_name(key)}: missing"
        else:
            yield from (f"{_name(key)}: {line}" for line in _differences(wanted, found))
    for key in ours.keys() - theirs.keys():
        if any(int(ours[key][name]) for name in COUNTS.values()):
            yield f"{_name(key)}: not expected, offered {ours[key]['offered']}"


def _differences(wanted: Row, found: Row) -> Iterator[str]:
    for theirs, ours in COUNTS.items():
        if int(wanted[theirs]) != int(found[ours]):
            yield f"{ours}: expected {wanted[theirs]}, got {found[ours]}"
    for names, scale in ((PERCENTAGES, 100.0), (SECONDS, 1.0)):
        for theirs, ours in names.items():
            expected, got = wanted[theirs], found[ours]
            if (expected == "") != (got == "") or (
                expected != "" and abs(float(expected) - float(got) * scale) > _TOLERANCE
            ):
                yield f"{ours}: expected {expected or 'no value'}, got {got or 'no value'}"


def _clock(row: Row) -> str:
    return row["start"][11:19]


def _name(key: Key) -> str:
    return " ".join(part for part in key if part)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--expected", type=Path, required=True)
    parser.add_argument("--by-queue", type=Path, required=True)
    parser.add_argument("--by-all", type=Path, required=True)
    options = parser.parse_args(arguments)
    expected = _read(options.expected)
    reported = _read(options.by_queue) + _read(options.by_all)
    found = list(differences(expected, reported))
    for line in found:
        print(line)
    print(f"{options.expected.name}: {len(expected)} rows expected, {len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
