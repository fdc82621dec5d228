"""Who is told, as the files stand now: a mistake in one takes nobody away, and shows no address."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from schemas.owners import Owner
from streams.sinks.deliver.apprise_sender import Sender
from streams.sinks.deliver.recipients import DeliverFileError, Recipients, RecipientsFiles
from tests.support.delivery import owners, targets


class Owners:
    """Those of queues.toml, as a test changes it."""

    def __init__(self, *found: Owner) -> None:
        self.found, self.problem = {each.name: each for each in found}, ""

    def __call__(self) -> dict[str, Owner]:
        return self.found


def owner(path: Path, name: str = "water") -> Owner:
    found = owners(name)[name]
    return replace(found, table=replace(found.table, deliver_file=str(path)))


def keys(found: Recipients) -> list[tuple[str, str]]:
    return [each.key for each in found.targets]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "holds no address"),
        (b"hunter2", "line 1: no address of apprise"),
        (b"nosuch://hunter2", "line 1: apprise cannot use this address"),
        (b"\xff", "no text in UTF-8"),
        (None, "No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_used_names_owner_and_path(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "urls"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DeliverFileError) as refused:
        RecipientsFiles(Owners(owner(path)), Sender(), print)
    text = str(refused.value)
    assert text.startswith(f"owners.water.deliver_file: {path}: ")
    assert told in text
    assert "hunter2" not in text


def test_a_file_of_addresses_is_read_again_and_a_mistake_in_it_is_one_line(tmp_path: Path) -> None:
    path, said = tmp_path / "urls", list[str]()
    path.write_text("json://127.0.0.1\n")
    files = RecipientsFiles(Owners(owner(path)), Sender(), said.append)
    first = files.look()
    assert (keys(first), files.look() is first, said) == ([("water", "json, line 1")], True, [])
    path.write_text("json://127.0.0.1\njson://127.0.0.2\n")
    second = files.look()
    assert len(second.targets) == 2
    path.write_text("json://127.0.0.1\nhunter2\n")
    assert files.look() is second
    assert files.look() is second
    assert files.problem.endswith('line 2: no address of apprise: it begins with "SCHEME://"')
    assert said == ["addresses read anew: 2", f"{files.problem}; the former owners and addresses stay"]  # fmt: skip
    path.write_text("json://127.0.0.3\n")
    assert (keys(files.look()), files.problem) == ([("water", "json, line 1")], "")


def test_a_file_that_vanishes_for_a_moment_is_no_mistake_and_one_that_is_gone_is(
    tmp_path: Path,
) -> None:
    path, said = tmp_path / "urls", list[str]()
    path.write_text("json://127.0.0.1\n")
    files = RecipientsFiles(Owners(owner(path)), Sender(), said.append)
    first = files.now
    path.unlink()
    assert (files.look() is first, said) == (True, [])
    assert files.look() is first
    assert [line.rpartition(": ")[2] for line in said] == [
        "No such file or directory; the former owners and addresses stay"
    ]
    assert (files.look() is first, len(said)) == (True, 1)


def test_owners_that_change_bring_their_addresses(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("json://127.0.0.1\n")
    (tmp_path / "b").write_text("json://127.0.0.2\n")
    now = Owners(owner(tmp_path / "a"))
    files = RecipientsFiles(now, Sender(), lambda _: None)
    now.found = {"water": owner(tmp_path / "a"), "power": owner(tmp_path / "b", "power")}
    assert [each[0] for each in keys(files.look())] == ["water", "power"]
    now.problem = "queues.toml: a mistake"
    assert files.problem == "queues.toml: a mistake"


def test_whom_nobody_tells_is_said_also_of_the_pipeline() -> None:
    found = Recipients(owners("water", "mute"), tuple(targets("water", "json://127.0.0.1")))
    assert found.untold() == ("mute", "queuewatch")
    all_told = Recipients(owners("queuewatch"), tuple(targets("queuewatch", "json://127.0.0.1")))
    assert all_told.untold() == ()
