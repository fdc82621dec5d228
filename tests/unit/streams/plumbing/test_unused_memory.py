"""What was freed below something that stays goes back to the machine."""

import subprocess
import sys

# 40 MB in pieces that the C library keeps, each followed by a small one that stays.
_PROGRAM = """
from pathlib import Path
from streams.plumbing.unused_memory import give_back

def held_kb():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

pieces = [(bytes(64_000), bytes(1_000)) for _ in range(640)]
kept = [small for _, small in pieces]
del pieces
before = held_kb()
give_back()
print(before - held_kb())
"""


def test_what_was_freed_goes_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False
    )
    assert int(done.stdout or "0") > 20_000, done.stderr
