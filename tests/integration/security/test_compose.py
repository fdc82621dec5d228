"""docker-compose.secured.yml with the secrets that its script makes: a real Kafka is started as it says."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.local.kafka import free_ports
from streams.local.kafka_place import new_cluster_id
from streams.plumbing.kafka_config import read_config
from streams.sinks.clickhouse.address import server_address
from tests.support.kafka_nodes import CLASSES, java
from tests.support.services import ROOT, Server, program
from tests.support.waiting import wait_until

QUEUEWATCH = str(Path(sys.executable).with_name("queuewatch"))
MOUNTED = "/run/secrets"
OURS = ("stream", "archive", "notify", "deliver", "board", "simulate", "setup")


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compose") / "secrets"
    made(folder)
    return folder


def made(folder: Path) -> None:
    program("openssl", "openssl")
    script = str(ROOT / "deploy" / "compose" / "make-secrets.sh")
    subprocess.run([script, str(folder)], check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def services(secrets: Path) -> dict[str, Any]:
    files = ("docker-compose.yml", "docker-compose.secured.yml")
    done = subprocess.run(
        [
            program("docker-compose", "docker-compose"), "--profile", "deliver",
            *(part for name in files for part in ("--file", str(ROOT / name))), "config",
        ],
        env={**os.environ, "QUEUEWATCH_SECRETS": str(secrets)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = yaml.safe_load(done.stdout)["services"]
    return found


def here(path: str, secrets: Path) -> str:
    return path.replace(MOUNTED, str(secrets))


def test_every_secret_is_a_file_and_none_is_in_the_configuration(
    services: dict[str, Any], secrets: Path
) -> None:
    words = [path.read_text().strip() for path in secrets.glob("*.password")]
    assert len(words) == 3
    assert not [word for word in words if word in json.dumps(services)]
    for name in OURS:
        assert services[name]["read_only"] is True
        assert services[name]["environment"]["QUEUEWATCH_CLICKHOUSE"].startswith("clickhouses://")
    for service in services.values():
        for secret in service.get("secrets", ()):
            assert (secrets / secret["source"]).is_file()


def test_made_again_nothing_changes(secrets: Path) -> None:
    before = {path.name: path.read_bytes() for path in secrets.iterdir() if path.is_file()}
    made(secrets)
    assert {path.name: path.read_bytes() for path in secrets.iterdir() if path.is_file()} == before
    assert secrets.stat().st_mode & 0o077 == 0


def test_the_address_of_the_database_is_one_with_tls(
    services: dict[str, Any], secrets: Path, tmp_path: Path
) -> None:
    told = services["archive"]["environment"]
    text = here((secrets / "clickhouse.properties").read_text(), secrets)
    (file := tmp_path / "clickhouse.properties").write_text(text)
    address = server_address(told["QUEUEWATCH_CLICKHOUSE"], file)
    assert told["QUEUEWATCH_CLICKHOUSE_CONFIG"] == f"{MOUNTED}/clickhouse.properties"
    assert (address.host, address.port) == ("clickhouse", 9440)
    assert address.tls is not None
    assert address.tls.ca == secrets / "ca.pem"
    assert address.password == (secrets / "clickhouse.password").read_text().strip()
    (grafana,) = [
        each
        for each in yaml.safe_load((secrets / "grafana" / "queuewatch.yaml").read_text())[
            "datasources"
        ]
        if each["type"] == "grafana-clickhouse-datasource"
    ]
    assert (grafana["jsonData"]["port"], grafana["jsonData"]["secure"]) == (9440, True)


def broker(services: dict[str, Any], secrets: Path, folder: Path) -> tuple[Server, str]:
    """Kafka with the properties that its image makes of these variables, on loopback."""
    inside, controller, host = free_ports(3)
    environment = services["kafka"]["environment"]
    options = here(environment.pop("KAFKA_OPTS"), secrets)
    properties = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): here(value, secrets)
        for name, value in environment.items()
    }
    for door, port in (("9092", inside), ("9093", controller), ("29092", host)):
        for name in ("listeners", "advertised.listeners", "controller.quorum.voters"):
            properties[name] = properties[name].replace(f":{door}", f":{port}")
    properties["advertised.listeners"] = properties["advertised.listeners"].replace(
        "kafka:", "localhost:"
    )
    properties["log.dirs"] = str(folder / "logs")
    file = folder / "server.properties"
    file.write_text("".join(f"{name}={value}\n" for name, value in properties.items()))
    tool = [
        *java(),
        *CLASSES,
        "kafka.tools.StorageTool",
        "format",
        "-t",
        new_cluster_id(),
        "-c",
        str(file),
    ]
    subprocess.run(tool, check=True, capture_output=True, timeout=120)
    address = f"127.0.0.1:{host}"
    command = [*java(), "-Xmx384m", options, *CLASSES, "kafka.Kafka", str(file)]
    return Server("kafka of compose", command, lambda: True, folder / "kafka.log"), address


def test_kafka_as_composed_lets_in_who_has_the_password_and_nobody_else(
    services: dict[str, Any], secrets: Path, tmp_path: Path
) -> None:
    config = tmp_path / "kafka.properties"
    config.write_text(here((secrets / "kafka.properties").read_text(), secrets))
    assert not read_config(config, {}).is_open
    server, address = broker(json.loads(json.dumps(services)), secrets, tmp_path)

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        command = [QUEUEWATCH, "topics", "check", "--kafka", address, *more]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    def lets_us_in() -> bool:
        server.ensure_running()
        return "is missing" in run("--kafka-config", str(config)).stderr

    with server:
        wait_until(lets_us_in, "Kafka lets us in", 180)
        said = run().stderr
        assert "speaks TLS on this port" in said, said
        config.write_text(config.read_text().replace("sasl.password=", "sasl.password=x"))
        assert "sasl.username or sasl.password" in run("--kafka-config", str(config)).stderr
