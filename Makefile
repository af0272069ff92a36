# The same short commands for people, hooks and CI. A machine needs Python 3.11+ and make; the rest is made here, in .venv.

.DEFAULT_GOAL := help
.PHONY: help up down check lint test prove bench lock format

# Any Python that has a wheel of every package of requirements.lock and makes environments (a name that does not run, a
# pyenv shim, is passed over) finds the quickest of them; PYTHON=/path/to/python3 names another.
pythons = python3.14 python3.13 python3.12 python3.11 python3
runs = $(shell $(1) -c 'import sys, venv, ensurepip; sys.version_info >= (3, 11) and print("$(1)")' 2>/dev/null)
PYTHON ?= $(shell $(firstword $(foreach name,$(pythons),$(call runs,$(name))) :) infra/quickest_python.py $(pythons))

# The stamp is named after the content of what it stands for: a second run finds it and does nothing.
bin := .venv/bin
ready := .venv/ready-$(shell cat requirements.lock pyproject.toml | cksum | cut -d ' ' -f 1)
pages := services/casefeed/static/made-$(shell cat services/casefeed/assets/* services/casefeed/assets/.npmrc | cksum | cut -d ' ' -f 1)

# A test starts hundreds of processes: what one has compiled, the next need not compile again.
export PYTHONDONTWRITEBYTECODE :=

# Tests wait for processes more than they reckon: three workers, each with a Kafka and a PostgreSQL of its own, share the
# waiting of two cores.
pytest := $(bin)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder

help: ## list these commands
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

up: $(ready) $(pages) ## start everything and play the scenario; ends with the address to open
	@$(bin)/lantern up --demo

down: $(ready) ## stop everything; the data stays in .lantern
	@$(bin)/lantern down

check: lint ## format, lint, types, imports, fast tests: under a minute
	$(pytest) -q -m "not real" --hypothesis-profile=quick

test: lint ## everything that CI runs: check, and the tests on a real Kafka, PostgreSQL and browser
	$(bin)/python -m tests.chromium
	$(pytest) || $(bin)/python -m tests.second_look $$?

prove: lint ## the promises at full size, a child and a leak at a time: an hour and more
	$(bin)/pip install --quiet --quiet --disable-pip-version-check --require-hashes --requirement infra/splink/requirements.lock
	LANTERN_PROVE=1 $(bin)/pytest -v tests/core/test_gates.py tests/core/test_opened_gates.py tests/cli/match tests/leaks \
		tests/oncall tests/e2e/test_at_night.py tests/faults/test_paging_outages.py tests/bench/test_lookups.py

bench: $(ready) $(pages) ## measure this machine: events a second, latency, and its own floors
	@$(bin)/lantern bench

lint: $(ready) $(pages)
	$(bin)/ruff format --check --quiet .
	$(bin)/ruff check --quiet .
	$(bin)/mypy --no-error-summary
	$(bin)/lint-imports --no-logo

format: $(ready) ## put the code in its usual form
	$(bin)/ruff format .
	$(bin)/ruff check --fix .

lock: ## make the lock files again from requirements.in, and those in infra (needs uv)
	$(compile) --upgrade requirements.in --output-file requirements.lock
	$(compile) --constraint requirements.lock infra/images/requirements.in --output-file infra/images/requirements.lock
	$(compile) --constraint requirements.lock infra/splink/requirements.in --output-file infra/splink/requirements.lock

compile = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

# An environment that is there keeps its Python, unless another is named; one whose Python is gone is made anew.
$(ready): requirements.lock pyproject.toml $(bin)/python
	$(eval kept := $(if $(filter file,$(origin PYTHON)),$(call runs,$(bin)/python)))
	$(eval python := $(or $(kept),$(PYTHON)))
	@test -n "$(python)" || { echo "No Python 3.11 or newer with venv was found. Install one, or say make PYTHON=/path/to/python3."; exit 1; }
	@echo "Making .venv with $(python); the first time this downloads about 200 MB."
	"$(python)" -m venv $(if $(kept),,--clear) .venv
	$(bin)/pip install --quiet --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(bin)/pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@rm -f .venv/ready-*
	@touch $@

$(bin)/python: ;

# Node is a wheel of .venv; npm brings Sass, esbuild and what they compile, by a lock file with hashes.
$(pages): $(ready)
	@mkdir -p .venv/assets
	@cp services/casefeed/assets/package.json services/casefeed/assets/package-lock.json services/casefeed/assets/.npmrc .venv/assets
	cd .venv/assets && PATH="$(CURDIR)/$(bin):$$PATH" npm ci --silent
	$(bin)/node services/casefeed/assets/build.mjs .venv/assets services/casefeed/static
	@touch $@
