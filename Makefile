# Every target sets up what it needs and then does its job. Only Python 3.11 or newer has to be there.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= $(shell for name in python3 python python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: help serve test test-long lint format docs bench clients report clean

help:  ## show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: .venv/serve.done  ## run the mock exchange on http://127.0.0.1:8099 (ARGS="--port 9000 ...")
	@$(BIN)/binance-mock serve $(ARGS)

test: .venv/dev.done  ## lint, types and the quick tests
	@sh .ci/need.sh curl node
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m binance_mock.catalog --check
	$(BIN)/python -m pytest -q -n auto --dist worksteal $(ARGS)

test-long: .venv/dev.done  ## the long property tests
	HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest -q --long -m long -n auto --dist worksteal $(ARGS)

lint: .venv/dev.done  ## lint and types alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/dev.done  ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/dev.done  ## write the generated parts of the documentation
	$(BIN)/python -m binance_mock.catalog --write

bench: .venv/dev.done  ## measure speed and memory against a bare server (ARGS="--quick")
	@sh .ci/need.sh wrk
	$(BIN)/python -m bench $(ARGS)

clients: .venv/dev.done  ## install the real clients for the conformance kit (ARGS="python javascript go java rust")
	$(BIN)/python conformance/drivers/install.py $(ARGS)

report: .venv/dev.done  ## check all clients that are installed, into build/report/index.html (ARGS="NAME ... -j 4")
	$(BIN)/python -m binance_conformance.reports --out build/report $(ARGS)

clean:  ## remove what the other targets made
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or newer found; install one, or say make PYTHON=/path/to/python"; exit 1; }
	"$(PYTHON)" -m venv .venv

.venv/serve.done: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) --editable .
	@touch $@

.venv/dev.done: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) --editable ".[dev]"
	@# It calls its package `binance`, as python-binance does, and would take the place of that one's.
	$(PIP) --no-deps --upgrade --target .venv/connector binance-futures-connector
	@touch $@ .venv/serve.done
