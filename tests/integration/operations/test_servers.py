"""Each server that other tests stand on is real, and answers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from clickhouse_driver import Client
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

from streams.local.kafka import LocalKafka
from streams.local.kafka_place import HOST
from tests.support.names import unique
from tests.support.services import ClickHouse, Webhook, alertmanager, clickhouse, get, prometheus
from tests.support.waiting import wait_until


def test_kafka_keeps_what_was_sent(kafka: LocalKafka) -> None:
    topic = unique("calls")
    admin = KafkaAdminClient(bootstrap_servers=kafka.place.bootstrap)
    admin.create_topics([NewTopic(topic, num_partitions=2, replication_factor=1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=kafka.place.bootstrap)
    producer.send(topic, key=b"billing", value=b"queued").get(timeout=30)
    producer.close()
    consumer = KafkaConsumer(
        topic, bootstrap_servers=kafka.place.bootstrap, auto_offset_reset="earliest"
    )
    try:
        record = next(consumer)
    finally:
        consumer.close()
    assert (record.key, record.value) == (b"billing", b"queued")


def test_clickhouse_server_speaks_both_protocols(clickhouse_server: ClickHouse) -> None:
    database = unique("archive")
    client = Client(clickhouse_server.host, clickhouse_server.tcp_port)
    client.execute(f"CREATE DATABASE {database}")
    client.execute(f"CREATE TABLE {database}.legs (n UInt32) ENGINE = MergeTree ORDER BY n")
    client.execute(f"INSERT INTO {database}.legs VALUES", [(1,), (2,)])
    assert client.execute(f"SELECT sum(n) FROM {database}.legs") == [(3,)]
    client.disconnect()
    query = f"SELECT%20count()%20FROM%20{database}.legs"
    assert get(f"http://{HOST}:{clickhouse_server.http_port}/?query={query}") == b"2\n"
    clickhouse_server.drop(database)


def test_clickhouse_keeps_its_data_over_a_crash(tmp_path: Path) -> None:
    database = clickhouse(tmp_path)
    with database.server:
        client = Client(database.host, database.tcp_port)
        client.execute("CREATE TABLE legs (n UInt32) ENGINE = MergeTree ORDER BY n")
        client.execute("INSERT INTO legs VALUES", [(1,), (2,)])
        client.disconnect()
        database.server.kill()
        database.server.start()
        client = Client(database.host, database.tcp_port)
        assert client.execute("SELECT sum(n) FROM legs") == [(3,)]
        client.disconnect()


def test_prometheus_scrapes_and_answers(tmp_path: Path) -> None:
    config = "global: {scrape_interval: 1s}\nscrape_configs: [{job_name: itself, static_configs: [{targets: ['%s']}]}]"
    server = prometheus(tmp_path, config % "127.0.0.1:1")
    with server.server:
        down = wait_until(lambda: server.query("up"), "a first scrape")
    assert [row["value"][1] for row in down] == ["0"]


def test_alertmanager_tells_the_webhook_of_an_alert_and_of_its_end(tmp_path: Path) -> None:
    with Webhook() as webhook:
        config = f"""
route: {{receiver: wall, group_by: [alertname], group_wait: 0s, group_interval: 1s}}
receivers: [{{name: wall, webhook_configs: [{{url: "{webhook.url}", send_resolved: true}}]}}]
"""
        pager = alertmanager(tmp_path, config)
        now = datetime.now(UTC)
        alert = {
            "labels": {"alertname": "OldestWait", "queue": "billing"},
            "startsAt": (now - timedelta(seconds=5)).isoformat(),
            "endsAt": (now + timedelta(minutes=5)).isoformat(),
        }
        with pager.server:
            pager.post([alert])
            firing = webhook.wait_for(lambda post: post["status"] == "firing", "firing arrives")
            pager.post([alert | {"endsAt": now.isoformat()}])
            webhook.wait_for(lambda post: post["status"] == "resolved", "resolved arrives")
    assert firing["alerts"][0]["labels"] == alert["labels"]
