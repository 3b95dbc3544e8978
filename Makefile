# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom: `make deps`, `make`, `make install`. What else there is: `make help`.
#
#	make                    build/gpurom and the others, static against musl; compiler: CC=gcc or CC=clang
#	make LIBC=system        the same, with the distribution's shared libraries
#	make HOST=aarch64-linux-gnu   for that machine: its compiler and tools, and musl-dev of its architecture
#	make WERROR=1           warnings are errors (what CI does)
#	make V=1                shows the commands
#	make install            DESTDIR= PREFIX=/usr SYSCONFDIR=/etc; make uninstall takes it back

# csh exports a HOST, which is the name of this machine.
TARGET := $(if $(filter command,$(firstword $(origin HOST))),$(HOST))
TOOL := $(TARGET:%=%-)
ifeq ($(origin CC),default)
CC := $(TOOL)gcc
endif
ifeq ($(origin AR),default)
AR := $(TOOL)ar
endif
STRIP ?= $(TOOL)strip
LIBC ?= musl
B ?= build$(TARGET:%=/%)
DEPS ?= build$(TARGET:%=/%)/deps
PREFIX ?= /usr
SYSCONFDIR ?= /etc
# The release, and the commit where this folder is a checkout of gpurom (not where it lies in somebody else's).
RELEASE := $(file <VERSION)
COMMIT := $(if $(wildcard .git),$(shell git describe --always --dirty --exclude '*' 2>/dev/null))
ifneq ($(origin VERSION),command line)
VERSION := $(RELEASE)$(if $(COMMIT), ($(COMMIT)))
endif
PKG_CONFIG ?= $(TOOL)pkg-config
export PCIUTILS_SRC LIBMD_SRC CJSON_SRC EXPAT_SRC MUSL_CC

Q := $(if $(filter 1,$(V)),,@)
QUIET := $(findstring s,$(firstword -$(MAKEFLAGS)))
say = $(if $(Q)$(QUIET),$(if $(QUIET),,@echo '  $(1) $@'))

PROGRAMS := gpurom gpurom-initramfs gpurom-init gpurom-domain
.PHONY: all deps vendor dist deb rpm arch install uninstall clean help FORCE
.DELETE_ON_ERROR:
all: $(PROGRAMS:%=$B/%)

# --- flags ------------------------------------------------------------------------------------

WARN := -Wall -Wextra -Wshadow -Wconversion -Wmissing-prototypes -Wstrict-prototypes -Wvla \
	-Wformat=2 $(if $(filter 1,$(WERROR)),-Werror)
LANG_FLAGS := -std=gnu11 -D_GNU_SOURCE
# Who may include whom, kept by the compiler: includes name the room ("rom/verdict.h"), and each room is compiled with a
# folder of links to the rooms that it sees. From the lowest to the highest; src/README.md says what each is for.
ROOMS := util pci rom plan record proxmox snippet metrics doctor sys sources store boot host guard cmd libvirt init
# No system call, no allocation, no library but libmd's SHA-256: what tests/lint/layers.sh allows.
PURE := util pci rom plan snippet proxmox metrics doctor
# The same, and the heap.
HEAP := record
SEES_util :=
SEES_pci := util
SEES_rom := util pci
SEES_plan := util pci rom
SEES_record := util pci rom
SEES_proxmox := util pci record
SEES_snippet := util pci rom record proxmox
SEES_metrics := util pci rom record
SEES_doctor := util pci rom plan record proxmox
SEES_sys := util pci rom plan
SEES_sources := util pci rom plan sys
SEES_store := util pci rom plan record sys
SEES_boot := util pci rom plan record sys sources store
SEES_host := util pci rom plan record proxmox doctor sys sources store boot
SEES_guard := util pci rom plan record sys store host
SEES_cmd := util pci rom plan record snippet proxmox metrics doctor sys sources store boot host
SEES_libvirt := util pci rom plan record proxmox sys store boot host guard
SEES_init := util pci rom plan sys

