# Try, test and check the helpline. Each target first sets up what it needs inside this folder
# (.venv, .setup, node_modules); the second time nothing is fetched, so it also works offline.

.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

# What is activated outside must not leak into our own environment.
unexport PYTHONHOME PYTHONPATH VIRTUAL_ENV PIP_TARGET PIP_PREFIX PIP_USER PIP_REQUIRE_VIRTUALENV
export PIP_DISABLE_PIP_VERSION_CHECK = 1

python_3.11 = $(shell for python in "$(PYTHON)" python3.11 python3 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null \
	&& { echo "$$python"; break; }; done)
workers = --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder
install = .venv/bin/python -m pip --quiet --quiet install --require-hashes

.PHONY: help
help:
	@echo 'make run      the practice line with its demo week   (HELPLINE_PORT=5000)'
	@echo 'make setup    what a real line needs to run        (docs/running.md)'
	@echo 'make setup-roster   and the solver of suggested rosters'
	@echo 'make test     the tests, browsers included           (ARGS="-k offer -x")'
	@echo 'make test-all the same, and every suite on every database in every form'
	@echo 'make check    style, types, and who may import whom'
	@echo 'make bench    the measurements'
	@echo 'make bench-crash    500 kill -9 while people write   (hours; ARGS="kills=20 messages=2000")'
	@echo 'make bench-shifts   300 shifts while two processes are killed (three minutes)'
	@echo 'make bench-routers  16 routers, 10,000 chats         (an hour; ARGS="chats=500 cuts=20")'
	@echo 'make bench-zones    every zone, 2026 to 2030          (minutes; ARGS="first=Europe")'
	@echo 'make bench-roster   rosters by the solver, and the server beside it (ten minutes)'
	@echo 'make weights  learn the second reader of the packs anew  (docs/triage.md)'
	@echo 'make pins     choose versions anew, after an edit of requirements*.in or package.json'
	@echo 'make clean    forget caches and reports; make distclean: the whole set-up too'

# --- what people ask for ---------------------------------------------------------------------

.PHONY: run test test-all check bench bench-crash bench-routers bench-shifts bench-zones bench-roster setup setup-roster
setup: .setup/run-packages assets translations

setup-roster: .setup/roster-packages

run: .setup/run-packages assets translations
	@HELPLINE_DEMO=1 .venv/bin/python app.py

test: .setup/test-packages .setup/roster-packages test-assets browser translations
	@.venv/bin/pytest $(workers) -m 'not full' $(ARGS)

test-all: .setup/test-packages .setup/roster-packages test-assets browser translations
	@.venv/bin/pytest $(workers) $(ARGS)

check: style format types imports

bench: .setup/test-packages test-assets translations
	@.venv/bin/python -m benchmarks $(ARGS)

bench-roster: .setup/roster-packages
bench-crash bench-routers bench-shifts bench-zones bench-roster: bench-%: .setup/test-packages test-assets translations
	@.venv/bin/python -m benchmarks $* $(ARGS)

# What strangers wrote and nobody studied (tests/vectors/unseen) is not learned from.
.PHONY: weights
weights: .setup/run-packages
	@HELPLINE_DEMO=1 .venv/bin/flask triage learn seed_data/lexicon tests/vectors/*.jsonl \
		tests/vectors/voices/*.jsonl tests/vectors/strangers/*.jsonl

.PHONY: style format types imports
style: .setup/test-packages
	@.venv/bin/ruff check .

format: .setup/test-packages
	@.venv/bin/ruff format --check .

types: .setup/test-packages .setup/roster-packages
	@.venv/bin/mypy

imports: .setup/test-packages
	@.venv/bin/lint-imports --no-logo

# --- set-up ----------------------------------------------------------------------------------

.setup/venv: tools/environment.py
	$(if $(python_3.11),,$(error The helpline needs Python 3.11 and found none. Install it (Debian: \
		apt-get install python3.11 python3.11-venv) or name it: make PYTHON=/path/to/python3.11))
	@mkdir -p .setup
	@echo 'Setting up: .venv'
	@$(python_3.11) tools/environment.py .venv
	@touch $@

.setup/run-packages: requirements.txt .setup/venv
	@echo 'Setting up: packages to run'
	@$(install) --requirement requirements.txt
	@touch $@

.setup/test-packages: requirements-dev.txt .setup/run-packages
	@echo 'Setting up: packages to test and check'
	@$(install) --requirement requirements-dev.txt
	@touch $@

.setup/roster-packages: requirements-roster.txt .setup/run-packages
	@echo 'Setting up: the solver of suggested rosters'
	@$(install) --requirement requirements-roster.txt
	@touch $@

.PHONY: assets test-assets browser translations
assets: .setup/run-packages
	@.venv/bin/python tools/assets.py

test-assets: .setup/run-packages
	@.venv/bin/python tools/assets.py --tests

# Without a browser the other tests still run, and the browser tests fail and say why.
browser: .setup/test-packages
	@.venv/bin/python tools/browser.py >/dev/null || true

translations: .setup/run-packages
	@if ls helpline/translations/*/LC_MESSAGES/*.po >/dev/null 2>&1; then \
		.venv/bin/pybabel --quiet compile --directory helpline/translations; fi

# --- upkeep ----------------------------------------------------------------------------------

.PHONY: pins clean distclean
pin = CUSTOM_COMPILE_COMMAND='make pins' .venv/bin/pip-compile --quiet --upgrade \
	--generate-hashes --strip-extras --allow-unsafe --no-emit-options \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

pins: .setup/test-packages
	@$(pin) --output-file requirements.txt requirements.in
	@$(pin) --output-file requirements-dev.txt requirements-dev.in
	@$(pin) --output-file requirements-roster.txt requirements-roster.in
	@$(pin) --output-file tools/node.txt tools/node.in
	@npm install --package-lock-only --ignore-scripts --no-audit --no-fund \
		--omit-lockfile-registry-resolved=true

clean:
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results
	@find . -name __pycache__ -not -path './.venv/*' -not -path './node_modules/*' \
		-prune -exec rm -rf {} +

distclean: clean
	@rm -rf .venv .setup node_modules helpline/static/vendor
