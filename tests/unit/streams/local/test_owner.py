"""The commands find the `up` that runs on a folder, and never one that was killed."""

from pathlib import Path

from msgspec.structs import replace

from streams.local.data_folder import DataFolder
from streams.local.owner import Owner, is_of_an_up, remove_owner, running_owner, write_owner

OWNER = Owner(
    "127.0.0.1:19092",
    "north.",
    18124,
    "clickhouse://default@127.0.0.1:9000/qw",
    "/etc/queuewatch/kafka.toml",
    "http://127.0.0.1:19096",
    "https://wall.example.org",
    "http://127.0.0.1:19093",
    "http://127.0.0.1:19090",
)


def test_it_is_found_while_its_process_holds_the_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert running_owner(data) is None
    with DataFolder(data):
        assert running_owner(data) is None  # not written yet
        write_owner(data, OWNER)
        assert running_owner(data) == OWNER
        (data / "up.json").write_text("{")
        assert running_owner(data) is None
        write_owner(data, OWNER)
    assert (data / "up.json").exists()  # as after kill -9, which ends the lock
    assert running_owner(data) is None
    remove_owner(data)
    assert not (data / "up.json").exists()


def test_what_a_former_release_wrote_is_read(tmp_path: Path) -> None:
    with DataFolder(tmp_path):
        (tmp_path / "up.json").write_text('{"bootstrap":"a:1","namespace":"","query_port":1}')
        assert running_owner(tmp_path) == Owner("a:1", "", 1, deliver_url=None)


def test_a_folder_of_an_up_is_known_by_its_kafka(tmp_path: Path) -> None:
    assert not is_of_an_up(tmp_path)
    (tmp_path / "kafka").mkdir()
    assert is_of_an_up(tmp_path)


def test_an_address_with_a_password_is_read_by_its_owner_alone(tmp_path: Path) -> None:
    for url, others_may in ((OWNER.clickhouse_url, True), ("clickhouse://ann:word@db/day", False)):
        write_owner(tmp_path, replace(OWNER, clickhouse_url=url))
        assert bool((tmp_path / "up.json").stat().st_mode & 0o044) is others_may
