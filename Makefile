# Popdown. Bare `make` prints this help.
GO      ?= go
TOOL     = GOFLAGS= CGO_ENABLED=0 $(GO) tool -modfile=tools/go.mod
SHORT    = -timeout 15m

.DEFAULT_GOAL := help
.PHONY: help run test check demo bench soak lint fmt generate clean install build vuln race

help: ## Print this help
	@echo "Popdown finds fake-support popups, proves what they do, and gets them taken down."
	@echo
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install build ## Install what is missing and show the whole loop on the practice Internet
	bin/practice demo

test: install build ## Run the tests (installs what they need)
	$(GO) test $(SHORT) ./...

check: install build lint race demo vuln ## What CI runs: format, vet, linters, race tests, the demo, vulnerabilities

bench: install ## Measure speed and memory
	$(GO) test -run '^$$' -bench . -benchmem ./...

soak: install build ## The long forms of the tests: kills at chance moments, for half an hour
	POPDOWN_SOAK=30m $(GO) test -timeout 2h -count 1 -v -run Soak ./cmd/practice

lint: ## gofmt, go vet and the linters
	@test -z "$$(gofmt -l cmd internal)" || { gofmt -l cmd internal; echo "not formatted: make fmt"; exit 1; }
	$(GO) vet ./...
	$(TOOL) golangci-lint run

fmt: ## Format the code
	gofmt -w cmd internal

generate: ## Rewrite golden files from what the code does now
	for room in crawl evaluate evidence report review; do $(GO) test ./internal/$$room -update || exit 1; done

clean: ## Remove what was built; data folders stay
	rm -rf bin

install:
	@deploy/install.sh

build:
	@mkdir -p bin
	$(GO) build -o bin/ ./cmd/...

race: install
	$(GO) test -race $(SHORT) ./...

demo: install build ## The whole loop with an automatic analyst: the end-to-end test
	bin/practice demo --auto </dev/null

# Reports and never blocks; says so when the database is out of reach.
vuln:
	@$(TOOL) govulncheck ./... || echo "govulncheck gave no clean verdict (see above); this does not fail the check"
