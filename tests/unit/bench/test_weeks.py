"""The pieces of the benchmark of alerts: which there are, and that a run that was stopped goes on where it was."""

from collections import Counter
from pathlib import Path

import msgspec
import pytest

from tests.bench import weeks
from tests.bench.decided import Decided
from tests.bench.troubles import TROUBLES
from tests.bench.weeks import INCIDENTS_A_WEEK, Piece, fingerprint, keys_of, made


def quick(made_from: str, seed: str, key: tuple[str, str, int]) -> Piece:
    return Piece(made_from, seed, *key, Decided())


def refused(made_from: str, seed: str, key: tuple[str, str, int]) -> Piece:
    raise AssertionError(f"made again: {key}")


def silent(text: str, flush: bool) -> None:
    pass


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(weeks, "made", quick)
    return tmp_path / "build" / "weeks.jsonl"


def test_a_week_has_each_desk_as_planned_and_its_share_of_each_trouble() -> None:
    counted = Counter(trouble for trouble, _, _ in keys_of(0))
    assert counted.pop("planned") == 3
    assert counted.pop("nobody") == INCIDENTS_A_WEEK
    assert counted == dict.fromkeys(TROUBLES, 2 * INCIDENTS_A_WEEK)
    assert not set(keys_of(0)) & set(keys_of(1))


def test_what_is_made_is_not_made_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = weeks.weeks("report", path, 2, silent)
    assert [each.key for each in (*first, *second)] == [*keys_of(0), *keys_of(1)]
    monkeypatch.setattr(weeks, "made", refused)
    assert list(weeks.weeks("report", path, 2, silent)) == [first, second]


def test_a_run_that_was_stopped_in_a_week_goes_on_in_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (whole,) = weeks.weeks("report", path, 1, silent)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]) + lines[-1][:20])
    assert list(weeks.weeks("report", path, 1, silent)) == [whole]
    assert len(path.read_bytes().splitlines()) == len(lines)


def test_a_piece_of_other_sources_does_not_count_and_one_of_another_seed_stays(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(weeks.weeks("tune", path, 1, silent))
    list(weeks.weeks("report", path, 1, silent))
    assert len(path.read_bytes().splitlines()) == 2 * len(keys_of(0))
    monkeypatch.setattr(weeks, "fingerprint", lambda: "other")
    (week,) = weeks.weeks("report", path, 1, silent)
    assert {each.made_from for each in week} == {"other"}
    assert len(path.read_bytes().splitlines()) == len(keys_of(0))


def test_sources_are_told_apart_by_name_and_content(tmp_path: Path) -> None:
    core = tmp_path / "core"
    core.mkdir()
    (core / "a.py").write_text("1")
    (tmp_path / "queues.toml").write_text("1")
    found = []
    for name, text in (("a.py", "1"), ("a.py", "2"), ("b.py", "2")):
        (core / "a.py").unlink(missing_ok=True)
        (core / name).write_text(text)
        found.append(fingerprint(tmp_path, ("core", "queues.toml")))
    (tmp_path / "queues.toml").write_text("2")
    found.append(fingerprint(tmp_path, ("core", "queues.toml")))
    assert len(set(found)) == 4
    assert fingerprint() == fingerprint()


def test_a_day_with_a_trouble_is_what_the_core_decides_and_fits_a_line() -> None:
    piece = made("sources", "tune", ("burst_pipe", "small", 0))
    assert piece.cause == piece.called[0]
    assert "incident" in {each.rule for each in piece.decided.pages()}
    assert msgspec.json.decode(msgspec.json.encode(piece), type=Piece) == piece
