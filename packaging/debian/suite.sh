#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# suite.sh SUITE: prints the folder of a root of this Debian suite, with what the packages are built with and this tree
# is compiled with. Kept in the cache of tests/vm.
set -eu
vm_dir=$(CDPATH='' cd -- "$(dirname -- "$0")/../../tests/vm" && pwd)
# shellcheck source=../../tests/vm/lib.sh
. "$vm_dir/lib.sh"

suite=$1

make_suite() {
	set -- "$1" --include=build-essential,debhelper,musl-tools,linux-libc-dev,ca-certificates
	[ "$suite" != sid ] || set -- "$@" --aptopt='Acquire::Check-Valid-Until "false"'
	out=$1
	shift
	# In a namespace of its own: killed, it would leave /dev/shm and more of this machine below the root.
	TMPDIR=$out unshare --mount mmdebstrap --variant=apt --skip=cleanup/apt --dpkgopt=force-unsafe-io "$@" \
		"$suite" "$out/root" "$(mirror)"
}

key=$(digest <"$0")
[ -d "$cache/suite-$suite-$key" ] || as_root "$@"
cached "suite-$suite-$key" make_suite
echo "$made/root"
