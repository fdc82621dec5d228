#!/usr/bin/env bash
# kafka.sh DIR: fetch the jars of the local Kafka (54 MB), as deploy/kafka/pom.xml names them.
set -euo pipefail
cd "$(dirname "$0")/../.."
libs=$PWD/$1

for command in java mvn; do
  command -v "$command" >/dev/null || {
    echo "setup: '$command' is missing: install Java 17 and Maven (Debian: openjdk-17-jre-headless maven)" \
      "for the local Kafka, or use a broker of your own: .venv/bin/queuewatch up --kafka HOST:PORT" >&2
    exit 1
  }
done

echo "setup: fetching Kafka's jars into $1"
# Beside the old ones and then swapped: jars of two versions would both be on the class path, and a
# broker that runs now must not find its own missing.
rm -rf "$libs.new"
mvn --quiet --batch-mode --file deploy/kafka/pom.xml \
  dependency:copy-dependencies -DoutputDirectory="$libs.new" -DincludeScope=runtime </dev/null
rm -rf "$libs" "$(dirname "$libs")/classes.jsa"
mv "$libs.new" "$libs"
