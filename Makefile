MAVEN = mvn -B -ntp
ARCH = x86_64
FLAVOR = hook
FUZZ_SECONDS = 600
# Benchmarks run as tests do, but only when asked; the launcher makes the jar that they measure.
BENCHMARK = ./osie-build --version && $(MAVEN) -q -pl builder -am test -Dgroups=bench -DexcludedGroups= \
	-Dsurefire.failIfNoSpecifiedTests=false

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1	\2/p' Makefile | awk -F'\t' '{ printf "%-12s %s\n", $$1, $$2 }'

image: ## Build the kernel and initramfs of FLAVOR (hook) for ARCH (x86_64, aarch64 or all) into out/
	./osie-build build $(FLAVOR) --arch $(ARCH)

run: ## Boot what make image built, in QEMU
	./osie-build run $(FLAVOR) --arch $(ARCH)

test: tools ## Format check and every test, those that boot a machine too (installs what they need, or says what to install)
	$(MAVEN) spotless:check verify

unit: ## The fast tests, which need nothing but a JDK
	$(MAVEN) test

tools: ## Get the programs that the tests need
	@.ci/tools

bench: tools ## Measure wall time, CPU and memory of builds, beside zstd over the same bytes, and of validate
	$(BENCHMARK) -Dtest='BuildBenchmark,ValidationBenchmark'

bench-boot: tools ## Measure three boots of each architecture: seconds from kernel start to each milestone, and memory left
	$(BENCHMARK) -Dtest=BootBenchmark

bench-pull: tools ## Measure a pull of 300 MB from a registry on this machine, beside skopeo
	$(BENCHMARK) -Dtest=PullBenchmark

bench-depmod: ## Measure reading and indexing all modules of Debian's kernel, beside kmod's depmod
	$(BENCHMARK) -Dtest=DepmodBenchmark

kernel-full: ## Compile kernel-configs/linux-6.12 from source in Docker, and boot FLAVOR (hook) with it in QEMU: an hour or more
	time ./osie-build kernel build linux-6.12 --arch $(ARCH)
	./osie-build build $(FLAVOR) --overlay source-kernel --arch $(ARCH) --output out/source-kernel
	./osie-build run $(FLAVOR) --arch $(ARCH) --output out/source-kernel

bench-worker: tools ## Measure the worker's start, its memory and the size of its image (needs root)
	$(BENCHMARK) -Dtest=WorkerBenchmark

fuzz: ## Validate documents that were changed at random, for FUZZ_SECONDS (600)
	$(MAVEN) -q -pl builder -am test -Dtest=DocumentFuzzTest -Dgroups=tools -DexcludedGroups= \
		-DargLine=-Xmx256m -Dfuzz.seconds=$(FUZZ_SECONDS) -Dsurefire.failIfNoSpecifiedTests=false

fmt: ## Format the Java sources
	$(MAVEN) -q spotless:apply

lint: ## Check the format and compile with every warning an error
	$(MAVEN) -q spotless:check test-compile

clean: ## Remove what was built; downloaded packages stay in the cache
	$(MAVEN) -q clean
	rm -rf out

.PHONY: help image run test unit tools bench bench-boot bench-pull bench-depmod kernel-full bench-worker fuzz fmt lint clean
.DEFAULT_GOAL = help
