"""`make fuzz`: hostile input, ledgers of calls in files of every kind, and evenings of faults, for minutes.

Other examples again and again: hypothesis counts examples, not time: rounds of some thousand each, every one with a
seed of its own, which is printed so that a failure can be had again.
"""

import argparse
import subprocess
import sys
import time

TESTS = (
    "tests/property/test_hostile_input.py",
    "tests/property/test_hostile_files.py",
    "tests/property/test_every_call_once.py",
    "tests/property/test_every_logged_call_once.py",
    "tests/property/test_exact_under_faults.py",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    chosen = parser.parse_args()
    until, seed, rounds = time.monotonic() + 60 * chosen.minutes, time.time_ns() % 1_000_000, 0
    while time.monotonic() < until:
        command = [
            sys.executable, "-m", "pytest", "-q", "--no-header", "--timeout=3600", "--tb=short", *TESTS,
            "--hypothesis-profile=fuzz", f"--hypothesis-seed={seed + rounds}",
        ]  # fmt: skip
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        rounds += 1
        if done.returncode:
            print(done.stdout[-20_000:])
            print(
                f"round {rounds} failed: --hypothesis-profile=fuzz --hypothesis-seed={seed + rounds - 1}"
            )
            return 1
        left_s = max(0, round(until - time.monotonic()))
        print(
            f"round {rounds} (seed {seed + rounds - 1}): nothing found, {left_s} s to go",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