# Without names of this folder: two builds of the same files are the same bytes, wherever they were made.
CODE_FLAGS := -Os -g -ffile-prefix-map=$(CURDIR)=. -fPIE -ffunction-sections -fdata-sections -fstack-protector-strong \
	-fno-asynchronous-unwind-tables -fno-unwind-tables
# For size alone: both programs link without it.
GC := -Wl,--gc-sections
LINK_FLAGS := $(GC) -Wl,-z,relro,-z,now,-z,noexecstack,-z,noseparate-code -Wl,--as-needed

ifeq ($(LIBC),musl)
# musl without its gcc-only wrapper, so that clang builds the same program. The wrapper also cannot
# link a static PIE (address randomisation for a static program): rcrt1.o is musl's start for that.
MUSL_ARCH := $(firstword $(subst -, ,$(or $(TARGET),$(shell uname -m))))-linux-musl
# Where Debian, Fedora and Arch have it.
MUSL_ROOT ?=
first = $(firstword $(wildcard $(1:%=$(MUSL_ROOT)/usr/%)) $(firstword $(1:%=/usr/%)))
MUSL_INCLUDE ?= $(call first,include/$(MUSL_ARCH) $(MUSL_ARCH)/include lib/musl/include)
MUSL_LIB ?= $(patsubst %/rcrt1.o,%,$(call first,$(addsuffix /rcrt1.o,lib/$(MUSL_ARCH) $(MUSL_ARCH)/lib64 $(MUSL_ARCH)/lib lib/musl/lib)))
LIBC_FLAGS := -nostdinc -isystem $(MUSL_INCLUDE) -isystem $(shell $(CC) -print-file-name=include)
KERNEL_FLAGS := -isystem $(DEPS)/kernel
MD_FLAGS := -isystem $(DEPS)/include -isystem $(DEPS)/include/libmd
JSON_FLAGS := -isystem $(DEPS)/include/cjson
PCI_FLAGS := -isystem $(DEPS)/include/pciutils
XML_FLAGS := -isystem $(DEPS)/include/expat
XML_LIBS := $(DEPS)/lib/libexpat.a
START := -static-pie -nostdlib $(MUSL_LIB)/rcrt1.o
# The image's program at a fixed address, 2 KiB less and no relocations, which are most of what its start costs: it
# runs three times, in the first seconds of a boot, where nobody could have guessed at an address.
START_FIXED := -static -nostdlib $(MUSL_LIB)/crt1.o
$B/gpurom-initramfs.debug $B/gpurom-init.debug: START := $(START_FIXED)
# Small ones in the place of musl's: vfprintf, which all of its printf functions call (sys/print.h), and qsort
# (sys/sort.h).
LINK = $(START) $(MUSL_LIB)/crti.o \
	-Wl,-u,print_formatted,--defsym=vfprintf=print_formatted -Wl,-u,sort_items,--defsym=qsort=sort_items
LIBS := $(DEPS)/lib/libpci.a $(DEPS)/lib/libmd.a $(DEPS)/lib/libcjson.a -L$(MUSL_LIB) \
	-Wl,--start-group -lc $(shell $(CC) -print-libgcc-file-name) -Wl,--end-group $(MUSL_LIB)/crtn.o
NEED_DEPS := $(DEPS)/done
else ifeq ($(LIBC),system)
MD_FLAGS := $(shell $(PKG_CONFIG) --cflags libmd)
JSON_FLAGS := $(shell $(PKG_CONFIG) --cflags libcjson)
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

# What a room, or one file of it, needs of the libraries: FLAGS_ROOM, FLAGS_ROOM/FILE.
FLAGS_util := $(MD_FLAGS)
$(foreach r,$(filter-out $(PURE) $(HEAP),$(ROOMS)),$(eval FLAGS_$r := $(KERNEL_FLAGS) $(JSON_FLAGS)))
FLAGS_sys/config-space := $(PCI_FLAGS)
FLAGS_libvirt/xml := $(XML_FLAGS)
FLAGS_sys/version := -DGPUROM_VERSION='"$(VERSION)"'
compile = $(COMPILE) $(FLAGS_$1) $(FLAGS_$2)

