# Everything is made from this folder with Python 3.11 and make alone; `make help` lists what there is to make.
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PORT ?= 8000
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -lt 4 ] && echo $$n || echo 4)
export PORT
export PYTHONUNBUFFERED := 1
export PYTHONPATH :=
# Each of the many processes that the tests start would compile the whole code where the shell forbids to keep it.
export PYTHONDONTWRITEBYTECODE :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

PY := .venv/bin/python
MANAGE := $(PY) manage.py
STEP := .ci/step
CODE := diversion cases referrals reporting tests bench manage.py
ASSET_SOURCES := $(shell find static -path static/build -prune -o -type f -print | sed 's/ /\\ /g') package.json

# A .venv whose Python has gone is made anew.
ifneq ($(shell $(PY) -c "print('ok')" 2>/dev/null),ok)
CLEAR := --clear
.PHONY: .venv/.made .venv/.installed
endif

.PHONY: help run setup test sweep matrix who check fix bench bundle lock port browser installed

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1@/p' Makefile | awk -F@ '{ printf "%-16s %s\n", $$1, $$2 }'

run: port installed ## start the service and print its address (PORT=8001 for another port)
	@exec $(MANAGE) run_services

setup: installed browser ## prepare all that run and test need
	@$(STEP) "Preparing the database" $(MANAGE) prepare

test: setup ## run every test, journeys in a browser included (ARGS= for pytest)
	@DIVERSION_ENV=test exec $(PY) -m pytest -n $(WORKERS) --dist worksteal --durations=15 $(ARGS)

sweep: setup ## run the exhaustive tests, whole
	@DIVERSION_ENV=test exec $(PY) -m pytest -n $(WORKERS) --dist worksteal --durations=15 -m sweep $(ARGS)

matrix: setup ## write anew who may open what, to be read as a diff (ONLY=new for lines that are missing)
	@DIVERSION_ENV=test WRITE_MATRIX=$(or $(ONLY),all) exec $(PY) -m pytest -q -m sweep tests/integration/matrix $(ARGS)

who: setup ## write anew who can see what about a case (docs/who-sees-what.md), to be read as a diff
	@DIVERSION_ENV=test WRITE_WHO=yes exec $(PY) -m pytest -q -m sweep tests/integration/who_sees $(ARGS)

check: .venv/.installed static/build/.built ## check without editing: style, types, floors, migrations, templates, docs
	@failed=0; \
	$(STEP) "Style" .venv/bin/ruff check --output-format concise . || failed=1; \
	$(STEP) "Format" .venv/bin/ruff format --check --output-format concise . || failed=1; \
	$(STEP) "Types" $(PY) -m diversion.embedded .venv/bin/mypy diversion cases referrals reporting bench/recomputation || failed=1; \
	$(STEP) "Floors between the apps" .venv/bin/lint-imports || failed=1; \
	$(STEP) "Django's own checks" $(MANAGE) check --fail-level WARNING || failed=1; \
	$(STEP) "Missing migrations" $(MANAGE) makemigrations --check --dry-run || failed=1; \
	$(STEP) "Templates' style" .venv/bin/djlint --lint --quiet templates || failed=1; \
	$(STEP) "Templates, links, locked requirements" $(MANAGE) check_files || failed=1; \
	exit $$failed

fix: .venv/.installed ## edit what can be mended by itself: imports and format
	@$(STEP) "Style" .venv/bin/ruff check --fix .
	@$(STEP) "Format" .venv/bin/ruff format .

bench: setup ## measure the speed of import and report
	@for file in bench/[a-z]*.py; do $(PY) -m diversion.embedded $(PY) "$$file" || exit 1; done

bundle: installed ## pack all that a host needs into one file (OUT=dist KEY=private.pem)
	@$(STEP) "Packing" $(MANAGE) bundle --out $(or $(OUT),.local/bundle) $(if $(KEY),--key $(KEY))
	@ls -t $(or $(OUT),.local/bundle)/*.tar.gz | head -1

LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-emit-index-url --no-emit-find-links

lock: .venv/.installed ## lock the requirements files with hashes, for every Python from 3.11.0 on
	@$(STEP) "Locking requirements.txt" $(LOCK) requirements.in -o requirements.txt
	@$(STEP) "Locking requirements-prod.txt" $(LOCK) requirements-prod.in -c requirements.txt -o requirements-prod.txt
	@$(STEP) "Locking deploy/sbom.txt" $(LOCK) deploy/sbom.in -o deploy/sbom.txt

installed: .venv/.installed node_modules/.installed static/build/.built

port:
	@python=$$(.ci/python) && exec "$$python" -m diversion.embedded.ports

browser: node_modules/.installed
	@$(STEP) "Finding a browser for the tests" $(PY) -m tests.browser.browser

.venv/.made:
	@python=$$(.ci/python) && $(STEP) "Making .venv" "$$python" -m venv $(CLEAR) .venv
	@touch $@

.venv/.installed: requirements.txt | .venv/.made
	@$(STEP) "Installing the locked requirements" \
		$(PY) -m diversion.embedded.uv pip install --require-hashes -r requirements.txt || { \
		echo "  uv could not: what it says stands above. pip tries now, which takes some minutes."; \
		$(STEP) "Installing them with pip" $(PY) -m pip install --quiet --require-hashes -r requirements.txt || { \
		echo "Neither could pip. Look whether the network answers, and whether \`pip config list\` names the index, the" \
			"certificate and the proxy that this machine needs; then run the same command again." >&2; exit 1; }; }
	@touch $@

node_modules/.installed: package.json package-lock.json .npmrc | .venv/.installed
	@$(STEP) "Fetching the front-end assets" $(PY) -m diversion.embedded.node npm ci --no-fund --no-audit
	@touch $@

static/build/.built: $(ASSET_SOURCES) node_modules/.installed
	@$(STEP) "Compiling the front-end assets" $(PY) -m diversion.embedded.node npm run build
	@touch $@
