"""Prometheus and Alertmanager with our rules, if they are installed on this machine."""

import hashlib
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from streams.local.child import Command
from streams.local.data_folder import DataFolder
from streams.local.kafka_place import HOST
from streams.local.shipped import shipped

_ADDRESS = re.compile(r"(127\.0\.0\.1|localhost):(\d+)")
_RULE_FILE = re.compile(r"^(\s*-\s*)[\"']?([^\"'#\s]+)[\"']?\s*$")
_OF_OURSELVES = 0o600
_PROMETHEUS_CONFIG = "prometheus/prometheus-local.yml"
_ALERTMANAGER_CONFIG = "alertmanager/alertmanager.yml"


def find_prometheus() -> str | None:
    """The path of the program, if it and our configuration for it are on this machine."""
    return _find(("prometheus",), _PROMETHEUS_CONFIG)


def find_alertmanager() -> str | None:
    """The same for Alertmanager, under its own name or Debian's."""
    return _find(("alertmanager", "prometheus-alertmanager"), _ALERTMANAGER_CONFIG)


def _find(names: tuple[str, ...], config: str) -> str | None:
    if not shipped(config).exists():
        return None
    return next((found for name in names if (found := shutil.which(name))), None)


def render_prometheus(text: str, ports: Mapping[int, int], folder: Path) -> str:
    """The shipped configuration with absolute paths of rule files, and with ports replaced by `ports`.

    `ports` maps each default port to the chosen one.
    """
    lines, in_rules = [], False
    for line in text.splitlines():
        rule = _RULE_FILE.match(line) if in_rules else None
        in_rules = line.startswith("rule_files:") or rule is not None
        if rule and not rule[2].startswith("/"):
            lines.append(f'{rule[1]}"{folder / rule[2]}"')
        else:
            lines.append(moved(line, ports))
    return "\n".join(lines) + "\n"


def moved(text: str, ports: Mapping[int, int]) -> str:
    """The text with ports of this machine replaced by `ports`, those that stand there."""
    return _ADDRESS.sub(lambda match: f"{match[1]}:{ports.get(int(match[2]), int(match[2]))}", text)


def prometheus_command(
    program: str, folder: DataFolder, port: int, ports: Mapping[int, int]
) -> Command:
    source = shipped(_PROMETHEUS_CONFIG)
    target = folder.run / "prometheus.yml"
    text = render_prometheus(source.read_text(encoding="utf-8"), ports, source.parent)
    target.write_text(text, encoding="utf-8")
    argv = (
        program,
        f"--config.file={target}",
        f"--storage.tsdb.path={folder.path / 'prometheus'}",
        "--storage.tsdb.retention.time=15d",
        f"--web.listen-address={HOST}:{port}",
        "--log.level=warn",
    )
    return _command("prometheus", argv, text)


def alertmanager_command(
    program: str, folder: DataFolder, port: int, routes: str | None, ports: Mapping[int, int]
) -> Command:
    """`routes`: the text of its configuration, None for the one that ships, whose `ports` are moved."""
    text = routes
    if text is None:
        text = moved(shipped(_ALERTMANAGER_CONFIG).read_text(encoding="utf-8"), ports)
    config = folder.run / "alertmanager.yml"
    config.touch(mode=_OF_OURSELVES)  # it may hold a URL that is a secret
    config.write_text(text, encoding="utf-8")
    argv = (
        program,
        f"--config.file={config}",
        f"--storage.path={folder.path / 'alertmanager'}",
        f"--web.listen-address={HOST}:{port}",
        "--cluster.listen-address=",  # no cluster: otherwise it would wait for peers at the start
        "--log.level=warn",
    )
    return _command("alertmanager", argv, text)


def _command(name: str, argv: tuple[str, ...], config: str) -> Command:
    digest = hashlib.sha256(config.encode()).hexdigest()
    return Command(name, argv, ours=False, needs_kafka=False, config=digest)