# $(call room,ROOM,FOLDER,COMPILER): FOLDER/ROOM.a of src/ROOM. COMPILER is called with ROOM and ROOM/FILE.
objects = $(patsubst src/%.c,$2/%.o,$(sort $(wildcard src/$1/*.c)))
define room
$(call objects,$1,$2): $2/%.o: src/%.c $2/.flags | $B/sees
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(Q)$$(call $3,$1,$$*) -iquote $B/sees/$1 -c $$< -o $$@
$2/$1.a: $(call objects,$1,$2) $B/.rooms
	@rm -f $$@
	$$(Q)$$(AR) rcs $$@ $$(filter %.o,$$^)
-include $(patsubst %.o,%.d,$(call objects,$1,$2))
endef
$(foreach r,$(ROOMS),$(eval $(call room,$r,$B/obj,compile)))
$(foreach r,$(ROOMS),$(call objects,$r,$B/obj)): | $(NEED_DEPS)

# Only what was built with other flags, or another version, is built again.
define stamp
@mkdir -p $(@D)
@printf '%s\n' '$(1)' | cmp -s - $@ || printf '%s\n' '$(1)' >$@
endef
$B/obj/.flags: FORCE
	$(call stamp,$(COMPILE) $(LINK) $(XML_LIBS) $(LIBS) $(LINK_FLAGS) $(LDFLAGS))
$B/.version: FORCE
	$(call stamp,$(VERSION))
$B/obj/sys/version.o: $B/.version
$B/.rooms: FORCE
	$(call stamp,$(CURDIR) $(foreach r,$(ROOMS),$r: $(SEES_$r) $(notdir $(sort $(wildcard src/$r/*.c)))))
$B/sees: $B/.rooms
	@rm -rf $@
	@$(foreach r,$(ROOMS),mkdir -p $@/$r && $(foreach s,$r $(SEES_$r),ln -s $(CURDIR)/src/$s $@/$r/$s &&)) touch $@

# From the highest room to the lowest, as the linker wants them.
reverse = $(if $1,$(call reverse,$(wordlist 2,$(words $1),$1)) $(firstword $1))
archives = $(patsubst %,$2/%.a,$(call reverse,$(filter $1,$(ROOMS))))
GPUROM := $B/obj/cmd/main.o $B/obj/cmd/commands.o $(call archives,cmd $(SEES_cmd),$B/obj)
# The same source with fewer commands: the linker takes no more of the archives than these need.
INITRAMFS := $B/obj/cmd/main.o $B/obj/cmd/initramfs-commands.o $(call archives,cmd $(SEES_cmd),$B/obj)
INIT := $B/obj/init/main.o $(call archives,init $(SEES_init),$B/obj)
DOMAIN := $B/obj/libvirt/main.o $(call archives,libvirt sources $(SEES_libvirt),$B/obj)
# $(call program,NAME,OBJECTS,LIBRARIES)
define program
$B/$1.debug: $2 $(NEED_DEPS)
	$$(call say,LD)
	$$(Q)$$(CC) $$(LINK) $2 $3 $$(LIBS) $$(LINK_FLAGS) $$(LDFLAGS) -o $$@
endef
$(eval $(call program,gpurom,$(GPUROM)))
$(eval $(call program,gpurom-initramfs,$(INITRAMFS)))
$(eval $(call program,gpurom-init,$(INIT)))
$(eval $(call program,gpurom-domain,$(DOMAIN),$(XML_LIBS)))
$(PROGRAMS:%=$B/%): $B/%: $B/%.debug
	$(call say,STRIP)
	$(Q)$(STRIP) -s -R .comment -o $@ $<

# --- libraries for the static program ---------------------------------------------------------

deps: $(DEPS)/done
# Other sources asked for: build again. None asked for: what is built stands, as in "make; sudo make install".
$(DEPS)/.from: FORCE
	$(if $(strip $(PCIUTILS_SRC)$(LIBMD_SRC)$(CJSON_SRC)$(EXPAT_SRC))$(if $(wildcard $@),,none),\
		$(call stamp,$(PCIUTILS_SRC) $(LIBMD_SRC) $(CJSON_SRC) $(EXPAT_SRC)))
$(DEPS)/done: packaging/deps/build.sh packaging/deps/sources.sh $(wildcard vendor/*.tar.gz) $(DEPS)/.from
	@echo 'building libpci, libmd, cJSON and expat into $(DEPS) (make deps)'
	@HOST=$(TARGET) sh packaging/deps/build.sh $(DEPS)

vendor:
	@sh packaging/vendor.sh
dist:
	@sh packaging/dist.sh $B/dist '$(RELEASE)'
deb:
	@sh packaging/deb.sh $B/deb '$(RELEASE)'
rpm:
	@sh packaging/rpm.sh $B/rpm '$(RELEASE)'
arch:
	@sh packaging/arch.sh $B/arch '$(RELEASE)'

# --- install: every file once, as from:to:mode -------------------------------------------------

DRACUT_DIR := $(PREFIX)/lib/dracut/modules.d/50gpurom
IRFS_DIR := $(PREFIX)/share/initramfs-tools
INITCPIO_DIR := $(PREFIX)/lib/initcpio
# Where what makes images finds it, beside the installed gpurom: no folder of a PATH.
IMAGE_DIR := $(PREFIX)/lib/gpurom
UNIT_DIR := $(PREFIX)/lib/systemd/system
UNITS := $(wildcard etc/systemd/*.service etc/systemd/*.timer)
DOC_DIR := $(PREFIX)/share/doc/gpurom
FILES := $B/gpurom:$(PREFIX)/bin/gpurom:755 \
	$B/gpurom-domain:$(PREFIX)/bin/gpurom-domain:755 \
	$B/gpurom-initramfs:$(IMAGE_DIR)/gpurom-initramfs:755 \
	$B/gpurom-init:$(IMAGE_DIR)/gpurom-init:755 \
	etc/gpurom-cpio:$(IMAGE_DIR)/gpurom-cpio:755 \
	$(foreach f,$(wildcard man/*.[58]),$f:$(PREFIX)/share/man/man$(subst .,,$(suffix $f))/$(notdir $f):644) \
	$(foreach f,$(wildcard dracut-module/50gpurom/*),$f:$(DRACUT_DIR)/$(notdir $f):$(if $(filter %.sh,$f),755,644)) \
	$(foreach f,$(wildcard initramfs-tools/hooks/* initramfs-tools/scripts/*/*),$(f:initramfs-tools/%=$f:$(IRFS_DIR)/%:755)) \
	$(foreach f,$(wildcard mkinitcpio/*/*),$(f:mkinitcpio/%=$f:$(INITCPIO_DIR)/%:644)) \
	$(foreach f,$(UNITS),$f:$(UNIT_DIR)/$(notdir $f):644) \
	$(foreach f,$(wildcard etc/schema/*.json),$f:$(PREFIX)/share/gpurom/schema/$(notdir $f):644) \
	etc/systemd/50-gpurom.preset:$(PREFIX)/lib/systemd/system-preset/50-gpurom.preset:644 \
	$(foreach f,README.md CHANGELOG.md SECURITY.md LICENSE packaging/LIBRARIES.md packaging/BY-HAND.md,$f:$(DOC_DIR)/$(notdir $f):644) \
	etc/udev/65-gpurom.rules:$(PREFIX)/lib/udev/rules.d/65-gpurom.rules:644 \
	etc/selinux/gpurom.cil:$(PREFIX)/share/selinux/packages/gpurom.cil:644 \
	etc/other-programs.sh:$(PREFIX)/share/gpurom/other-programs.sh:755 \
	etc/ansible/gpurom.fact:$(PREFIX)/share/gpurom/ansible/gpurom.fact:755 \
	etc/nfd/gpurom-rule.yaml:$(PREFIX)/share/gpurom/nfd/gpurom-rule.yaml:644 \
	etc/completion/words:$(PREFIX)/share/gpurom/complete/words:755 \
	etc/completion/domain-words:$(PREFIX)/share/gpurom/complete/domain-words:755 \
	etc/completion/gpurom.bash:$(PREFIX)/share/bash-completion/completions/gpurom:644 \
	etc/completion/gpurom.bash:$(PREFIX)/share/bash-completion/completions/gpurom-domain:644 \
	etc/completion/_gpurom:$(PREFIX)/share/zsh/site-functions/_gpurom:644 \
	etc/completion/gpurom.fish:$(PREFIX)/share/fish/vendor_completions.d/gpurom.fish:644 \
	etc/completion/gpurom.fish:$(PREFIX)/share/fish/vendor_completions.d/gpurom-domain.fish:644 \
	etc/proxmox/hook:$(PREFIX)/share/gpurom/proxmox/gpurom:755
# An administrator may change these: see etc/conffiles.sh.
CONFFILES := etc/gpurom.conf:$(SYSCONFDIR)/gpurom.conf:644 \
	etc/libvirt/hook:$(SYSCONFDIR)/libvirt/hooks/qemu.d/gpurom:755 \
	etc/apparmor/gpurom:$(SYSCONFDIR)/apparmor.d/abstractions/libvirt-qemu.d/gpurom:644
COPIES := $(PREFIX)/share/gpurom/installed

# For a package, which has a package manager's ways to enable units, to keep changed files of /etc, and to run what
# other programs need (etc/other-programs.sh): PACKAGED=1 only copies.
PACKAGED ?=
# What is built is installed as it is, whatever flags it was built with.
install: $(foreach p,$(PROGRAMS:%=$B/%),$(if $(wildcard $p),,$p))
	@$(if $(PACKAGED),,sh etc/units.sh install "$(DESTDIR)" "$(UNIT_DIR)" "$(SYSCONFDIR)" $(UNITS))
	@umask 022; for f in $(FILES) $(if $(PACKAGED),$(CONFFILES)); do \
		from=$${f%%:*}; to=$${f#*:}; \
		install -D -m "$${to##*:}" "$$from" "$(DESTDIR)$${to%:*}" || exit 1; \
	done
	@$(if $(PACKAGED),,sh etc/conffiles.sh install "$(DESTDIR)" "$(COPIES)" $(CONFFILES))
	@$(if $(PACKAGED),,PREFIX="$(PREFIX)" sh etc/other-programs.sh install "$(DESTDIR)" "$(SYSCONFDIR)")
	@$(if $(DESTDIR)$(PACKAGED),,echo 'installed; from the next image on it works: update-initramfs -u -k all, dracut --regenerate-all --force, or mkinitcpio -P')

uninstall:
	@sh etc/other-programs.sh uninstall "$(DESTDIR)" "$(SYSCONFDIR)"
	@for f in $(FILES); do to=$${f#*:}; rm -f "$(DESTDIR)$${to%:*}"; done
	@sh etc/units.sh uninstall "$(DESTDIR)" "$(UNIT_DIR)" "$(SYSCONFDIR)" $(UNITS)
	@rmdir "$(DESTDIR)$(DOC_DIR)" "$(DESTDIR)$(DRACUT_DIR)" "$(DESTDIR)$(IMAGE_DIR)" 2>/dev/null || :
	@sh etc/conffiles.sh uninstall "$(DESTDIR)" "$(COPIES)" $(CONFFILES)
	@$(if $(DESTDIR),,echo 'uninstalled; make the images again: update-initramfs -u -k all, dracut --regenerate-all --force, or mkinitcpio -P')

clean:
	rm -rf $B
help:
	@sed -n '1d;/^#/!q;s/^# \{0,1\}//p' Makefile
	@echo '	make deb | rpm | arch   packages, in build/deb, build/rpm, build/arch'
	@echo '	make vendor | dist | unit | replay | fuzz | lint | check | demo | tools | vm-tools | layers | clean'

# Not there where only the product is.
-include tests/tests.mk
