"""`make mutants`: are the rules of the core tested, or only run?

    python -m tests.mutants                            everything
    python -m tests.mutants line verdict               these modules
    python -m tests.mutants --sample 400 --seed 1      a random part

Prints each mutant that lives without a reason in `accepted.txt`, and the share killed. Exit 1 if there is
one, or an entry of the list that a test kills by now.
"""

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.mutants import accepted
from tests.mutants.mutations import Mutant, mutants_of
from tests.mutants.running import OPTIONS, ROOT, Runner

TARGETS = ("streams/core", "schemas/formulas.py")
TESTS = (
    "tests/unit/streams/core",
    "tests/unit/schemas/test_formulas.py",
    "tests/golden",
    "tests/contract/test_docs.py::test_the_table_of_alert_rules_is_fresh",
    "tests/property/test_any_order.py",
    "tests/property/test_crash_is_invisible.py",
    "tests/property/test_laws.py",
    "tests/property/test_minutes_recount.py",
    "tests/property/test_quiet_is_invisible.py",
    "tests/property/test_service_alone.py",
    "tests/property/test_windows_recount.py",
)


def all_mutants() -> list[Mutant]:
    paths = [path for target in TARGETS for path in _modules(ROOT / target)]
    return [
        mutant
        for path in paths
        for mutant in mutants_of(str(path.relative_to(ROOT)), path.read_text())
    ]


def _modules(target: Path) -> list[Path]:
    return sorted(target.rglob("*.py")) if target.is_dir() else [target]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("modules", nargs="*", help="names of modules; default: all")
    parser.add_argument("--sample", type=int, help="so many of them, at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="processes at once")
    chosen = parser.parse_args()
    mutants = [
        m for m in all_mutants() if not chosen.modules or Path(m.path).stem in chosen.modules
    ]
    if not mutants:
        parser.error("no module of that name")
    if chosen.sample is not None:
        some = random.Random(chosen.seed).sample(mutants, min(chosen.sample, len(mutants)))
        mutants = sorted(some, key=lambda each: (each.path, each.line))
    return _run(mutants, chosen.jobs)


def _run(mutants: list[Mutant], jobs: int) -> int:
    known = accepted.keys(accepted.read(accepted.LIST.read_text()))
    counted: Counter[str] = Counter()
    began = time.monotonic()

    def found(mutant: Mutant, lived: bool) -> None:
        is_known = mutant.key in known
        result = ("explained" if is_known else "survived") if lived else "killed"
        counted[result] += 1
        if lived is not is_known:
            said = "" if lived else "accepted, but killed: "
            counted["to do"] += 1
            place = f"{mutant.path}:{mutant.line}"
            print(
                f"\n{said}{place} {mutant.where}\n- {mutant.before}\n+ {mutant.after}", flush=True
            )
        if counted.total() % 100 == 0:
            print(f"… {counted.total()} of {len(mutants)}", file=sys.stderr, flush=True)

    runner = Runner(mutants, jobs, found)
    pytest.main([*OPTIONS, *TESTS], plugins=[runner])
    if runner.broken:
        print(f"these tests fail without a fault: {runner.broken}")
        return 1
    killed, n = counted["killed"], len(mutants)
    print(
        f"\n{n} mutants: {killed} killed ({killed / n:.1%}), {counted['explained']} explained,"
        f" {counted['survived']} survived; {(time.monotonic() - began) / 60:.1f} minutes"
    )
    return 1 if counted["to do"] else 0


if __name__ == "__main__":
    sys.exit(main())
