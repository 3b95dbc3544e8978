#!/bin/sh
# build.sh DIR: builds libpci, libmd, cJSON and expat, static for musl, into DIR/include and DIR/lib from the
# distribution's own source packages, downloaded once (packaging/deps/apt.sh) and kept in the cache.
# PCIUTILS_SRC, LIBMD_SRC, CJSON_SRC, EXPAT_SRC: an unpacked tree or a tarball to take instead, without network.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
dir=$(cd "$1" && pwd)
log=$dir/build.log
: "${MUSL_CC:=musl-gcc}"
cflags="-Os -fPIE -ffunction-sections -fdata-sections -fvisibility=hidden -fstack-protector-strong"
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
	multi=/usr/include/$(gcc -print-multiarch 2>/dev/null || :)
	mkdir -p "$dir/kernel"
	ln -sfn /usr/include/linux "$dir/kernel/linux"
	ln -sfn /usr/include/asm-generic "$dir/kernel/asm-generic"
	if [ -d "$multi/asm" ]; then
		ln -sfn "$multi/asm" "$dir/kernel/asm"
	else
		ln -sfn /usr/include/asm "$dir/kernel/asm"
	fi
}

# fetch NAME: into this folder. Where an archive names a version whose files it does not have, as a
# mirror does that is behind, the one before it.
fetch() {
	sh "$top/packaging/deps/apt.sh" "$dir/apt" -qq source --download-only "$1" && return
	for version in $(apt-cache -c "$dir/apt/apt.conf" showsrc --only-source "$1" 2>/dev/null | sed -n 's/^Version: //p'); do
		rm -f -- *
		sh "$top/packaging/deps/apt.sh" "$dir/apt" -qq source --download-only "$1=$version" && return
	done
	return 1
}

# download NAME: the source package NAME of this release, as apt verified it, in $package (a .dsc).
download() {
	# shellcheck source=/dev/null # a file of the system
	release=$(. /etc/os-release && echo "$ID")-$(tr / - </etc/debian_version)
	folder=$(sh "$top/packaging/deps/cache.sh" "src/$release/$1")
	if [ ! -e "$folder/complete" ]; then
		echo "  downloading the source package of $1"
		var=$(echo "$1" | tr '[:lower:]' '[:upper:]')_SRC
		(cd "$folder" && quiet fetch "$1") ||
			die "no source package of $1 to be had; $var= takes a tree or tarball of it instead"
		: >"$folder/complete"
	fi
	package=$(ls "$folder"/*.dsc)
}

# unpack NAME SRC: DIR/src/NAME from the tree or tarball SRC, or from the package NAME.
unpack() {
	to=$dir/src/$1
	rm -rf "$to"
	if [ -d "$2" ]; then
		mkdir -p "$dir/src"
		cp -R "$2" "$to"
	elif [ -n "$2" ]; then
		mkdir -p "$to"
		quiet tar -xf "$2" -C "$to" --strip-components=1
	else
		download "$1"
		mkdir -p "$dir/src"
		quiet dpkg-source --no-check -x "$package" "$to"
	fi
}

# Upstream's own configure with every choice given, then only what gpurom uses: reading configuration space through
# sysfs. Reading ports or /dev/mem at boot would be a way to hang a machine. gpurom scans by itself and writes nothing:
# the methods that do are taken out of the table (also one with ".scan =", as of pciutils 3.10), and the compiler drops
# them. Where a line has another form, the library is only larger.
build_libpci() {
	src=$dir/src/pciutils
	set -- -C "$src" "CC=$MUSL_CC" "OPT=$cflags" PREFIX=/usr "HOST=$(uname -m)-linux" RELEASE=0 \
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
	(cd "$src" && quiet ./configure --disable-shared --host="$(uname -m)-linux-musl" \
		"CC=$MUSL_CC" "CFLAGS=$cflags" AR=ar RANLIB=ranlib STRIP=strip)
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
	quiet ar rcs "$dir/lib/libcjson.a" "$src/cJSON.o"
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
		quiet ar rcs "$dir/lib/libexpat.a" "$src/lib/$file.o"
	done
	mkdir -p "$dir/include/expat"
	cp "$src/lib/expat.h" "$src/lib/expat_external.h" "$dir/include/expat/"
}

command -v "$MUSL_CC" >/dev/null || die "$MUSL_CC is not here: apt-get install musl-tools"
rm -rf "$dir/done" "$dir/apt" "$dir/src"
: >"$log"
kernel_headers
unpack pciutils "${PCIUTILS_SRC-}"
unpack libmd "${LIBMD_SRC-}"
unpack cjson "${CJSON_SRC-}"
unpack expat "${EXPAT_SRC-}"
mkdir -p "$dir/lib"
build_libmd &
libmd=$!
build_libpci
build_cjson
build_expat
wait "$libmd" || exit 1
: >"$dir/done"
