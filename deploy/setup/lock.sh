#!/usr/bin/env bash
# Resolve both lock files anew: with hashes, for every Python we support, with all extras, and without
# index addresses.
set -euo pipefail
cd "$(dirname "$0")/../.."

compile() {
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-header --all-extras "$@" pyproject.toml
}
compile --group build --output-file requirements.lock
compile --group dev --constraints requirements.lock --output-file requirements-dev.lock
