"""Which broker and which monitors `up` starts, and what it says of a publication."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from schemas.queues_toml import QueuesFile, parse_queues
from schemas.targets import TargetsVersion
from streams.admin.queues_file import QueuesFileError
from streams.admin.targets import Published, TargetsDifference
from streams.core.rule_catalogue import RULE_TABLES
from streams.local import up
from streams.local.broker import OthersBroker, OwnBroker
from streams.local.child import Command
from streams.local.data_folder import DataFolder
from streams.local.owner import running_owner
from streams.local.plan import Telling, UpOptions

FILE = parse_queues(
    '[defaults]\nanswer_within = "20s"\ngoal = 0.8\n[queues.billing]\n', RULE_TABLES
)


DELIVERED = parse_queues('[owners.water]\ndeliver_file = "/water.urls"', {})
BY_ALERTMANAGER = Telling(alertmanager=True, deliver=False)
NOBODY = Telling(alertmanager=False, deliver=False)


@pytest.fixture
def options(tmp_path: Path) -> UpOptions:
    return UpOptions(data=tmp_path, queues=tmp_path / "queues.toml", kafka_libs=tmp_path)


def test_a_broker_of_somebody_else_is_not_started(options: UpOptions, tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert isinstance(up.broker(options, folder, print), OwnBroker)
    others = up.broker(replace(options, kafka="db:9092"), folder, print)
    assert isinstance(others, OthersBroker)


def test_what_is_not_on_the_machine_is_said(options: UpOptions, tmp_path: Path) -> None:
    said: list[str] = []
    with DataFolder(tmp_path) as folder:
        assert list(up.monitors(options, folder, None, None, None, NOBODY, said.append)) == []
        moved = replace(options, metrics_port=19101)
        (prometheus,) = up.monitors(
            moved, folder, "/bin/prometheus", None, None, NOBODY, said.append
        )
        assert "127.0.0.1:19101" in (folder.run / "prometheus.yml").read_text()
        reached = replace(options, notify_metrics_port=19103)
        (_, pager) = up.monitors(
            reached, folder, "/bin/prometheus", "/bin/pager", None, BY_ALERTMANAGER, said.append
        )
        assert "http://127.0.0.1:19103/probe" in (folder.run / "alertmanager.yml").read_text()
    assert (prometheus.name, pager.name) == ("prometheus", "alertmanager")
    assert [line.partition(" ")[0] for line in said] == [
        "prometheus",
        "alertmanager",
        "alertmanager",
    ]


def test_where_owners_have_addresses_alertmanager_hands_over_to_deliver(
    options: UpOptions, tmp_path: Path
) -> None:
    file = parse_queues('[owners.water]\ndeliver_file = "/water.urls"', {})
    both = Telling(alertmanager=True, deliver=True)
    routes = up.routes_of(replace(options, deliver_port=19096), file)
    with DataFolder(tmp_path) as folder:
        (command,) = up.monitors(options, folder, None, "/bin/alertmanager", routes, both, print)
        written = folder.run / "alertmanager.yml"
        assert f"--config.file={written}" in command.argv
        assert 'url: "http://127.0.0.1:19096/webhook/water"' in written.read_text()
        assert written.stat().st_mode & 0o077 == 0


def test_the_alertmanager_of_up_tells_owners_who_have_a_webhook_alone(
    options: UpOptions, tmp_path: Path
) -> None:
    """It had the file that ships: pages of a declared owner went to an address where nobody listens, without a word."""
    programs = up.Programs(options, None, "/bin/alertmanager")
    nobody, somebody = (
        parse_queues(text, {}) for text in ("", '[owners.water]\nwebhook = "http://127.0.0.1:9/w"')
    )
    with DataFolder(tmp_path) as folder:
        written = folder.run / "alertmanager.yml"
        for file, is_told in ((nobody, False), (somebody, True), (nobody, False)):
            programs.learn(file)
            assert [each.name for each in programs.monitors(folder, lambda _: None)] == [
                "alertmanager"
            ]
            assert ("http://127.0.0.1:9/w" in written.read_text()) is is_told
    assert not programs.telling.deliver


def test_only_a_change_of_the_targets_is_said(
    options: UpOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = TargetsVersion(1, 0, 0, "UTC")
    for difference, said in (
        (None, None),
        (
            TargetsDifference(added=("billing",)),
            "queues.toml: version 1 published, valid from the beginning of time: 1 new (billing)",
        ),
    ):
        done = Published(version, difference)
        monkeypatch.setattr("streams.admin.targets.publish", lambda *_, done=done: done)
        assert up.published(options, FILE) == said


def test_a_mistake_in_the_file_ends_it_before_anything_is_made(options: UpOptions) -> None:
    with pytest.raises(QueuesFileError, match="No such file"):
        up.run(replace(options, data=options.data / "data"), print)
    assert not (options.data / "data").exists()


@pytest.mark.parametrize(("alertmanager", "port"), [("/bin/alertmanager", 9093), (None, 19096)])
def test_commands_find_where_its_deliver_and_who_tells_people_answer(
    options: UpOptions, tmp_path: Path, alertmanager: str | None, port: int
) -> None:
    programs = up.Programs(replace(options, deliver_port=19096), None, alertmanager)
    programs.learn(DELIVERED)
    with DataFolder(tmp_path) as folder, up.found_by_commands(folder, programs.place()):
        found = running_owner(tmp_path)
    assert found is not None
    assert found.deliver_url == "http://127.0.0.1:19096"
    assert found.alertmanager_url == f"http://127.0.0.1:{port}"


def test_the_first_report_starts_reports_and_it_stays(options: UpOptions) -> None:
    file = parse_queues(
        '[[reports]]\nname = "daily"\nwhat = "day"\nwhen = "06:30"\nformats = ["csv"]\nto = { folder = "/x" }\n',
        {},
    )
    programs = up.Programs(options, None, None)
    running = []
    for each in (FILE, file, FILE):
        programs.learn(each)
        running.append("reports" in {command.name for command in programs.ours()})
    assert running == [False, True, True]


@pytest.mark.parametrize(
    ("alertmanager", "others"),
    [("/bin/alertmanager", ["alertmanager"]), (None, ["prometheus", "notify"])],
)
def test_the_first_owner_with_addresses_starts_deliver_and_whoever_hands_over_to_it_anew(
    options: UpOptions, tmp_path: Path, alertmanager: str | None, others: list[str]
) -> None:
    programs = up.Programs(options, "/bin/prometheus", alertmanager)

    def commands(file: QueuesFile) -> dict[str, Command]:
        programs.learn(file)
        made = [*programs.monitors(folder, lambda _: None), *programs.ours()]
        return {each.name: each for each in made}

    with DataFolder(tmp_path) as folder:
        before, with_deliver, again = (commands(each) for each in (FILE, DELIVERED, FILE))
    changed = [name for name, each in with_deliver.items() if before.get(name) != each]
    assert sorted(changed) == sorted([*others, "deliver"])
    assert again.keys() == with_deliver.keys()  # what waits in its outbox is still sent
