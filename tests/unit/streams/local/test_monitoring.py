"""The shipped configuration of Prometheus, moved to other ports."""

from pathlib import Path

from streams.local.monitoring import moved, render_prometheus

SHIPPED = """\
rule_files:
  - queuewatch.rules.yml
  - "/etc/more.yml"
scrape_configs:
  - job_name: stream
    static_configs:
      - targets: ["127.0.0.1:9101", "127.0.0.1:9102"]
alerting:
  alertmanagers:
    - static_configs: [{targets: ["127.0.0.1:9093"]}]
"""


def test_ports_move_at_once_and_rule_files_become_absolute() -> None:
    ports = {9101: 9102, 9102: 9101, 9093: 19093}
    text = render_prometheus(SHIPPED, ports, Path("/opt/deploy"))
    assert '  - "/opt/deploy/queuewatch.rules.yml"\n  - "/etc/more.yml"\n' in text
    assert 'targets: ["127.0.0.1:9102", "127.0.0.1:9101"]' in text
    assert "127.0.0.1:19093" in text
    assert "job_name: stream" in text


def test_a_port_that_did_not_move_stays() -> None:
    text = "url: http://127.0.0.1:9103/probe\nurl: http://127.0.0.1:9095/page\n"
    expected = text.replace("9103", "19103")
    assert moved(text, {9103: 19103}) == expected
