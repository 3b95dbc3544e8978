# SPDX-License-Identifier: GPL-2.0-or-later
# What the Makefile does for tests alone: unit tests, fuzzing, the programs that tests call, the layers of the source.
.PHONY: unit fuzz replay tools vm-tools bench-tools lint layers check demo

# --- tests: glibc, with the address and undefined-behaviour sanitizers -------------------------

U := $B/unit
UNIT_FLAGS := $(LANG_FLAGS) -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all $(WARN) -MMD -MP
UNIT_LIBS = -lcmocka $(shell $(PKG_CONFIG) --libs libpci libmd libcjson expat)
UNIT_CFLAGS = $(shell $(PKG_CONFIG) --cflags libpci libmd libcjson expat)

unit = $(CC) $(UNIT_FLAGS) $(UNIT_CFLAGS)
$(foreach r,$(ROOMS),$(eval $(call room,$r,$U,unit)))
$U/.flags: FORCE
	$(call stamp,$(CC) $(UNIT_FLAGS))

HELPERS := $(patsubst %.c,$U/%.o,$(wildcard tests/unit/lib/*.c))
# Of another machine there are two folders with a C library, and QEMU must not load from both: the sanitizers' own is
# linked in.
TEST_LINK = $(CC) -fsanitize=address,undefined $(if $(TARGET),-static-libasan -static-libubsan)
$(HELPERS): $U/%.o: %.c $U/.flags | $B/sees
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(unit) -iquote src -c $< -o $@
$U/lib.a: $(HELPERS)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# A test sees what its room sees, and is linked with that and nothing else: were a room to need one above
# it, its tests would not link. Those of a pure room, or of record, are linked with no library either, but libmd.
define tests
$(patsubst tests/unit/%.c,$U/tests/%.o,$(wildcard tests/unit/$1/test-*.c)): $U/tests/%.o: tests/unit/%.c $U/.flags | $B/sees
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(Q)$$(unit) -iquote $B/sees/$1 -Itests/unit/lib -c $$< -o $$@
$(patsubst tests/unit/%.c,$U/tests/%,$(wildcard tests/unit/$1/test-*.c)): %: %.o $U/lib.a $(call archives,$1 $(SEES_$1),$U)
	$$(call say,LD)
	$$(Q)$$(TEST_LINK) $$^ $$(or $$(LIBS_$$(@F)),$(if $(filter $1,$(PURE) $(HEAP)),-lcmocka -lmd,$$(UNIT_LIBS))) -o $$@
endef
# It takes memory away.
LIBS_test-record-file = $(UNIT_LIBS) -Wl,--wrap=malloc
# It compares with libpci's own reading of a selector.
LIBS_test-selector-lspci = $(UNIT_LIBS)
$(foreach r,$(ROOMS),$(eval $(call tests,$r)))
TESTS := $(patsubst tests/unit/%.c,$U/tests/%,$(wildcard tests/unit/*/test-*.c))
-include $(TESTS:%=%.d) $(HELPERS:.o=.d)

# Of another machine they need none of the tools, and QEMU runs them.
ifneq ($(TARGET),)
unit: $(TESTS)
	@sh tests/unit/foreign.sh $(firstword $(subst -, ,$(TARGET))) $^
else
unit: $(TESTS) tools
	@export LSAN_OPTIONS=suppressions=tests/unit/lsan.supp:print_suppressions=0 ASAN_OPTIONS=detect_stack_use_after_return=1; \
	failed=; for t in $(TESTS); do $$t || failed="$$failed $${t#$U/tests/}"; done; \
	if [ -n "$$failed" ]; then echo "failed:$$failed" >&2; exit 1; fi
endif

