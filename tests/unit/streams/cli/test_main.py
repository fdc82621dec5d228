"""What the command says when nobody can read its output."""

import subprocess
import sys

_MAIN = "from streams.cli.main import main; main()"


def test_a_full_disk_behind_the_output_is_one_line() -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [sys.executable, "-c", _MAIN, "--help"], stdout=full, stderr=subprocess.PIPE, text=True,
            check=False, timeout=60,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "queuewatch: no space is left on the device\n")


def test_a_reader_that_has_gone_is_no_error_of_ours() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _MAIN, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    ) as started:  # fmt: skip
        assert started.stdout is not None
        assert started.stderr is not None
        started.stdout.close()
        assert started.stderr.read() == ""
    assert started.returncode == 1
