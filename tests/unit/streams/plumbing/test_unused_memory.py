"""What was freed below something that stays goes back to the machine."""

import subprocess
import sys
from pathlib import Path

import pytest

from streams.plumbing import unused_memory
from streams.plumbing.unused_memory import give_back, programs

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


_HEAPS = """
import re, sys, threading
from pathlib import Path
from streams.plumbing.unused_memory import one_heap

if sys.argv[1] == "one":
    one_heap()
hold, all_there = threading.Event(), threading.Barrier(7)

def work():
    pieces = [bytes(10_000) for _ in range(100)]
    all_there.wait()
    hold.wait()

threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads:
    thread.start()
all_there.wait()
ranges = [line.split()[0].split("-") for line in Path("/proc/self/maps").read_text().splitlines()]
print(sum(int(begin, 16) % 2**26 == 0 and 0 < int(end, 16) - int(begin, 16) < 2**26 for begin, end in ranges))
hold.set()
"""


def _heaps(which: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", _HEAPS, which], capture_output=True, text=True, check=False
    )
    return int(done.stdout or "-1")


def test_threads_share_one_heap() -> None:
    assert _heaps("many") > _heaps("one") >= 0


def test_only_what_nobody_can_have_written_of_a_large_library_is_unmapped() -> None:
    maps = """\
7f2ab0000000-7f2ab2800000 r--p 00000000 fe:00 131 /opt/with a space/_chdb.abi3.so
7f2ac0000000-7f2ac7b00000 r-xp 02800000 fe:00 131 /opt/with a space/_chdb.abi3.so
7f2ac7b00000-7f2acf000000 r--p 0a300000 fe:00 131 /opt/with a space/_chdb.abi3.so
7f2acf000000-7f2ad2000000 rw-p 0a600000 fe:00 131 /opt/with a space/_chdb.abi3.so
7f2ae0000000-7f2ae0270000 r-xp 00000000 fe:00 132 /usr/lib/libcrypto.so.3
7f2af0000000-7f2af7b00000 r-xp 00000000 00:00 0
7ffd10000000-7ffd17b00000 r-xp 00000000 00:00 0 [vdso]
"""
    assert list(programs(maps.splitlines())) == [
        (0x7F2AB0000000, 0x2800000),
        (0x7F2AC0000000, 0x7B00000),
    ]


def test_files_may_be_named_in_any_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maps = tmp_path / "maps"
    maps.write_bytes(
        b"7f2ae0000000-7f2ae0270000 r-xp 00000000 fe:00 132 /opt/gr\xf6\xdfe/a\x1eb.so\n"
    )
    monkeypatch.setattr(unused_memory, "_MAPS", maps)
    give_back()


_LOADED = """
import sys
from chdb import session
from streams.plumbing.unused_memory import give_back

one = session.Session(sys.argv[1])
asked = lambda: str(one.query("SELECT sum(number), count() FROM numbers(1000) WHERE number % 3 = 0"))
before = asked()
for _ in range(3):
    give_back()
    assert asked() == before
print(before.strip())
one.close()
"""


def test_the_embedded_database_answers_as_before(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.stdout == "166833,334\n", done.stderr
