#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The demo's machine has the packages of `packages.sh demo` and no more.

top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

# Whoever links a library would have to ask where it is.
@test "the guests' tools ask for no library" {
	make -C "$top" B="$BATS_TEST_TMPDIR" PKG_CONFIG="touch $BATS_TEST_TMPDIR/asked;" vm-tools
	[ -x "$BATS_TEST_TMPDIR/tests/mkrom" ]
	[ -x "$BATS_TEST_TMPDIR/tests/pcicard" ]
	[ ! -e "$BATS_TEST_TMPDIR/asked" ]
}
