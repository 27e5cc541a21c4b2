# The project's commands. Each sets up what it needs in .venv; nothing is installed outside it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
.PHONY: help install dev demo test check format eval bench lock schema clean

help:  ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@.ci/need-venv $(PYTHON)
	@echo "making .venv"
	@$(PYTHON) -m venv .venv

.venv/run.done: .venv/bin/pip requirements/build.txt requirements/run.txt pyproject.toml
	@echo "installing what requirements/run.txt pins"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt -r requirements/run.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.done: .venv/run.done requirements/dev.txt
	@echo "installing what requirements/dev.txt pins"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

install: .venv/run.done  ## set up .venv with .venv/bin/monitor
dev: .venv/dev.done  ## set up .venv with the tools for tests and checks

demo: install  ## play one day of news on this machine, offline, and show the digests
	@$(BIN)/monitor demo

test: dev  ## run the tests
	@$(BIN)/pytest -q -n auto

check: dev  ## everything that must hold: format, lint, types, import rules, tests with branch coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n auto --cov --cov-report=term

eval: dev  ## how well stories and reprints are found, beside simple baselines
	@PYTHONPATH=. $(BIN)/python benchmarks/eval_stories.py

format: dev  ## format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: install  ## write rules/rules.schema.json anew
	$(BIN)/monitor rules schema > rules/rules.schema.json.new && mv rules/rules.schema.json.new rules/rules.schema.json

lock: dev  ## compile requirements/*.in to pinned hashes
	$(BIN)/pip install --quiet uv
	for f in build run dev; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements/$$f.in -o requirements/$$f.txt; done

clean:  ## remove .venv and caches; state/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage demo-digests
