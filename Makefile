# Long shell logic lives in deploy/setup/*.sh; this file only says what depends on what.
.DEFAULT_GOAL := help
SHELL := /bin/bash

BIN := .venv/bin
# With it each process of a test or a benchmark compiles all our modules at its start, half a second that no installed one has.
unexport PYTHONDONTWRITEBYTECODE
# Directories are the only selector of tests. `make test` names all that exist, in parts that wait their turn: whenever one
# ends, the next one begins. Most of the time servers and holding times are waited for, so four parts fill two cores.
SIDE_BY_SIDE = 4
# Those that take longest first; lint before them, for it is soon told.
PARTS = $(addprefix test-,lint chaos systems history archive operations property alerting unit browser lines documents)
# Parts of integration; what no other one names is in `systems`.
ALERTING = tests/integration/alerting
# What the archive keeps and rolls up, and the figures and papers that are made of it: each with a server of its own.
ARCHIVE = tests/integration/archive
HISTORY = tests/integration/history
OPERATIONS = tests/integration/operations
LINES = $(addprefix tests/integration/,golden producers security wiring)
SYSTEMS = tests/integration $(addprefix --ignore=,$(ALERTING) $(ARCHIVE) $(HISTORY) $(OPERATIONS) $(LINES))
# It plays a backlog of minutes and asks what was told of it: beside the other parts the line comes late, and the answer with it.
CHAOS_ALONE = tests/integration/alerting/test_scenarios_told.py
FAST_BESIDE = tests/unit/streams tests/unit/dashboards
FAST = $(filter-out $(FAST_BESIDE),$(wildcard tests/unit/*)) $(wildcard $(addprefix tests/,contract golden architecture))
.PHONY: help setup demo test $(PARTS) check fast-here fast-beside lint lock bench bench-peers fuzz mutants chaos accept dashboards grafana-look clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: .venv/.setup build/kafka/classes.jsa  ## .venv from the hashed lock, and the jars of the local Kafka

demo: setup  ## everything on this machine, with simulated traffic; Ctrl-C stops it
	$(BIN)/queuewatch up

test: .venv/.setup-dev build/kafka/classes.jsa build/grafana-types/.setup  ## install what the tests need, then run them all
	deploy/setup/packages.sh
	@rm -rf build/tests
	@$(MAKE) --no-print-directory --keep-going --jobs=$(SIDE_BY_SIDE) $(PARTS); code=$$?; tests/parts.sh $(CHAOS_ALONE); exit $$code

# Each line says which part it is of. All give way to chaos, whose processes give up after 2 s, and what needs no server to
# all others: a process that is being watched must not come late.
run = @mkdir -p build/tests; set -o pipefail; TIMEFORMAT='%R s, of them %U s and %S s of processor'; \
	{ time $(1); } 2>&1 | tee build/tests/$(@:test-%=%).log | sed -u 's/^/$(@:test-%=%) | /'

test-lint:
	$(call run,nice -n 5 $(MAKE) --no-print-directory lint)

test-chaos:
	$(call run,$(BIN)/pytest tests/chaos)

test-systems:
	$(call run,nice -n 2 $(BIN)/pytest $(SYSTEMS))

test-alerting:
	$(call run,nice -n 2 $(BIN)/pytest $(ALERTING) --ignore=$(CHAOS_ALONE))

test-archive:
	$(call run,nice -n 2 $(BIN)/pytest $(ARCHIVE))

test-history:
	$(call run,nice -n 2 $(BIN)/pytest $(HISTORY))

test-operations:
	$(call run,nice -n 2 $(BIN)/pytest $(OPERATIONS))

test-browser:
	$(call run,nice -n 2 $(BIN)/pytest tests/browser)

test-lines:
	$(call run,nice -n 2 $(BIN)/pytest $(LINES))

test-property:
	$(call run,nice -n 5 $(BIN)/pytest tests/property)

test-unit:
	$(call run,nice -n 5 $(BIN)/pytest tests/unit)

test-documents:
	$(call run,nice -n 5 $(BIN)/pytest $(wildcard $(addprefix tests/,contract golden architecture)))

chaos: .venv/.setup-dev build/kafka/.setup  ## tests that kill things, with real loads and times (root; about an hour)
	deploy/setup/packages.sh
	QUEUEWATCH_CHAOS=real $(BIN)/pytest tests/chaos $(CHAOS_ALONE) -o timeout=3600 $(WITH)
	QUEUEWATCH_CHAOS=real $(BIN)/pytest -m real_only $(ARCHIVE) $(HISTORY) tests/browser -o timeout=3600

check: .venv/.setup-dev  ## format, lint, types, import contracts, fast tests (under a minute)
	@$(MAKE) --no-print-directory --jobs=3 --output-sync=target lint fast-here fast-beside

fast-here:
	$(BIN)/pytest -q $(FAST)

fast-beside:
	$(BIN)/pytest -q $(FAST_BESIDE)

lint: .venv/.setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.setup-dev build/kafka/.setup  ## figures on this machine; also build/bench.json, build/alerts.json (WITH="--only latency")
	$(BIN)/python -m tests.bench $(WITH)

bench-peers: .venv/.setup-dev build/kafka/.setup build/peers/.setup  ## ours beside Flink, Kafka Streams, Bytewax, Quix and Faust; also build/bench-peers.json (WITH=--small)
	$(BIN)/python -m tests.bench.peers $(WITH)

fuzz: .venv/.setup-dev  ## ten minutes of hostile input against every parser (WITH="--minutes 60")
	$(BIN)/python -m tests.fuzz $(WITH)

mutants: .venv/.setup-dev  ## small faults in the core, one by one: does a test fail? (WITH="--sample 400 --seed 1", WITH=line)
	$(BIN)/python -m tests.mutants $(WITH)

accept: setup  ## real data through a fresh `up`: RECORDS=records.csv EXPECTED=expected.csv (WITH="--kill")
	@test -n "$(RECORDS)" -a -n "$(EXPECTED)" || \
	  { echo "make accept: say RECORDS=FILE and EXPECTED=FILE" >&2; exit 2; }
	$(BIN)/python -m tests.acceptance --records "$(RECORDS)" --expected "$(EXPECTED)" $(WITH)

dashboards: setup  ## render the Grafana boards to JSON
	$(BIN)/queuewatch dashboards render

grafana-look: .venv/.setup-dev build/grafana-look/.setup  ## what our boards say, by Grafana's own display code in Node: docs/grafana-look.md
	$(BIN)/python -m tests.support.grafana_look

sbom: .venv/.setup-dev  ## what is shipped, as CycloneDX: build/sbom.json
	@mkdir -p build
	$(BIN)/python -m tests.support.sbom > build/sbom.json

lock:  ## resolve requirements*.lock anew (needs uv on the PATH)
	deploy/setup/lock.sh

clean:  ## remove what make made: .venv, build, caches
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

.venv/.setup: requirements.lock pyproject.toml deploy/setup/venv.sh
	deploy/setup/venv.sh requirements.lock
	@touch $@

# The locks agree on every version, so the larger one serves for both.
.venv/.setup-dev: requirements-dev.lock pyproject.toml deploy/setup/venv.sh
	deploy/setup/venv.sh requirements-dev.lock
	@touch .venv/.setup $@

build/grafana-%/.setup: tests/grafana/%/package-lock.json deploy/setup/npm.sh
	deploy/setup/npm.sh tests/grafana/$* build/grafana-$*
	@touch $@

build/peers/.setup: $(wildcard deploy/peers/* deploy/peers/*/* tests/bench/peers/programs/*.java) deploy/setup/peers.sh .venv/.setup-dev
	deploy/setup/peers.sh build/peers
	@touch $@

build/kafka/.setup: deploy/kafka/pom.xml deploy/setup/kafka.sh
	deploy/setup/kafka.sh build/kafka/libs
	@touch $@

# Of the jars alone; a start is a third cheaper with it, and works without it.
build/kafka/classes.jsa: build/kafka/.setup deploy/setup/kafka_classes.py | .venv/.setup
	@$(BIN)/python deploy/setup/kafka_classes.py build/kafka || \
	  echo "setup: Kafka's classes could not be kept; each start of Kafka reads them from the jars" >&2
