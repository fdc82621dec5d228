#!/usr/bin/env bash
# venv.sh LOCK: make .venv from a hashed lock and install this checkout into it, editable.
set -euo pipefail
cd "$(dirname "$0")/../.."
lock=$1

usable() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  local python
  for python in "${PYTHON:-python3}" python3.11 python3.12 python3.13 python3.14 /usr/bin/python3; do
    if usable "$python"; then
      echo "$python"
      return
    fi
  done
  return 1
}

if ! usable .venv/bin/python; then
  # Debian's own Python comes without ensurepip.
  python=$(find_python) || { deploy/setup/apt.sh python3-venv && python=$(find_python); } || {
    echo "setup: no Python 3.11 or newer with venv found: install python3 and python3-venv," \
      "or name one: make setup PYTHON=/path/to/python3" >&2
    exit 1
  }
  rm -rf .venv
  "$python" -m venv .venv
fi

echo "setup: installing $lock into .venv"
# Wheels only: building from source would fetch build tools that no lock names.
.venv/bin/pip install --quiet --disable-pip-version-check --no-input \
  --no-deps --only-binary :all: --require-hashes --requirement "$lock"
.venv/bin/pip install --quiet --disable-pip-version-check --no-input \
  --no-deps --no-index --no-build-isolation --editable .
