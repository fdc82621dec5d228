#!/usr/bin/env bash
# What the parts of `make test` came to, and what it leaves out: tests/parts.sh LEFT_OUT…
set -euo pipefail
cd "$(dirname "$0")/.."

echo
for log in build/tests/*.log; do
  printf '%-10s %s\n' "$(basename "$log" .log)" "$(tail -n 2 "$log" | tr -d '=' | paste -sd '|')"
done
echo
echo "left out, run by make chaos:"
printf '  %s\n' "$@"
awk '/left out of this form/ { on = 1; next } /^=/ { on = 0 } on { print "  " $0 }' build/tests/*.log
