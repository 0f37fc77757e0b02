# Everything a contributor runs. Each target sets up what it needs first; a second run starts at once.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
LOCK   := requirements/dev.lock
STATIC := src/sterling/report/static
STAMPS := .stamps
JOBS   ?= 2

# The environment must not depend on what happens to be set in the caller's shell.
export PYTHONPATH :=
export PYTHONDONTWRITEBYTECODE :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup web demo screenshot test test-python test-web test-browser lint format types contracts docs-examples bench bench-peers examples dist lock clean

help:
	@echo "make demo       set up, then carry a whole project on real mortgage decisions out: data to report"
	@echo "make test       set up, then run every test"
	@echo "make lint       ruff: style and format;  make format  rewrites the files"
	@echo "make types      mypy, strict"
	@echo "make contracts  import contracts: which room may import which"
	@echo "make bench      benchmarks side by side with peers;  make bench-peers  adds those that need environments of their own"
	@echo "make examples   rebuild the example tables from their sources"
	@echo "make dist       wheel and sdist, front end included"
	@echo "make lock       resolve the pinned environment again"

# --- environment ---------------------------------------------------------------------------------------------------------

setup: $(VENV)/.installed

$(VENV)/.installed: $(LOCK) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Sterling needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "hint: make setup PYTHON=/path/to/python3.11" >&2; exit 2; }
	@test -x $(BIN)/python || { echo "Making $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@cmp -s $(LOCK) $(VENV)/.lock || { \
	  echo "Installing the pinned environment ($(LOCK))"; \
	  $(BIN)/python -m pip install -qq --no-deps --no-compile -r $(LOCK) && cp $(LOCK) $(VENV)/.lock; }
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

lock:
	@rm -rf $(STAMPS)/uv && $(PYTHON) -m venv $(STAMPS)/uv && $(STAMPS)/uv/bin/python -m pip install --quiet uv
	@$(STAMPS)/uv/bin/uv pip compile --quiet --universal --python-version 3.11 pyproject.toml --all-extras --group dev \
	  --no-header --no-emit-index-url --no-emit-find-links --output-file $(LOCK)
	@$(STAMPS)/uv/bin/uv pip compile --quiet --universal --python-version 3.11 pyproject.toml requirements/bench.in \
	  --no-annotate --no-header --no-emit-index-url --no-emit-find-links --output-file requirements/bench.lock
	@rm -rf $(STAMPS)/uv

# --- front end -----------------------------------------------------------------------------------------------------------

WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

web: $(STATIC)/bundle.js

web/node_modules/.installed: web/package.json web/package-lock.json
	@command -v npm >/dev/null || { \
	  echo "The report's front end is built with Node 20 or newer; npm was not found." >&2; \
	  echo "hint: install Node (Debian: apt-get install nodejs npm), then run make web again" >&2; exit 2; }
	@echo "Installing the front end's packages (web/package-lock.json)"
	@npm ci --prefix web --silent --no-audit --no-fund
	@touch $@

$(STATIC)/bundle.js: web/node_modules/.installed $(WEB_SOURCES)
	@echo "Building the front end"
	@npm run build --prefix web --silent
	@test -s $@ || { echo "web: the build ended without writing $@" >&2; exit 2; }
	@touch $@

# --- the main job --------------------------------------------------------------------------------------------------------

# 0 within limits, 1 over a limit, 3 undecided or awaiting review: three ways of having done the job. Anything else fails.
demo: setup web
	@$(BIN)/sterling run --project examples/lending; \
	code=$$?; case $$code in 0|1|3) ;; *) exit $$code ;; esac; \
	test -s examples/lending/report.html && printf '%s\n' '' \
	  "The report:     $(CURDIR)/examples/lending/report.html (open it in a browser; it needs no network)" \
	  "Sign or refuse: $(BIN)/sterling reject last --project examples/lending --as YOU --reason \"…\"" \
	  "Change a limit: examples/lending/sterling.toml, then make demo again: only what changed is done again" \
	  "Your own data:  docs/guide/first-review.md"

# The picture in README.md.
screenshot: demo
	@$(BIN)/python docs/img/shoot.py examples/lending/report.html docs/img/report.png

# --- checks --------------------------------------------------------------------------------------------------------------

test: setup web
	@code=0; for kind in python web browser; do $(MAKE) --no-print-directory test-$$kind || code=$$?; done; exit $$code

test-python: setup web
	@$(BIN)/python -m pytest -m "not browser and not docs" -n $(JOBS) $(TESTS)

test-web: web
	@npm test --prefix web --silent

# Those that hold a stopwatch come afterwards, one at a time. They say so themselves when Chromium is missing.
test-browser: setup web
	@code=0; $(BIN)/python -m pytest -m "browser and not stopwatch" -n $(JOBS) tests/browser || code=$$?; \
	$(BIN)/python -m pytest -m "browser and stopwatch" tests/browser || code=$$?; exit $$code

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: setup
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: setup
	@$(BIN)/mypy

contracts: setup
	@$(BIN)/lint-imports

# The commands and the Python of README.md and docs/, run as they are printed there.
docs-examples: setup web
	@$(BIN)/python -m pytest -m docs -n $(JOBS) tests/docs

# An environment of its own: one of the peers needs an older pandas than the tests use.
bench: .venv-bench/.installed
	@.venv-bench/bin/python -m benchmarks $(CLAIMS)

.venv-bench/.installed: requirements/bench.lock pyproject.toml
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@echo "Installing the peers (requirements/bench.lock)"
	@.venv-bench/bin/python -m pip install -qq --no-deps --no-compile -r requirements/bench.lock
	@.venv-bench/bin/python -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

# Peers that share an environment with nobody: each gets its own, pinned; the benchmarks of data run them as commands.
bench-peers: $(patsubst requirements/peers/%.lock,benchmarks/.cache/peers/%/.installed,$(wildcard requirements/peers/*.lock))

benchmarks/.cache/peers/%/.installed: requirements/peers/%.lock
	@echo "Installing $* (requirements/peers/$*.lock)"
	@mkdir -p benchmarks/.cache/peers && $(PYTHON) -m venv benchmarks/.cache/peers/$*
	@benchmarks/.cache/peers/$*/bin/python -m pip install -qq --no-deps --no-compile -r requirements/peers/$*.lock
	@touch $@

examples: setup
	@for name in lending income recidivism rewriting; do $(BIN)/python -m examples.$$name.make_data || exit 1; done

dist: setup web
	@rm -rf dist && $(BIN)/python -m build --no-isolation --outdir dist .

clean:
	rm -rf $(VENV) .venv-bench benchmarks/.cache $(STAMPS) $(STATIC) dist build report.html profile.html compare.html examples/*/.sterling examples/*/report.html .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
