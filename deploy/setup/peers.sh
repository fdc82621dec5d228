#!/usr/bin/env bash
# peers.sh DIR: install the systems that `make bench-peers` runs beside ours, under DIR, and nowhere else: a venv from
# deploy/peers/requirements.lock, the jars that deploy/peers/*/pom.xml name, and our two programs in Java.
set -euo pipefail
cd "$(dirname "$0")/../.."
place=$PWD/$1

for command in javac mvn; do
  command -v "$command" >/dev/null || {
    echo "bench-peers: '$command' is missing: install a JDK 17 and Maven (Debian: openjdk-17-jdk-headless maven)" >&2
    exit 1
  }
done

mkdir -p "$place"
echo "bench-peers: installing deploy/peers/requirements.lock into $1/venv (Linux x86-64, Python 3.11)"
rm -rf "$place/venv"
.venv/bin/python -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check --no-input \
  --no-deps --only-binary :all: --require-hashes --requirement deploy/peers/requirements.lock

echo "bench-peers: fetching jars into $1"
for system in flink kafka-streams; do
  rm -rf "${place:?}/$system"
  mvn --quiet --batch-mode --file "deploy/peers/$system/pom.xml" dependency:copy-dependencies \
    -DoutputDirectory="$place/$system/libs" -DincludeScope=runtime </dev/null
done
(cd "$place" && sha256sum --quiet --check) <deploy/peers/jars.sha256
listed=$(wc -l <deploy/peers/jars.sha256)
found=$(find "$place/flink/libs" "$place/kafka-streams/libs" -name '*.jar' | wc -l)
[ "$listed" = "$found" ] || {
  echo "bench-peers: $found jars were fetched, deploy/peers/jars.sha256 lists $listed" >&2
  exit 1
}

programs=tests/bench/peers/programs
javac -nowarn -cp "$place/flink/libs/*" -d "$place/flink/classes" "$programs/FlinkPeer.java"
javac -nowarn -cp "$place/kafka-streams/libs/*" -d "$place/kafka-streams/classes" "$programs/KafkaStreamsPeer.java"
