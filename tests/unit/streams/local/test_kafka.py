"""Every refusal of the local broker that needs no broker."""

import socket
import threading
from pathlib import Path

import pytest

from streams.local.kafka import (
    LocalKafkaError,
    free_port,
    free_ports,
    log_end,
    read_classes,
    serves,
    spawn,
)
from streams.local.kafka_place import HOST, KafkaPlace


def _place(folder: Path, port: int = 0) -> KafkaPlace:
    libs = folder / "libs"
    libs.mkdir(exist_ok=True)
    (libs / "kafka-server-4.1.0.jar").touch()
    return KafkaPlace(folder / "data", libs, port or free_port(), free_port())


def test_a_taken_port_is_named_with_its_option(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind((HOST, 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(
            LocalKafkaError, match=rf"port {port} on 127.0.0.1 is taken.*--kafka-port"
        ):
            spawn(_place(tmp_path, port))


def test_missing_jars_say_which_command_fetches_them(tmp_path: Path) -> None:
    place = KafkaPlace(tmp_path / "data", tmp_path / "none", *free_ports(2))
    with pytest.raises(LocalKafkaError, match=r"no jars of Kafka in .*none: run `make setup`"):
        spawn(place)


def test_missing_java_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        LocalKafkaError, match=r"java not found: install Java 17.*--kafka HOST:PORT"
    ):
        spawn(_place(tmp_path))


def test_classes_that_were_read_once_are_taken_where_they_are(tmp_path: Path) -> None:
    assert read_classes(tmp_path / "libs") == ()
    (tmp_path / "classes.jsa").touch()
    assert read_classes(tmp_path / "libs") == (f"-XX:SharedArchiveFile={tmp_path / 'classes.jsa'}",)


def test_a_path_that_is_no_folder_names_the_option(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")
    with pytest.raises(LocalKafkaError, match=r"cannot write to .*data: .*--data"):
        spawn(_place(tmp_path))


def test_an_open_port_that_is_no_broker_does_not_count_as_ready() -> None:
    assert not serves(free_port())
    with socket.create_server((HOST, 0)) as server:
        answering = threading.Thread(target=_answer_rubbish, args=(server,))
        answering.start()
        assert not serves(server.getsockname()[1])
        answering.join()


def _answer_rubbish(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(100)
        connection.sendall(b"HTTP/1.1")


def test_log_end_are_the_end_of_the_log(tmp_path: Path) -> None:
    log = tmp_path / "kafka.log"
    assert "(it said nothing)" in log_end(log)
    log.write_text("one\ntwo\nthree\n")
    assert log_end(log, lines=2) == f"see {log}, which ends with:\n  two\n  three"


def test_free_ports_are_different_ones() -> None:
    assert len(set(free_ports(500))) == 500
