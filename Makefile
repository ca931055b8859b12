# Needlepoint's verbs. `make` alone lists them; the first one to run also brings the Python environment (uv and .venv).
# Works with GNU make 3.81 (macOS) and any POSIX shell.

SHELL = /bin/sh
.DEFAULT_GOAL = help

VENV ?= .venv
READY = $(VENV)/.ready
# An activated environment or a PYTHONPATH of the caller's would decide what is imported here; and without bytecode,
# each of the hundreds of programs that tests start would compile again what it imports.
PYTHON = env -u VIRTUAL_ENV -u PYTHONPATH -u PYTHONHOME -u PYTHONDONTWRITEBYTECODE SAM_CLI_TELEMETRY=0 $(VENV)/bin/python
SAM = $(PYTHON) -m samcli

PORT ?= 8000
STAGE ?= dev
# The stage's name in samconfig.toml.
CONFIG = $(patsubst dev,default,$(STAGE))
STACK = $$(sed -n '/^\[$(CONFIG)\.global\./,/^$$/s/^stack_name = "\(.*\)"/\1/p' samconfig.toml)
ARCH ?= arm64
# This machine's architecture, by Lambda's name.
HERE = $$(uname -m | sed 's/aarch64/arm64/')

# uv trusts what it brings along unless it is told to trust what the system trusts; UV_NATIVE_TLS is the older name of that.
ifneq ($(shell sh infra/build/certificates.sh),)
UV_SYSTEM_CERTS ?= true
UV_NATIVE_TLS ?= $(UV_SYSTEM_CERTS)
export UV_SYSTEM_CERTS UV_NATIVE_TLS
endif

.PHONY: help run test quick lighthouse pictures bench trust checkov build deploy rollback journey doctor release restore rotate-keys leads released check format content-check closures catalogues clean

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F'|' '{ printf "  make %-14s %s\n", $$1, $$2 }'

run: $(READY)  ## the whole stack on this machine (PORT=8000; PACKAGED=1 runs what `make build` would deploy)
ifdef PACKAGED
	@echo "== packages for this machine, in .local/packages"
	@mkdir -p .local && ARCH=$(HERE) $(SAM) build --build-dir .local/packages \
	  --parameter-overrides Architecture=$(HERE) >.local/build.log 2>&1 || { cat .local/build.log >&2; exit 1; }
	@exec $(PYTHON) -m infra.local --port $(PORT) --packaged .local/packages
else
	@exec $(PYTHON) -m infra.local --port $(PORT) --drafts
endif

# Every check runs, whatever became of the one before; pytest's own closing line comes last. A test file is the work of one
# process, of which there is one more than there are cores, since tests that start programs and browsers wait for them; files
# keep the order of tests/conftest.py, or the longest would come last. What the browser tests need from npm is installed while
# others run.
test: $(READY)  ## every check: format, lint, types, and all tests
	@$(PYTHON) -c "from tests.browser import tools; tools.npm_packages(print)" >/dev/null 2>&1 &
	@failed=; \
	step() { printf '\n== %s\n' "$$*"; $(PYTHON) -m "$$@" || failed="$$failed [$$*]"; }; \
	step ruff format --check .; \
	step ruff check .; \
	step mypy; \
	step bandit --quiet --configfile pyproject.toml --recursive functions shared infra; \
	[ -z "$$failed" ] || printf '\nFAILED before the tests:%s\n' "$$failed"; \
	printf '\n== pytest\n'; \
	$(PYTHON) -m pytest --cov --numprocesses $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist loadfile --no-loadscope-reorder $(PYTEST_FLAGS) && [ -z "$$failed" ]

quick: check  ## format, lint, types, and most of the tests that start no other program: a minute
	@$(PYTHON) -m pytest --numprocesses auto --dist loadfile --hypothesis-profile quick -q -m "not long" tests/unit tests/integration

lighthouse: $(READY)  ## measure the pages with Lighthouse, on an otherwise idle machine
	@$(PYTHON) -m pytest -m lighthouse tests/browser

pictures: $(READY)  ## the screenshots in docs, the icons, and the pictures for shared links, made in Chromium
	@$(PYTHON) -m infra.pictures

bench: $(READY)  ## cold starts and more, ours beside the same work built as others would (BENCH_FLAGS=--quick)
	@$(PYTHON) -m pytest -q --no-cov --override-ini "addopts=--import-mode=importlib" tests/bench
	@$(PYTHON) -m tests.bench $(BENCH_FLAGS)

# Other seeds each time: SEED=1000 tries once more what a run that said so has tried.
trust: $(READY)  ## ten thousand runs amid faults, a million requests, a thousand enquiries at once (SEED=1000)
	@SEED=$(or $(SEED),$$(date +%s)) $(PYTHON) -m pytest -q -s --no-cov --show-capture=no --hypothesis-profile trust \
	  tests/integration/test_memory.py tests/integration/test_faults.py tests/integration/test_inputs.py tests/stack/test_crowd.py

check: $(READY)  ## format, lint and types alone
	@$(PYTHON) -m ruff format --check . && $(PYTHON) -m ruff check . && $(PYTHON) -m mypy

