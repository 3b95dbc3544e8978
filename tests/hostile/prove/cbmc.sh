#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Prints the folder of CBMC 6 (cbmc, goto-cc, goto-instrument), a bounded model checker for C: wrappers
# around trixie's, unpacked in the cache with all its libraries. Nothing is installed. It calls the machine's own gcc as preprocessor.
set -eu
vm_dir=$(CDPATH='' cd -- "$(dirname -- "$0")/../../vm" && pwd)
. "$(dirname -- "$0")/../../vm/lib.sh"
cache=$(sh "$top/packaging/deps/cache.sh" prove)
unpack=$top/packaging/deps/unpack.sh

make_cbmc() {
	out=$1
	sh "$unpack" "$out" "$(mirror)" cbmc trixie
	rm -rf "$out/usr/lib/gcc" "$out/usr/libexec" # a compiler, for what we do not use
	for tool in cbmc goto-cc goto-instrument; do
		cat >"$out/$tool" <<-END
			#!/bin/sh
			here=\$(CDPATH='' cd -- "\$(dirname -- "\$0")" && pwd)
			lib=\$here/usr/lib/x86_64-linux-gnu
			exec "\$lib/ld-linux-x86-64.so.2" --argv0 $tool --library-path "\$lib:\$here/usr/lib" \\
				"\$here/usr/bin/$tool" "\$@"
		END
		chmod +x "$out/$tool"
	done
	"$out/cbmc" --version | grep '^6\.'
}

cached "cbmc-$(cat "$0" "$unpack" | digest)" make_cbmc
echo "$made"
