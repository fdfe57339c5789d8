# Everything that is done to this project by hand. `make help` lists it.
# Paths are relative, so the checkout may lie in a folder with spaces; recipes are plain sh.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# One name for the environment's Python; programs are started as modules, whose paths never break.
PY := .venv/bin/python
PORT ?= 8000
export PORT
# DEMO=0: an empty site with its owner's account.
DEMO ?= 1
ARGS ?=

# Commands that ask about a site as it would stand on the network, with data of its own.
PRODUCTION = set -e; DATA_DIR="$$(mktemp -d)"; trap 'rm -rf "$$DATA_DIR"' EXIT; unset DEBUG DATABASE_URL CACHE_URL; \
	export DATA_DIR SITE_URL=https://blog.example.org ALLOWED_HOSTS=blog.example.org \
	TRUSTED_PROXY_COUNT=1 EMAIL_URL=smtp+tls://mail.example.org:587 \
	SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))')"

# Compiled files are kept: without them every worker and every program that a test starts compiles the tests anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help base dev run test lint journeys stress outages bench lock clean

help: ## say what can be done here
	@echo "make <target>:"
	@sed -n 's/^\([a-z]*\):.*## /  \1\t/p' Makefile | expand -t 14
	@echo "PORT=9000 make run serves elsewhere, DEMO=0 make run without the demo; make test ARGS='-k voting -x' hands words to pytest."

base:
	@sh requirements/install.sh base

dev:
	@sh requirements/install.sh dev

# A laptop's site is where it listens, unless the environment or local.env says otherwise.
run: base ## set everything up and serve the site on http://127.0.0.1:8000
	@set -e; data="$${DATA_DIR:-var}"; \
	$(PY) -m config.first_run "$$data"; \
	if [ -z "$${SITE_URL:-}" ] && grep -q '^SITE_URL=http://127.0.0.1:' "$$data/local.env"; then \
		export SITE_URL="http://127.0.0.1:$$PORT"; \
	fi; \
	$(PY) manage.py migrate --verbosity 0; \
	if [ ! -d "$$data/static" ] || [ -n "$$(find static .venv/installed-base -newer "$$data/static" | head -n 1)" ]; then \
		$(PY) manage.py collectstatic --noinput --verbosity 0; touch "$$data/static"; \
	fi; \
	case "$(DEMO)" in 0|no|false) demo=--no-demo ;; *) demo= ;; esac; \
	$(PY) manage.py prepare_site $$demo; \
	exec $(PY) manage.py serve

test: dev ## run the quick tests on SQLite (or DATABASE_URL); ARGS="-m 'not journey'" runs the slow ones too
	@$(PY) -m pytest -n auto --dist loadgroup -m "not journey and not slow" $(ARGS)

lint: dev ## look at code, types, templates, styles, scripts, migrations and settings
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -m djlint --quiet --lint templates
	@$(PY) -m pytest -q --durations=0 tests/test_static_files.py
	@if command -v node >/dev/null 2>&1; then find static/js -name '*.js' -exec node --check {} \; ; fi
	@$(PRODUCTION); $(PY) manage.py makemigrations --check --dry-run; \
	$(PY) manage.py check --deploy --fail-level WARNING
	@$(PY) -m tests.function_lengths

journeys: dev ## drive the site in Chromium
	@$(PY) -m pytest -m journey tests/journeys $(ARGS)

stress: dev ## many writers at once on the comment trees (ARGS="--writers 16 --operations 2000")
	@set -e; DATA_DIR="$$(mktemp -d)"; trap 'rm -rf "$$DATA_DIR"' EXIT; \
	export DATA_DIR DJANGO_SETTINGS_MODULE=tests.settings; \
	$(PY) manage.py migrate --verbosity 0; $(PY) manage.py stress_comments $(ARGS)

outages: dev ## let processes, disk, PostgreSQL and Redis fail under a running site (ARGS="--small --only redis")
	@$(PY) -m lab.outages $(ARGS)

bench: base ## measure pages under the real server
	@$(PY) -m lab.bench $(ARGS)

lock: ## compile requirements/*.in to locks with hashes (needs uv)
	@sh requirements/lock.sh

clean: ## remove the environment and caches; never var/
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
