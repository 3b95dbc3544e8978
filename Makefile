# gpurom: `make deps`, `make`, `make install`. What else there is: `make help`.
#
#	make                    build/gpurom, static against musl; compiler: CC=gcc or CC=clang
#	make LIBC=system        the same, with the distribution's shared libraries
#	make WERROR=1           warnings are errors (what CI does)
#	make V=1                shows the commands
#	make install            DESTDIR= PREFIX=/usr SYSCONFDIR=/etc; make uninstall takes it back

ifeq ($(origin CC),default)
CC := gcc
endif
LIBC ?= musl
B ?= build
DEPS ?= build/deps
PREFIX ?= /usr
SYSCONFDIR ?= /etc
VERSION := $(or $(VERSION),$(shell git describe --always --dirty 2>/dev/null),unknown)
PKG_CONFIG ?= pkg-config
export PCIUTILS_SRC LIBMD_SRC CJSON_SRC EXPAT_SRC

CORE_SRC := $(wildcard src/core/*.c)
SYS_SRC := $(wildcard src/sys/*.c)
TOP_SRC := $(wildcard src/*.c)
DOMAIN_SRC := $(wildcard src/domain/*.c)
SRC := $(CORE_SRC) $(SYS_SRC) $(TOP_SRC) $(DOMAIN_SRC)

Q := $(if $(filter 1,$(V)),,@)
QUIET := $(findstring s,$(firstword -$(MAKEFLAGS)))
say = $(if $(Q)$(QUIET),$(if $(QUIET),,@echo '  $(1) $@'))

.PHONY: all deps unit fuzz replay tools vm-tools lint layers check demo install uninstall clean help FORCE
.DELETE_ON_ERROR:
all: $B/gpurom $B/gpurom-domain

# --- flags ------------------------------------------------------------------------------------

WARN := -Wall -Wextra -Wshadow -Wconversion -Wmissing-prototypes -Wstrict-prototypes -Wvla \
	-Wformat=2 $(if $(filter 1,$(WERROR)),-Werror)
LANG_FLAGS := -std=gnu11 -D_GNU_SOURCE
# Who may include whom is kept by the compiler: core sees itself alone, sys sees core, commands see
# both, and gpurom-domain sees all.
LAYER_core := -Isrc/core
LAYER_sys := -Isrc/core -Isrc/sys
LAYER_src := -Isrc -Isrc/core -Isrc/sys
LAYER_domain := -Isrc/domain $(LAYER_src)

CODE_FLAGS := -Os -g -fPIE -ffunction-sections -fdata-sections -fstack-protector-strong \
	-fno-asynchronous-unwind-tables -fno-unwind-tables
LINK_FLAGS := -Wl,--gc-sections -Wl,-z,relro,-z,now,-z,noexecstack,-z,noseparate-code -Wl,--as-needed

ifeq ($(LIBC),musl)
# musl without its gcc-only wrapper, so that clang builds the same program. The wrapper also cannot
# link a static PIE (address randomisation for a static program): rcrt1.o is musl's start for that.
MUSL_ARCH := $(shell uname -m)-linux-musl
MUSL_INCLUDE ?= /usr/include/$(MUSL_ARCH)
MUSL_LIB ?= /usr/lib/$(MUSL_ARCH)
LIBC_FLAGS := -nostdinc -isystem $(MUSL_INCLUDE) -isystem $(shell $(CC) -print-file-name=include)
KERNEL_FLAGS := -isystem $(DEPS)/kernel
DATA_FLAGS := -isystem $(DEPS)/include -isystem $(DEPS)/include/libmd -isystem $(DEPS)/include/cjson
PCI_FLAGS := -isystem $(DEPS)/include/pciutils
XML_FLAGS := -isystem $(DEPS)/include/expat
XML_LIBS := $(DEPS)/lib/libexpat.a
LINK := -static-pie -nostdlib $(MUSL_LIB)/rcrt1.o $(MUSL_LIB)/crti.o
LIBS := $(DEPS)/lib/libpci.a $(DEPS)/lib/libmd.a $(DEPS)/lib/libcjson.a -L$(MUSL_LIB) \
	-Wl,--start-group -lc $(shell $(CC) -print-libgcc-file-name) -Wl,--end-group $(MUSL_LIB)/crtn.o
NEED_DEPS := $(DEPS)/done
else ifeq ($(LIBC),system)
DATA_FLAGS := $(shell $(PKG_CONFIG) --cflags libmd libcjson)
PCI_FLAGS := $(shell $(PKG_CONFIG) --cflags libpci)
XML_FLAGS := $(shell $(PKG_CONFIG) --cflags expat)
XML_LIBS := $(shell $(PKG_CONFIG) --libs expat)
LINK := -pie
LIBS := $(shell $(PKG_CONFIG) --libs libpci libmd libcjson)
NEED_DEPS :=
else
$(error LIBC=$(LIBC): musl or system)
endif

COMPILE = $(CC) $(LANG_FLAGS) $(LIBC_FLAGS) $(CODE_FLAGS) $(WARN) $(CPPFLAGS) $(CFLAGS) -MMD -MP

# --- the programs ------------------------------------------------------------------------------

CORE_OBJ := $(CORE_SRC:src/%.c=$B/%.o)
SYS_OBJ := $(SYS_SRC:src/%.c=$B/%.o)
TOP_OBJ := $(TOP_SRC:src/%.c=$B/src/%.o)
DOMAIN_OBJ := $(DOMAIN_SRC:src/%.c=$B/%.o)
OBJ := $(CORE_OBJ) $(SYS_OBJ) $(TOP_OBJ)

# Only what was built with other flags, or another version, is built again.
define stamp
@mkdir -p $(@D)
@printf '%s\n' '$(1)' | cmp -s - $@ || printf '%s\n' '$(1)' >$@
endef
$B/.flags: FORCE
	$(call stamp,$(COMPILE) $(LINK) $(XML_LIBS) $(LIBS) $(LINK_FLAGS) $(LDFLAGS))
$B/.version: FORCE
	$(call stamp,$(VERSION))

$(OBJ) $(DOMAIN_OBJ): $B/.flags | $(NEED_DEPS)
$(CORE_OBJ): $B/core/%.o: src/core/%.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(COMPILE) $(LAYER_core) -c $< -o $@
$(SYS_OBJ): $B/sys/%.o: src/sys/%.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(COMPILE) $(LAYER_sys) $(KERNEL_FLAGS) $(DATA_FLAGS) $(EXTRA_FLAGS) -c $< -o $@
$(TOP_OBJ): $B/src/%.o: src/%.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(COMPILE) $(LAYER_src) $(KERNEL_FLAGS) $(DATA_FLAGS) $(EXTRA_FLAGS) -c $< -o $@
$(DOMAIN_OBJ): $B/domain/%.o: src/domain/%.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(COMPILE) $(LAYER_domain) $(KERNEL_FLAGS) $(DATA_FLAGS) $(EXTRA_FLAGS) -c $< -o $@
$B/sys/pciscan.o: EXTRA_FLAGS := $(PCI_FLAGS)
$B/domain/domxml.o: EXTRA_FLAGS := $(XML_FLAGS)
$B/src/main.o $B/domain/main.o: EXTRA_FLAGS := -DGPUROM_VERSION='"$(VERSION)"'
$B/src/main.o $B/domain/main.o: $B/.version

$B/gpurom.debug: $(OBJ) $(NEED_DEPS)
	$(call say,LD)
	$(Q)$(CC) $(LINK) $(OBJ) $(LIBS) $(LINK_FLAGS) $(LDFLAGS) -o $@
$B/gpurom-domain.debug: $(DOMAIN_OBJ) $(filter-out $B/src/main.o,$(OBJ)) $(NEED_DEPS)
	$(call say,LD)
	$(Q)$(CC) $(LINK) $(DOMAIN_OBJ) $(filter-out $B/src/main.o,$(OBJ)) $(XML_LIBS) $(LIBS) \
		$(LINK_FLAGS) $(LDFLAGS) -o $@
$B/gpurom $B/gpurom-domain: $B/%: $B/%.debug
	$(call say,STRIP)
	$(Q)strip -s -R .comment -o $@ $<

# --- libraries for the static program ---------------------------------------------------------

deps: $(DEPS)/done
# Other sources asked for: build again. None asked for: what is built stands, as in "make; sudo make install".
$(DEPS)/.from: FORCE
	$(if $(strip $(PCIUTILS_SRC)$(LIBMD_SRC)$(CJSON_SRC)$(EXPAT_SRC))$(if $(wildcard $@),,none),\
		$(call stamp,$(PCIUTILS_SRC) $(LIBMD_SRC) $(CJSON_SRC) $(EXPAT_SRC)))
$(DEPS)/done: tests/deps.sh $(DEPS)/.from
	@echo 'building libpci, libmd, cJSON and expat into $(DEPS) (make deps)'
	@sh tests/deps.sh $(DEPS)

# --- tests: glibc, with the address and undefined-behaviour sanitizers -------------------------

U := $B/unit
UNIT_FLAGS := $(LANG_FLAGS) -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all $(WARN) -MMD -MP
UNIT_LIBS = -lcmocka $(shell $(PKG_CONFIG) --libs libpci libmd libcjson expat)
UNIT_CFLAGS = $(shell $(PKG_CONFIG) --cflags libpci libmd libcjson expat)

TESTS := $(patsubst tests/unit/test-%.c,%,$(wildcard tests/unit/test-*.c))
# A test of a core module is linked with core alone: were core to need sys, it would not link.
CORE_TESTS := $(filter $(patsubst src/core/%.h,%,$(wildcard src/core/*.h)),$(TESTS))
EDGE_TESTS := $(filter-out $(CORE_TESTS),$(TESTS))
HELPERS := $(filter-out tests/unit/test-%.c,$(wildcard tests/unit/*.c))

unit: $(TESTS:%=$U/test-%) tools
	@export LSAN_OPTIONS=suppressions=tests/lib/lsan.supp:print_suppressions=0; \
	failed=; for t in $(TESTS); do $U/test-$$t || failed="$$failed test-$$t"; done; \
	if [ -n "$$failed" ]; then echo "failed:$$failed" >&2; exit 1; fi

UNIT_CORE_OBJ := $(CORE_SRC:src/%.c=$U/%.o)
UNIT_EDGE_OBJ := $(SYS_SRC:src/%.c=$U/%.o) \
	$(patsubst src/%.c,$U/src/%.o,$(filter-out src/main.c,$(TOP_SRC))) \
	$(patsubst src/%.c,$U/%.o,$(filter-out src/domain/main.c,$(DOMAIN_SRC)))
UNIT_TEST_OBJ := $(TESTS:%=$U/tests/test-%.o) $(HELPERS:tests/unit/%.c=$U/tests/%.o)
UNIT_OBJ := $(UNIT_CORE_OBJ) $(UNIT_EDGE_OBJ) $(UNIT_TEST_OBJ)

$U/.flags: FORCE
	$(call stamp,$(CC) $(UNIT_FLAGS))
$(UNIT_OBJ): $U/.flags
$U/core/%.o: src/core/%.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(UNIT_FLAGS) $(LAYER_core) -c $< -o $@
$U/sys/%.o: src/sys/%.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(UNIT_FLAGS) $(LAYER_sys) $(UNIT_CFLAGS) -c $< -o $@
$U/src/%.o: src/%.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(UNIT_FLAGS) $(LAYER_src) $(UNIT_CFLAGS) -c $< -o $@
$U/domain/%.o: src/domain/%.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(UNIT_FLAGS) $(LAYER_domain) $(UNIT_CFLAGS) -c $< -o $@
$(CORE_TESTS:%=$U/tests/test-%.o): TEST_LAYER := $(LAYER_core)
$U/tests/%.o: TEST_LAYER := $(LAYER_domain)
$U/tests/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(UNIT_FLAGS) $(TEST_LAYER) -Itests/unit $(UNIT_CFLAGS) -c $< -o $@

$U/core.a: $(UNIT_CORE_OBJ)
$U/edge.a: $(UNIT_EDGE_OBJ)
$U/helpers.a: $(HELPERS:tests/unit/%.c=$U/tests/%.o)
$U/core.a $U/edge.a $U/helpers.a: $U/.flags
	@rm -f $@
	$(Q)ar rcs $@ $(filter %.o,$^)

TEST_LINK = $(CC) -fsanitize=address,undefined
$(CORE_TESTS:%=$U/test-%): $U/test-%: $U/tests/test-%.o $U/helpers.a $U/core.a
	$(call say,LD)
	$(Q)$(TEST_LINK) $^ -lcmocka -o $@
$(EDGE_TESTS:%=$U/test-%): $U/test-%: $U/tests/test-%.o $U/helpers.a $U/edge.a $U/core.a
	$(call say,LD)
	$(Q)$(TEST_LINK) $^ $(UNIT_LIBS) -o $@

# Bytes that nobody thought of: libFuzzer on each parser, SECONDS a target, two at a time. What was
# found once is replayed with every run of the tests, as the seeds are, by gcc and without libFuzzer.
SECONDS ?= 60
FUZZ_TARGETS := $(patsubst tests/fuzz/fuzz-%.c,%,$(wildcard tests/fuzz/fuzz-*.c))
FUZZ_EDGE := $(addprefix src/sys/,record.c recordedit.c recordmove.c recordpast.c recordid.c cardjson.c \
	cardrom.c json.c fileio.c digest.c) $(addprefix src/domain/,domxml.c domattr.c domedit.c)
FUZZ_FLAGS := -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZ := $(FUZZ_TARGETS:%=$B/fuzz/fuzz-%)
$B/fuzz/fuzz-%: tests/fuzz/fuzz-%.c tests/fuzz/configcheck.c $(CORE_SRC) $(FUZZ_EDGE) \
		$(wildcard src/core/*.h src/sys/*.h src/domain/*.h tests/fuzz/*.h) Makefile
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)clang $(LANG_FLAGS) $(FUZZ_FLAGS) $(WARN) $(LAYER_domain) $(UNIT_CFLAGS) $(filter %.c,$^) \
		$(shell $(PKG_CONFIG) --libs libcjson libmd expat) -o $@
fuzz: $(FUZZ) $B/tests/mkrom
	@sh tests/lib/fuzz.sh $(SECONDS) $(FUZZ)

REPLAY := $(FUZZ_TARGETS:%=$U/replay-%)
REPLAY_OBJ := $(patsubst tests/fuzz/%.c,$U/fuzz/%.o,$(wildcard tests/fuzz/*.c))
$(REPLAY_OBJ): $U/.flags
$U/fuzz/%.o: tests/fuzz/%.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(UNIT_FLAGS) $(LAYER_domain) $(UNIT_CFLAGS) -c $< -o $@
$(REPLAY): $U/replay-%: $U/fuzz/fuzz-%.o $U/fuzz/replay.o $U/fuzz/configcheck.o $U/edge.a $U/core.a
	$(call say,LD)
	$(Q)$(TEST_LINK) $^ $(UNIT_LIBS) -o $@
replay: $(REPLAY) $B/tests/mkrom
	@sh tests/lib/replay.sh $(REPLAY)

# Files that somebody damaged: core under the sanitizers, and a second opinion that shares nothing with it.
MUTATE_SRC := $(wildcard tests/mutate/*.c)
$B/mutate/mutate: $(MUTATE_SRC) $(wildcard tests/mutate/*.h) $(CORE_SRC) $(wildcard src/core/*.h) Makefile
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(LANG_FLAGS) -O2 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
		$(WARN) $(LAYER_core) $(MUTATE_SRC) $(CORE_SRC) -o $@

# Programs that tests call: mkrom (ROMs from text), pcicard (a synthetic card for QEMU), fakesys (a
# sysfs that misbehaves when told to, on FUSE) and those of tests/store, static: they also work in a guest
# that has no C library.
TOOL_FLAGS := $(LANG_FLAGS) -O2 -g $(WARN) -MMD -MP
MKROM_OBJ := $(patsubst tests/%.c,$B/tools/%.o,$(wildcard tests/rom/mkrom*.c))
PCICARD_OBJ := $(patsubst tests/%.c,$B/tools/%.o,$(wildcard tests/vm/*.c))
FAKESYS_OBJ := $(patsubst tests/%.c,$B/tools/%.o,$(wildcard tests/fakesys/*.c))
STORE_OBJ := $(patsubst tests/%.c,$B/tools/%.o,$(wildcard tests/store/*.c))
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
$B/tests/sysfail: $(addprefix $B/tools/store/,sysfail.o trace.o)
$B/tests/faults: $(addprefix $B/tools/store/,faults.o trace.o look.o tree.o)
$B/tests/storelook: $(addprefix $B/tools/store/,storelook.o look.o tree.o)
$B/tests/replaylog: $B/tools/store/replaylog.o
$B/tests/kexec: $B/tools/vm/tools/kexec.o
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

# The store over years of boots, by chance (tests/store/years): the program's own objects, and a machine that is
# made up at the calls named here.
YEARS_OBJ := $(patsubst tests/%.c,$B/years/%.o,$(wildcard tests/store/model/*.c) tests/store/tree.c tests/unit/romimage.c)
YEARS_WRAP := renameat linkat symlinkat unlinkat mkdirat fsync deadline_run pciscan clock_now
$(YEARS_OBJ): $B/.flags | $(NEED_DEPS)
$B/years/%.o: tests/%.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(COMPILE) $(LAYER_src) -Itests/unit $(KERNEL_FLAGS) $(DATA_FLAGS) -c $< -o $@
$B/tests/years: $(YEARS_OBJ) $(filter-out $B/src/main.o,$(OBJ)) $(NEED_DEPS)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LINK) $(YEARS_WRAP:%=-Wl,--wrap=%) $(YEARS_OBJ) $(filter-out $B/src/main.o,$(OBJ)) $(LIBS) \
		$(LINK_FLAGS) $(LDFLAGS) -o $@

# What core may call: memory, strings, and formatting into what it is given. No system calls.
layers: $(CORE_OBJ)
	@sh tests/lib/layers.sh $(CORE_OBJ)

lint: layers
	@sh tests/lib/lint.sh

# --- install: every file once, as from:to:mode -------------------------------------------------

DRACUT_DIR := $(PREFIX)/lib/dracut/modules.d/50gpurom
IRFS_DIR := $(PREFIX)/share/initramfs-tools
UNIT_DIR := $(PREFIX)/lib/systemd/system
UNITS := $(wildcard etc/*.service)
FILES := $B/gpurom:$(PREFIX)/bin/gpurom:755 \
	$B/gpurom-domain:$(PREFIX)/bin/gpurom-domain:755 \
	$(foreach f,$(wildcard src/*.[58]),$f:$(PREFIX)/share/man/man$(subst .,,$(suffix $f))/$(notdir $f):644) \
	$(foreach f,$(wildcard dracut-module/50gpurom/*),$f:$(DRACUT_DIR)/$(notdir $f):$(if $(filter %.sh,$f),755,644)) \
	$(foreach f,$(wildcard initramfs-tools/hooks/* initramfs-tools/scripts/*/*),$(f:initramfs-tools/%=$f:$(IRFS_DIR)/%:755)) \
	$(foreach f,$(UNITS),$f:$(UNIT_DIR)/$(notdir $f):644) \
	etc/selinux/gpurom.cil:$(PREFIX)/share/selinux/packages/gpurom.cil:644
