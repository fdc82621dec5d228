#!/usr/bin/env bash
# Install the packages of a lock file beside a copy of it: npm.sh FOLDER TO
set -euo pipefail
cd "$(dirname "$0")/../.."

command -v npm >/dev/null || deploy/setup/apt.sh nodejs npm
mkdir -p "$2"
cp "$1"/package.json "$1"/package-lock.json "$2"
# No script of a package runs; what is installed is what the lock's digests say.
npm ci --prefix "$2" --ignore-scripts --no-audit --no-fund --loglevel=error
