#!/usr/bin/env bash
# Install the servers that the tests run against, where they are missing.
set -euo pipefail
cd "$(dirname "$0")/../.."

missing=()
need() { # need COMMAND PACKAGE
  # Debian puts servers where only root's PATH looks.
  PATH=$PATH:/usr/sbin:/usr/local/sbin command -v "$1" >/dev/null || missing+=("$2")
}
need clickhouse-server clickhouse-server
need promtool prometheus
need amtool prometheus-alertmanager
need docker-compose docker-compose
need systemd-analyze systemd
need mariadbd mariadb-server
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql) # never on the PATH
need chromium chromium
need chromedriver chromium-driver

if ((${#missing[@]})); then
  deploy/setup/apt.sh "${missing[@]}"
fi