# An administrator may change these: see etc/conffiles.sh.
CONFFILES := etc/gpurom.conf:$(SYSCONFDIR)/gpurom.conf:644 \
	etc/libvirt-hook:$(SYSCONFDIR)/libvirt/hooks/qemu.d/gpurom:755 \
	etc/apparmor/gpurom:$(SYSCONFDIR)/apparmor.d/abstractions/libvirt-qemu.d/gpurom:644
COPIES := $(PREFIX)/share/gpurom/installed
# The links that enable a unit, as its own WantedBy= says.
LINKS := $(foreach u,$(UNITS),$(foreach t,$(shell sed -n 's/^WantedBy=//p' $u),$(UNIT_DIR)/$t.wants/$(notdir $u)))

# What is built is installed as it is, whatever flags it was built with.
install: $(foreach p,$B/gpurom $B/gpurom-domain,$(if $(wildcard $p),,$p))
	@for f in $(FILES); do \
		from=$${f%%:*}; to=$${f#*:}; \
		install -D -m "$${to##*:}" "$$from" "$(DESTDIR)$${to%:*}" || exit 1; \
	done
	@for l in $(LINKS); do \
		mkdir -p "$(DESTDIR)$${l%/*}" && ln -sfn "../$${l##*/}" "$(DESTDIR)$$l" || exit 1; \
	done
	@sh etc/conffiles.sh install "$(DESTDIR)" "$(COPIES)" $(CONFFILES)
	@PREFIX="$(PREFIX)" sh etc/neighbours.sh install "$(DESTDIR)" "$(SYSCONFDIR)"
	@$(if $(DESTDIR),,echo 'installed; from the next image on it works: update-initramfs -u, or dracut --force')

uninstall:
	@sh etc/neighbours.sh uninstall "$(DESTDIR)" "$(SYSCONFDIR)"
	@for f in $(FILES); do to=$${f#*:}; rm -f "$(DESTDIR)$${to%:*}"; done
	@for l in $(LINKS); do rm -f "$(DESTDIR)$$l"; done
	@rmdir "$(DESTDIR)$(DRACUT_DIR)" 2>/dev/null || :
	@sh etc/conffiles.sh uninstall "$(DESTDIR)" "$(COPIES)" $(CONFFILES)
	@$(if $(DESTDIR),,echo 'uninstalled; make the images again: update-initramfs -u, or dracut --force')

check:
	@sh tests/check
demo:
	@sh tests/demo

clean:
	rm -rf $B
help:
	@sed -n '/^#/!q;s/^# \{0,1\}//p' Makefile
	@echo '	make unit | replay | fuzz | lint | check | demo | tools | vm-tools | layers | clean'

-include $(OBJ:.o=.d) $(DOMAIN_OBJ:.o=.d) $(UNIT_OBJ:.o=.d) $(MKROM_OBJ:.o=.d) $(PCICARD_OBJ:.o=.d) $(FAKESYS_OBJ:.o=.d) $(STORE_OBJ:.o=.d) $(REPLAY_OBJ:.o=.d) $(YEARS_OBJ:.o=.d)
