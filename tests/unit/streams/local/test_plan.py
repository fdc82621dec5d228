"""The commands and ports that follow from the options of `up`."""

from pathlib import Path

from streams.local.plan import (
    DEFAULT_PORTS,
    Telling,
    UpOptions,
    moved_ports,
    ports,
    processes,
    traffic,
)

BY_ALERTMANAGER, STRAIGHT, BOTH = Telling(True, False), Telling(False, True), Telling(True, True)
OPTIONS = UpOptions(data=Path("data"), queues=Path("queues.toml"), kafka_libs=Path("libs"))


def _changed(**changes: object) -> UpOptions:
    from msgspec.structs import replace

    return replace(OPTIONS, **changes)


def test_every_process_is_told_where_kafka_is() -> None:
    commands = processes(_changed(kafka_port=19092), BY_ALERTMANAGER) + traffic(
        _changed(kafka_port=19092)
    )
    assert [command.name for command in commands] == [
        "archive", "stream", "notify", "board", "simulate",
    ]  # fmt: skip
    for command in commands:
        position = command.argv.index("--kafka")
        assert command.argv[position + 1] == "127.0.0.1:19092"


def test_the_sub_command_stands_before_its_options() -> None:
    (simulate,) = traffic(OPTIONS)
    position = simulate.argv.index("send")
    assert simulate.argv[position + 1] == "simulate"
    assert simulate.finishes


def test_no_traffic_starts_no_simulator() -> None:
    assert traffic(_changed(traffic=False)) == []


def test_a_namespace_and_a_database_are_handed_on() -> None:
    archive, stream, *_ = processes(
        _changed(namespace="n.", clickhouse="clickhouse://db:9000/q"), BY_ALERTMANAGER
    )
    assert archive.argv[archive.argv.index("--clickhouse") + 1] == "clickhouse://db:9000/q"
    assert stream.argv[stream.argv.index("--namespace") + 1] == "n."
    assert "--clickhouse" not in stream.argv


def test_only_ports_that_will_be_held_are_checked() -> None:
    every = {p.option for p in ports(OPTIONS, BOTH, prometheus=True)}
    assert {"--kafka-port", "--prometheus-port", "--alertmanager-port"} < every
    few = ports(_changed(kafka="db:9092"), Telling(False, False), prometheus=False)
    assert every - {p.option for p in few} == {
        "--kafka-port", "--prometheus-port", "--alertmanager-port", "--deliver-port",
        "--deliver-metrics-port",
    }  # fmt: skip


def test_every_port_has_a_default_of_its_own_and_may_be_moved() -> None:
    assert len(set(DEFAULT_PORTS.values())) == len(DEFAULT_PORTS) == 11
    moved = moved_ports(_changed(metrics_port=19101), BOTH)
    assert moved[9101] == 19101
    assert moved[9102] == 9102


def test_messages_link_to_where_people_open_the_board_and_both_know_the_key_of_the_links() -> None:
    *_, notify, board = processes(OPTIONS, BY_ALERTMANAGER)
    assert notify.argv[notify.argv.index("--board-url") + 1] == "http://127.0.0.1:8080"
    assert notify.argv[notify.argv.index("--queues") + 1] == str(Path("queues.toml").absolute())
    assert "--allow-host" not in board.argv
    keys = {each.argv[each.argv.index("--link-key-file") + 1] for each in (notify, board)}
    assert keys == {str(Path("data").absolute() / "link.key")}
    *_, notify, board = processes(
        _changed(public_url="https://wall.example.org/queues"), BY_ALERTMANAGER
    )
    assert notify.argv[notify.argv.index("--board-url") + 1] == "https://wall.example.org/queues"
    assert board.argv[board.argv.index("--allow-host") + 1] == "wall.example.org"


def test_deliver_is_started_where_owners_need_it_and_stands_in_for_alertmanager() -> None:
    options = _changed(deliver_port=19096)
    for telling, told in ((BY_ALERTMANAGER, 9093), (BOTH, 9093), (STRAIGHT, 19096)):
        commands = {each.name: each.argv for each in processes(options, telling)}
        assert ("deliver" in commands) == telling.deliver
        notify = commands["notify"]
        assert notify[notify.index("--alertmanager") + 1] == f"http://127.0.0.1:{told}"
        assert moved_ports(options, telling)[9093] == told
    deliver = next(each.argv for each in processes(options, BOTH) if each.name == "deliver")
    assert deliver[deliver.index("--port") + 1] == "19096"
    assert Path(deliver[deliver.index("--queues") + 1]) == Path("queues.toml").absolute()


def test_reports_are_made_where_there_are_any() -> None:
    options = _changed(reports_metrics_port=19105, clickhouse="clickhouse://db:9000/q")
    telling = Telling(alertmanager=True, deliver=False, reports=True)
    commands = {each.name: each.argv for each in processes(options, telling)}
    reports = commands["reports"]
    assert Path(reports[reports.index("--queues") + 1]) == Path("queues.toml").absolute()
    assert reports[reports.index("--metrics-port") + 1] == "19105"
    assert reports[reports.index("--clickhouse") + 1] == "clickhouse://db:9000/q"
    held = {each.option for each in ports(options, telling, prometheus=False)}
    assert "--reports-metrics-port" in held
    assert "--reports-metrics-port" not in {
        each.option for each in ports(options, BY_ALERTMANAGER, prometheus=False)
    }
    assert "reports" not in {each.name for each in processes(options, BY_ALERTMANAGER)}


def test_no_password_is_on_a_command_line() -> None:
    """It came by the environment, which the process has, too."""

    def archive(url: str) -> str:
        options = _changed(clickhouse=url, clickhouse_config=Path("db.properties"))
        return " ".join(processes(options, BY_ALERTMANAGER)[0].argv)

    assert "--clickhouse clickhouses://ann@db/day" in archive("clickhouses://ann@db/day")
    assert "--clickhouse-config /" in archive("clickhouses://ann@db/day")
    assert "open-sesame" not in archive("clickhouse://ann:open-sesame@db/day")
