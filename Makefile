# Everything a person or a machine does with Caravan. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
ROOMS := config storage catalog ingest search portal

.PHONY: help setup demo test check contracts services bench lock translations clean

help: ## Show these lines
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS=$$'\t' read -r name words; do printf '  make %-14s %s\n' "$$name" "$$words"; done

setup: ## Install all that is needed, once; a second run takes a second
	@scripts/setup

demo: setup ## Start a demonstration with sample resources (PORT=8000)
	@exec $(BIN)/caravan demo --port $(PORT)

test: setup ## Check the code and run all tests
	@$(MAKE) --no-print-directory check
	@exec $(BIN)/python -m scripts.services run -- scripts/run-tests

check: setup ## Lint, type-check, hold the floors and walls of the house
	@$(BIN)/ruff check $(ROOMS) scripts bench tests
	@$(BIN)/ruff format --check $(ROOMS) scripts bench tests
	@$(BIN)/mypy $(ROOMS) scripts
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m pytest -q tests/house

contracts: setup ## Run the contract tests on every implementation
	@exec $(BIN)/python -m scripts.services run -- $(BIN)/python -m pytest tests/contracts

services: setup ## Start the real servers on loopback, print the settings; Ctrl-C ends them
	@exec $(BIN)/python -m scripts.services

bench: setup ## Print what pages, uploads, downloads and a rebuild cost beside the bare servers
	@exec $(BIN)/python -m bench

lock: ## Lock the Python packages anew, with hashes and without addresses (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: run pip install uv in an environment of its own."; exit 1; }
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -q -o requirements.lock

translations: setup ## Collect the strings of the pages and bring the catalogues up to date
	@$(BIN)/python -m scripts.translations
	@scripts/setup

clean: ## Drop what can be made again
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
