#!/usr/bin/env bash
# apt.sh PACKAGE...: install Debian packages without letting them start services, or say what to install.
set -euo pipefail

if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
  echo "setup: missing here: install $* (as root on Debian: apt-get install $*)" >&2
  exit 1
fi

# The tests start servers of their own; one that apt started would hold ports and memory.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
fi

install() { # joined by &&: inside a condition `set -e` is off
  apt-get update &&
    apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" # another may be at work
}

export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
echo "setup: apt-get install $*"
if ! install "$@" >"$log" 2>&1 </dev/null; then
  tail -n 15 "$log" >&2
  echo "setup: apt-get could not install $*: see $log" >&2
  exit 1
fi
rm -f "$log"