# Bytes that nobody thought of: libFuzzer on each parser, SECONDS a target, two at a time. What was
# found once is replayed with every run of the tests, as the seeds are, by gcc and without libFuzzer.
SECONDS ?= 60
FUZZ_TARGETS := $(patsubst tests/hostile/fuzz/fuzz-%.c,%,$(wildcard tests/hostile/fuzz/fuzz-*.c))
PURE_SRC := $(foreach r,$(PURE),$(wildcard src/$r/*.c))
FUZZ_SRC := $(PURE_SRC) $(wildcard src/record/*.c) $(addprefix src/,sys/json.c sys/json-fields.c sys/file.c \
	sys/memory.c store/record-file.c libvirt/xml.c libvirt/edit.c)
FUZZ_FLAGS := -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZ := $(FUZZ_TARGETS:%=$B/fuzz/fuzz-%)
$B/fuzz/fuzz-%: tests/hostile/fuzz/fuzz-%.c tests/hostile/fuzz/configcheck.c $(FUZZ_SRC) \
		$(wildcard src/*/*.h tests/hostile/fuzz/*.h) Makefile tests/tests.mk
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)clang $(LANG_FLAGS) $(FUZZ_FLAGS) $(WARN) -iquote src $(UNIT_CFLAGS) $(filter %.c,$^) \
		$(shell $(PKG_CONFIG) --libs libcjson libmd expat) -o $@
fuzz: $(FUZZ) $B/tests/mkrom
	@sh tests/hostile/fuzz/run $(SECONDS) $(FUZZ)

REPLAY := $(FUZZ_TARGETS:%=$U/replay-%)
REPLAY_OBJ := $(patsubst tests/hostile/fuzz/%.c,$U/fuzz/%.o,$(wildcard tests/hostile/fuzz/*.c))
$(REPLAY_OBJ): $U/fuzz/%.o: tests/hostile/fuzz/%.c $U/.flags
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(unit) -iquote src -c $< -o $@
$(REPLAY): $U/replay-%: $U/fuzz/fuzz-%.o $U/fuzz/replay.o $U/fuzz/configcheck.o $(call archives,$(ROOMS),$U)
	$(call say,LD)
	$(Q)$(TEST_LINK) $^ $(UNIT_LIBS) -o $@
-include $(REPLAY_OBJ:.o=.d)
replay: $(REPLAY) $B/tests/mkrom
	@sh tests/hostile/fuzz/replay.sh $(REPLAY)

# Files that somebody damaged: the parsers under the sanitizers, and a second opinion that shares nothing with them.
MUTATE_SRC := $(wildcard tests/hostile/mutate/*.c src/util/*.c src/pci/*.c src/rom/*.c)
$B/mutate/mutate: $(MUTATE_SRC) $(wildcard tests/hostile/mutate/*.h src/*/*.h) Makefile tests/tests.mk
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(LANG_FLAGS) -O2 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
		$(WARN) -iquote src $(MUTATE_SRC) -lmd -o $@

# Programs that tests call: mkrom (ROMs from text), pcicard (a synthetic card for QEMU), fakesys (a
# sysfs that misbehaves when told to, on FUSE) and those of tests/crash, static: they also work in a guest
# that has no C library.
TOOL_FLAGS := $(LANG_FLAGS) -O2 -g $(WARN) -MMD -MP
MKROM_OBJ := $(patsubst tests/%.c,$B/tools/%.o,$(wildcard tests/rom/mkrom*.c))
PCICARD_OBJ := $(patsubst tests/%.c,$B/tools/%.o,$(wildcard tests/fake/card/*.c))
FAKESYS_OBJ := $(patsubst tests/%.c,$B/tools/%.o,$(wildcard tests/fake/sysfs/*.c))
STORE_OBJ := $(patsubst tests/%.c,$B/tools/%.o,$(wildcard tests/crash/*.c))
STORE_TOOLS := $(addprefix $B/tests/,sysfail faults storelook replaylog)
# The guests need no FUSE: the demo's machine has none.
VM_TOOLS := $B/tests/mkrom $B/tests/pcicard $B/tests/kexec
vm-tools: $(VM_TOOLS)
tools: $(VM_TOOLS) $B/tests/fakesys $(STORE_TOOLS)
$B/tools/%.o: tests/%.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(TOOL_FLAGS) -c $< -o $@
$(FAKESYS_OBJ): TOOL_FLAGS += $(shell $(PKG_CONFIG) --cflags fuse3)
$B/tests/fakesys: $(FAKESYS_OBJ)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $^ $(shell $(PKG_CONFIG) --libs fuse3) -pthread -o $@
$B/tests/sysfail: $(addprefix $B/tools/crash/,sysfail.o trace.o)
$B/tests/faults: $(addprefix $B/tools/crash/,faults.o trace.o look.o tree.o)
$B/tests/storelook: $(addprefix $B/tools/crash/,storelook.o look.o tree.o)
$B/tests/replaylog: $B/tools/crash/replaylog.o
$B/tests/kexec: $B/tools/fake/kexec/kexec.o
$(STORE_TOOLS) $B/tests/kexec:
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -static $^ $(if $(filter %/look.o,$^),-lmd) -o $@
$B/tests/mkrom: $(MKROM_OBJ)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $^ -o $@
$B/tests/pcicard: $(PCICARD_OBJ)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $^ -o $@

# Programs of tests/bench: used (what a command costs), pcitree (a large machine of plain files). Static: the memory
# of what "used" runs is never less than its own.
BENCH_TOOLS := $B/tests/used $B/tests/pcitree
bench-tools: $(BENCH_TOOLS)
$(BENCH_TOOLS): $B/tests/%: $B/tools/bench/%.o
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -static $^ -o $@

# The store over years of boots, by chance (tests/crash/years): the program's own objects, and a machine that is
# made up at the calls named here.
YEARS_OBJ := $(patsubst tests/%.c,$B/years/%.o,$(wildcard tests/crash/model/*.c) tests/crash/tree.c \
	tests/unit/lib/romimage.c)
YEARS_WRAP := renameat linkat symlinkat unlinkat mkdirat fsync deadline_run pciscan clock_now
$(YEARS_OBJ): $B/years/%.o: tests/%.c $B/obj/.flags | $(NEED_DEPS)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(COMPILE) -iquote src -Itests/unit/lib $(KERNEL_FLAGS) $(MD_FLAGS) $(JSON_FLAGS) -c $< -o $@
YEARS := $(YEARS_OBJ) $(call archives,cmd $(SEES_cmd),$B/obj)
$B/tests/years: $(YEARS) $(NEED_DEPS)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LINK) $(YEARS_WRAP:%=-Wl,--wrap=%) $(YEARS) $(LIBS) $(LINK_FLAGS) $(LDFLAGS) -o $@
-include $(YEARS_OBJ:.o=.d)

# Who may call whom: a room those that it sees; a pure one memory, strings, and formatting into what it is given; one
# of the kind heap allocates, too.
LAYERS := $(ROOMS:%=layers-%)
.PHONY: $(LAYERS)
$(LAYERS): layers-%: $(call archives,$(ROOMS),$B/obj)
	@sh tests/lint/layers.sh $B/obj $* $(if $(filter $*,$(PURE)),pure,$(if $(filter $*,$(HEAP)),heap,edge)) $(SEES_$*)
layers: $(LAYERS)
	@sh tests/lint/circles.sh

lint: layers
	@sh tests/lint/run

check:
	@sh tests/check
demo:
	@sh tests/demo
-include $(MKROM_OBJ:.o=.d) $(PCICARD_OBJ:.o=.d) $(FAKESYS_OBJ:.o=.d) $(STORE_OBJ:.o=.d)
-include $(BENCH_TOOLS:$B/tests/%=$B/tools/bench/%.d)
