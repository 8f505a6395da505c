# wangge 网格: everything a builder or a user needs. `make help` lists the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

# Tests find real data here; where the folder is absent they say so and skip.
export WANGGE_REAL_DATA ?= $(realpath ../shared/data/real)
export CGO_ENABLED ?= 1

GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.5.0
WEB := api/web
# Packages with golden files: their tests know the flag -update.
GOLDEN := ./layers/style
WEB_SOURCES := $(shell find $(WEB) -path $(WEB)/node_modules -prune -o -path $(WEB)/dist -prune -o -type f -print 2>/dev/null)
GO_SOURCES := $(shell find . -path ./$(WEB)/node_modules -prune -o \( -name '*.go' -o -name '*.sql' \) -print) go.mod go.sum
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.PHONY: help install-build install-test build demo test test-go test-web test-browser interop check lint web bench bless migration clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install-build:
	@.ci/install build

install-test:
	@.ci/install test

build: install-build bin/wangge ## install what is missing, build the web app and bin/wangge

bin/wangge: $(GO_SOURCES) $(WEB)/dist/index.html
	go build -trimpath -ldflags '-X main.version=$(VERSION)' -o $@ ./cmd/wangge

web: $(WEB)/dist/index.html ## build the web app

$(WEB)/node_modules/.package-lock.json: $(WEB)/package.json $(WEB)/package-lock.json
	cd $(WEB) && npm ci --no-audit --no-fund
	@touch $@

$(WEB)/dist/index.html: $(WEB)/node_modules/.package-lock.json $(WEB_SOURCES)
	cd $(WEB) && npm run build
	@touch $@

demo: build ## the demo city on http://127.0.0.1:8080
	bin/wangge demo

test: install-test build test-go test-web test-browser ## everything, against a real PostGIS and a real browser

# say-left-out names the third parties whose checks cannot run: go test tells of a skipped test only when it is asked.
define say-left-out
@for p in nginx varnishd ogrinfo osmium cbc; do command -v $$p >/dev/null || echo "left out: the checks with $$p, which is not installed"; done
@test -d "$(WANGGE_REAL_DATA)" || echo "left out: the tests on real data, for WANGGE_REAL_DATA names no folder"
endef

test-go:
	$(say-left-out)
	go vet ./...
	go test -vet=off -race -timeout 20m ./...

test-web: $(WEB)/node_modules/.package-lock.json
	cd $(WEB) && npm run check && npm test

test-browser: bin/wangge $(WEB)/node_modules/.package-lock.json
	.ci/browser

interop: install-test build ## checks with third parties that are installed: nginx, Varnish, GDAL
	$(say-left-out)
	go test -race -timeout 20m -run Interop ./...

check: lint test-web ## what a review asks for before it looks: linters and types
	go vet ./...

lint: ## golangci-lint over the Go code
	go run $(GOLANGCI) run ./...

bench: build ## measure loading, tiles, commits, imports and coverage, each beside its baseline: five minutes
	bin/wangge bench

bless: ## write the golden files anew; look at the difference before you commit it
	go test $(GOLDEN) -run Golden -update

migration: ## make migration NAME=add_hydrant: the next empty migration
	@test -n "$(NAME)" || { echo 'usage: make migration NAME=verb_noun' >&2; exit 2; }
	@n=$$(ls migrations/*.sql | wc -l); f=$$(printf 'migrations/%04d_%s.sql' $$((n + 1)) "$(NAME)"); \
	printf -- '-- Why this change is made.\n-- +goose Up\n' >"$$f"; echo "$$f"

clean: ## remove what was built; the demo's data stays
	rm -rf bin $(WEB)/dist $(WEB)/node_modules