# Beside the environment, whose libraries it would not have in their present versions: checkov asks for boto3 of 2024.
checkov: $(READY)  ## look at the templates with checkov, which is fetched for it
	@"$$(sh infra/build/uv.sh)" tool run --quiet --from checkov==3.3.30 checkov --config-file .checkov.yaml \
	  --file template.yaml infra/deploy_roles.yaml

format: $(READY)  ## put every Python file into its form
	@$(PYTHON) -m ruff format . && $(PYTHON) -m ruff check --fix .

build: $(READY)  ## the packages that Lambda gets, in .aws-sam/build (ARCH=arm64 or x86_64)
	@grep -q '^\[$(CONFIG)\.deploy\.' samconfig.toml || \
	  { echo "samconfig.toml has no [$(CONFIG).deploy.parameters]: STAGE is dev, prod, or one that you add there." >&2; exit 1; }
	@$(PYTHON) -m infra.site.translations.check || echo "== The above is to be done; what is withheld is not published."
	@$(PYTHON) -m infra.closures --missing
	@$(PYTHON) -m infra.ops.origin "$(CONFIG)"
	@ARCH=$(ARCH) $(SAM) build --config-env $(CONFIG) --parameter-overrides Architecture=$(ARCH)

deploy: build  ## build, and deploy to AWS (STAGE=dev or prod; the first time with FLAGS=--guided)
	@[ "$(ARCH)" = arm64 ] || sed -n '/^\[$(CONFIG)\.deploy\./,/^$$/p' samconfig.toml | grep -q 'Architecture=[\"]*$(ARCH)' || \
	  { echo "Add Architecture=$(ARCH) to the parameter_overrides of [$(CONFIG).deploy.parameters] in samconfig.toml first." >&2; exit 1; }
	@$(SAM) deploy --config-env $(CONFIG) $(FLAGS)

# Its own Makefile, libraries and articles; of what is here, only the settings.
rollback:  ## deploy what a tag or commit has, as the way back (TO=v0.3.0; STAGE=dev or prod)
	@commit=$$(git rev-parse --verify --quiet "$(TO)^{commit}") || \
	  { echo "TO=$(TO) is no tag and no commit here: \`git tag\` lists releases, \`git fetch --tags\` brings them." >&2; exit 1; }; \
	rm -rf .local/rollback && mkdir -p .local/rollback && git archive "$$commit" | tar -x -C .local/rollback && \
	  cp samconfig.toml .local/rollback && $(MAKE) -C .local/rollback deploy

journey: $(READY)  ## try a stage's pages from outside, as a reader's browser asks for them (STAGE=dev or prod)
	@$(PYTHON) -m infra.ops.journey "$(STACK)"

doctor: $(READY)  ## whether all is well with a stage, before a deployment and after, and what to do (STAGE=dev or prod)
	@$(PYTHON) -m infra.ops.doctor "$(CONFIG)"

restore: $(READY)  ## enquiries as they were at a moment, in a new table (AT=2026-11-29T10:00Z; STAGE=dev or prod)
	@$(PYTHON) -m infra.ops.restore "$(STACK)" $(if $(AT),--at "$(AT)") $(if $(TABLE),--table "$(TABLE)") \
	  $(if $(EMPTY),--empty "$(EMPTY)")

rotate-keys: $(READY)  ## a new key for the links in mails; the one before still works (STAGE=dev or prod)
	@$(PYTHON) -m infra.ops.rotate_keys "$(STACK)"

# The words after `leads` are the command's, and no targets of their own.
ifeq (leads,$(firstword $(MAKECMDGOALS)))
LEADS := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
.PHONY: $(LEADS)
$(foreach word,$(LEADS),$(eval $(word):;@:))
endif

leads: $(READY)  ## enquiries from a shell, such as `make leads erase 7KQM-4TWX STAGE=prod`; alone, it lists the commands
	@$(PYTHON) -m infra.ops.leads "$(STACK)" $(or $(LEADS),--help)

released: $(READY)  ## after a release of prod: keep its style, script and pictures for the pages that outlive it
	@$(PYTHON) -m infra.site.released

release: $(READY)  ## number, changelog and tag of a release, from what is committed (VERSION=0.3.0)
	@$(PYTHON) -m infra.ops.release "$(VERSION)"

content-check: $(READY)  ## what drifted in which translation, and what is past its review date
	@$(PYTHON) -m infra.site.translations.check

closures: $(READY)  ## public holidays, for the practice file to keep or strike (YEAR=2027)
	@$(PYTHON) -m infra.closures $(YEAR)

catalogues: $(READY)  ## bring the message catalogues up to date with the sources, for translators
	@$(PYTHON) -m infra.site.languages.catalogues update

clean:  ## remove everything that was made here
	@rm -rf .venv .tools .aws-sam .local .cache .bench .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis \
	  tests/browser/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml uv.lock .python-version
	@echo "== Python environment, in $(VENV) (the first time, a minute or two)" >&2
	@uv=$$(sh infra/build/uv.sh) || exit 1; if [ -t 2 ]; then quiet=; else quiet=--quiet; fi; \
	  env -u VIRTUAL_ENV UV_PROJECT_ENVIRONMENT="$(VENV)" "$$uv" sync --frozen $$quiet >&2
	@touch $@

# `sam build` calls these, with the folder to fill in ARTIFACTS_DIR.
build-%: $(READY)
	@$(PYTHON) -m infra.build $* "$(ARTIFACTS_DIR)"
