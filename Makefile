# sitecover: `make demo` and `make test` are all that a fresh machine needs (README.md).
GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -X main.version=$(VERSION)
DEMO    ?= demo
PEOPLE  ?= 600000
SEED    ?= 1

.PHONY: demo test bench bench-growth lint fuzz build deps deps-test screenshots clean

## demo: install what is missing, build, make the model county, run the whole study, say where the report lies
demo: build
	./bin/sitecover demo $(DEMO) --people $(PEOPLE) --seed $(SEED) --force

## build: the program, in bin/
build: deps
	CGO_ENABLED=1 $(GO) build -trimpath -ldflags "$(LDFLAGS)" -o bin/sitecover ./cmd/sitecover

## test: install what the tests need, vet, run every test, print the counts
test: deps-test lint
	./.ci/test

## bench: the benchmarks; BENCH=pattern, RG_DIR and SITING_DIR name the folders of the yardstick instances (docs/speed.md)
BENCH ?= .
bench: deps
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem ./...

## bench-growth: coverage of the model county at 0.6, 6 and 60 million people (docs/speed-growth.md); GROWTH=sizes, GROWTH_DIR=folder
## that keeps the inputs; GROWTH_FLAGS=-scattered for the denser county; making those of 60 million takes minutes and 4 GB
GROWTH ?= 600000,6000000,60000000
GROWTH_DIR ?=
GROWTH_FLAGS ?=
bench-growth: build
	$(GO) run ./.ci/growth -binary bin/sitecover -people $(GROWTH) -dir "$(GROWTH_DIR)" $(GROWTH_FLAGS)

## fuzz: every reader against damaged input, FUZZTIME each; FUZZ=pattern chooses some
fuzz: deps
	./.ci/fuzz

## lint: formatting, vet, staticcheck
lint: deps
	@test -z "$$(gofmt -l cmd coverage data geo reports siting)" || { echo "not gofmt-clean:"; gofmt -l cmd coverage data geo reports siting; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

deps:
	@./.ci/deps build

deps-test:
	@./.ci/deps test

## screenshots: the README's pictures, from the demo
screenshots: demo deps-test
	./.ci/screenshots $(DEMO)

clean:
	rm -rf bin $(DEMO) build
