"""The files of `--ledger`: one file, or with faults two: what happened, and what can be known of it."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

import click

from producers.simulate.centre import Demand
from producers.simulate.faults.expected import distance, write_expected
from producers.simulate.faults.recount import Recount
from producers.simulate.ledger import Ledger


class Books:
    """`path` is a file, or with faults a folder for truth.csv and expected.csv, created if missing."""

    def __init__(self, path: Path, demands: tuple[Demand, ...], *, faulty: bool) -> None:
        if faulty and path.exists() and not path.is_dir():
            raise click.BadParameter(
                f"with --faults it is a folder, {path} is a file", param_hint="--ledger"
            )
        if not faulty and path.is_dir():
            raise click.BadParameter(
                f"without --faults it is a file, {path} is a folder", param_hint="--ledger"
            )
        self._folder = path if faulty else None
        self._files = ExitStack()
        self.recount = Recount() if faulty else None
        if faulty:
            self._made(path)
        self.ledger = Ledger(self._sheet(path / "truth.csv" if faulty else path), demands)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._files.close()

    def close(self) -> str | None:
        """Finish the files; with faults, a line on how far expected.csv differs from truth.csv."""
        self._files.close()
        if self._folder is None or self.recount is None:
            return None
        expected = self._folder / "expected.csv"
        write_expected(self._sheet(expected), self.recount)
        self._files.close()
        return distance(self._folder / "truth.csv", expected)

    def _sheet(self, path: Path) -> TextIO:
        try:
            file = path.open("w", newline="", encoding="utf-8")
        except OSError as error:
            raise _unwritable(path, error) from None
        return self._files.enter_context(file)

    @staticmethod
    def _made(folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(folder, error) from None


def _unwritable(path: Path, error: OSError) -> click.ClickException:
    return click.ClickException(f"cannot write the ledger {path}: {error.strerror}")
