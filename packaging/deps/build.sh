#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# build.sh DIR: builds libpci, libmd, cJSON and expat, static for musl, into DIR/include and DIR/lib, from the sources
# that packaging/deps/sources.sh finds. From the environment: MUSL_CC, a compiler that links with musl; HOST
# (aarch64-linux-gnu), the machine to build for where that is another one. What else make or the environment says of
# compilers and flags is meant for gpurom's own files.
set -eu
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL CPPFLAGS CFLAGS LDFLAGS LIBS CC AR RANLIB STRIP DESTDIR PREFIX B V

top=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
dir=$(cd "$1" && pwd)
log=$dir/build.log
host=${HOST-}
tool=${host:+$host-}
arch=${host%%-*}
: "${arch:=$(uname -m)}"
if [ -z "${MUSL_CC-}" ]; then
	MUSL_CC=$arch-linux-musl-gcc
	command -v "$MUSL_CC" >/dev/null || [ -n "$host" ] || MUSL_CC=musl-gcc
fi
# Names of files in messages and in debugging information: those of every build folder are the same.
cflags="-Os -ffile-prefix-map=$dir=deps -fPIE -ffunction-sections -fdata-sections -fvisibility=hidden -fstack-protector-strong"
cflags="$cflags -fno-asynchronous-unwind-tables -fno-unwind-tables -isystem $dir/kernel"

die() {
	echo "deps: $*" >&2
	exit 1
}

# Runs a noisy step; its output is shown only when it fails.
quiet() {
	if ! "$@" >>"$log" 2>&1; then
		tail -n 20 "$log" >&2
		die "failed: $* (all output in $log)"
	fi
}

# musl-gcc sees no kernel headers: a folder that holds them and nothing of glibc.
kernel_headers() {
	all=/usr/include
	[ ! -d "/usr/$host/include/linux" ] || [ -z "$host" ] || all=/usr/$host/include
	asm=/usr/include/${host:-$(gcc -print-multiarch 2>/dev/null || :)}/asm
	[ -d "$asm" ] || asm=$all/asm
	mkdir -p "$dir/kernel"
	ln -sfn "$all/linux" "$dir/kernel/linux"
	ln -sfn "$all/asm-generic" "$dir/kernel/asm-generic"
	ln -sfn "$asm" "$dir/kernel/asm"
}

# Upstream's own configure with every choice given, then only what gpurom uses: reading configuration space through
# sysfs. Reading ports or /dev/mem at boot would be a way to hang a machine. gpurom scans by itself and writes nothing:
# the methods that do are taken out of the table (also one with ".scan =", as of pciutils 3.10), and the compiler drops
# them. Where a line has another form, the library is only larger.
build_libpci() {
	src=$dir/src/pciutils
	# basename: musl's string.h has it no more, from 1.2.5 on.
	set -- -C "$src" "CC=$MUSL_CC" "OPT=$cflags -include libgen.h" PREFIX=/usr "HOST=$arch-linux" RELEASE=0 "AR=${tool}ar" "RANLIB=${tool}ranlib" \
		ZLIB=no DNS=no HWDB=no LIBKMOD=no SHARED=no
	quiet make "$@" lib/config.h
	sed -i '/^\(#define \)\{0,1\}PCI_HAVE_PM_\(LINUX_PROC\|INTEL_CONF\|MMIO_CONF\|ECAM\|DUMP\)/d' \
		"$src/lib/config.h" "$src/lib/config.mk"
	sed -i '/^struct pci_methods pm_linux_sysfs/,/^}/{
		s/\<sysfs_\(scan\|write\|read_vpd\)\>/NULL/
		s/\<sysfs_fill_info\>/pci_generic_fill_info/
	}' "$src/lib/sysfs.c"
	quiet make "$@" lib/libpci.a
	mkdir -p "$dir/include/pciutils/pci"
	(cd "$src/lib" && cp config.h header.h pci.h types.h "$dir/include/pciutils/pci/")
	cp "$src/lib/libpci.a" "$dir/lib/"
}

build_libmd() {
	src=$dir/src/libmd
	(cd "$src" && quiet ./configure --disable-shared --host="$arch-linux-musl" \
		"CC=$MUSL_CC" "CFLAGS=$cflags" "AR=${tool}ar" "RANLIB=${tool}ranlib" "STRIP=${tool}strip")
	quiet make -C "$src/src" libmd.la
	mkdir -p "$dir/include/libmd"
	cp "$src"/include/*.h "$dir/include/libmd/"
	cp "$src/src/.libs/libmd.a" "$dir/lib/"
}

# Its numbers are read and printed by src/sys/json.c: what it has for them is larger in musl than cJSON itself.
build_cjson() {
	src=$dir/src/cjson
	# shellcheck disable=SC2086 # flags are several words
	quiet $MUSL_CC $cflags -Dstrtod=json_strtod -Dsscanf=json_sscanf -Dsprintf=json_sprintf -c "$src/cJSON.c" -o "$src/cJSON.o"
	rm -f "$dir/lib/libcjson.a"
	quiet "${tool}ar" rcs "$dir/lib/libcjson.a" "$src/cJSON.o"
	mkdir -p "$dir/include/cjson"
	cp "$src/cJSON.h" "$dir/include/cjson/"
}

# Of expat what gpurom-domain uses: no document types (XML_DTD), so no entities (XML_GE), no bytes kept
# for messages. The folder is upstream's repository or its release.
build_expat() {
	src=$dir/src/expat
	[ -d "$src/lib" ] || src=$src/expat
	cat >"$src/lib/expat_config.h" <<-'END'
		#define HAVE_GETRANDOM 1
		#define XML_GE 0
		#define XML_CONTEXT_BYTES 0
		#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		#define BYTEORDER 4321
		#else
		#define BYTEORDER 1234
		#endif
	END
	rm -f "$dir/lib/libexpat.a"
	for file in xmlparse xmlrole xmltok; do
		# shellcheck disable=SC2086 # flags are several words
		quiet $MUSL_CC $cflags -I "$src/lib" -c "$src/lib/$file.c" -o "$src/lib/$file.o"
		quiet "${tool}ar" rcs "$dir/lib/libexpat.a" "$src/lib/$file.o"
	done
	mkdir -p "$dir/include/expat"
	cp "$src/lib/expat.h" "$src/lib/expat_external.h" "$dir/include/expat/"
}

command -v "$MUSL_CC" >/dev/null ||
	die "no compiler for musl here ($MUSL_CC): apt-get install musl-tools, dnf install musl-gcc musl-libc-static, pacman -S musl${host:+, or musl-dev of the other architecture}; or make LIBC=system"
rm -rf "$dir/done" "$dir/apt" "$dir/src"
: >"$log"
kernel_headers
for name in pciutils libmd cjson expat; do
	sh "$top/packaging/deps/sources.sh" "$name" "$dir/src/$name" "$dir/apt" || exit 1
done
mkdir -p "$dir/lib"
build_libmd &
libmd=$!
build_libpci
build_cjson
build_expat
wait "$libmd" || exit 1
: >"$dir/done"
