# Two targets do everything on a bare machine: `make demo` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PORT ?= 8000
export UV_PROJECT_ENVIRONMENT := .venv
VENV := .venv/bin
STAMP := .venv/.installed
STAMP_DEV := .venv/.installed-dev

.PHONY: help demo test check bench clean stop environment environment-dev browser lint types unit flows format generated

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

demo: environment ## everything from nothing: database, packs, a synthetic county, the site on 127.0.0.1:$(PORT)
	@echo "正在启动数据库和网站…… (starting)"
	@$(VENV)/publiccredit demo --port $(PORT)

test: environment-dev browser ## everything from nothing: install what tests need, then the whole suite
	@$(MAKE) --no-print-directory check

check: lint types generated ## every check, seconds first (after `make test` has installed what it needs)
	$(VENV)/pytest tests -n 2 --dist worksteal -m "not scale" $(if $(CI),-p no:randomly) --cov --cov-report= -q
	$(VENV)/coverage report --fail-under=95 --skip-covered --sort=cover | tail -25

lint:
	$(VENV)/ruff format --check --quiet .
	$(VENV)/ruff check --quiet .
	$(VENV)/lint-imports
	$(VENV)/yamllint --strict packs
	$(VENV)/djlint --quiet --lint publiccredit

types:
	$(VENV)/mypy publiccredit

generated:
	PUBLICCREDIT_DATA=.data/test $(VENV)/python manage.py makemigrations --check --dry-run
	PUBLICCREDIT_DATA=.data/test $(VENV)/python manage.py generate_docs --check

bench: environment-dev ## the benchmarks of docs/benchmarks.md: ratios against named baselines in one run
	$(VENV)/python -m tests.scale

format: ## put the code in its form
	$(VENV)/ruff check --fix --quiet . || true
	$(VENV)/ruff format --quiet .

stop: ## stop the site, the worker and the embedded database of this folder; the data stays, and so do running tests
	@test ! -x $(VENV)/publiccredit || $(VENV)/publiccredit stop

clean: ## stop, and remove all data of this folder (.data); the environment stays
	@test ! -x $(VENV)/publiccredit || $(VENV)/publiccredit stop --remove-databases
	rm -rf .data

environment: $(STAMP)

$(STAMP): pyproject.toml uv.lock ops/install-environment
	@echo "正在按锁定文件安装运行环境，首次需要几分钟…… (installing the environment; minutes the first time)"
	@ops/install-environment --no-dev
	@touch $@

environment-dev: $(STAMP_DEV)

$(STAMP_DEV): pyproject.toml uv.lock ops/install-environment
	@echo "正在安装测试环境，首次需要几分钟…… (installing what the tests need; minutes the first time)"
	@ops/install-environment --all-groups
	@touch $@ $(STAMP)

browser: ## install Chromium and Chinese fonts where this account may, otherwise say what to install
	@ops/install-browser
