#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The tools by which every system call of a commit is made to fail (tests/crash/every), and the reader that looks
# at what is left. In memory where that can be: what the disk itself does is not asked.

bats_require_minimum_version 1.5.0

top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
GPUROM=$(realpath "${GPUROM:-$top/build/gpurom}")
tools=$top/build/tests

setup_file() {
	seed=$BATS_FILE_TMPDIR
	export seed
	"$BATS_TEST_DIRNAME/seed" "$seed"
}

setup() {
	memory=$BATS_TEST_TMPDIR
	[ ! -w /dev/shm ] || memory=/dev/shm
	work=$(mktemp -d "$memory/gpurom-faults.XXXXXX")
}
teardown() { rm -rf "$work"; }

@test "a reader finds fault with a store that is neither old nor new" {
	cp -a "$seed/older/." "$work"
	"$GPUROM" --root "$work" --initramfs commit
	store=$work/var/lib/gpurom old=$seed/older/var/lib/gpurom
	cp -a "$store" "$work/new"
	"$tools/storelook" "$store" "$old" "$work/new" new
	for broken in 'rm cards.json' 'truncate -s 100 cards.json' 'truncate -s 9 roms/*' 'rm by-path/*1-00.rom' \
		'ln -sfn ../roms/none by-path/pci0000-uid0-01.1-00.rom' 'truncate -s 1 raw/*'; do
		(cd "$store" && eval "$broken")
		run ! "$tools/storelook" "$store" "$old" "$work/new"
		rm -rf "$store"
		cp -a "$work/new" "$store"
	done
}

@test "sysfail: the fault is made, once, and reported" {
	run "$tools/sysfail" count /bin/true
	[ "$status" -eq 0 ]
	calls=$(echo "$output" | sed -n 's/^sysfail: \([0-9]*\) calls.*/\1/p')
	[ "$calls" -gt 0 ]
	run "$tools/sysfail" "killed@$calls" /bin/true
	[[ $output == *"not made"* ]] # nothing comes behind an exit
	run "$tools/sysfail" "kill@$calls" /bin/true
	[ "$status" -eq 137 ]
	run "$tools/sysfail" "EIO@$((calls + 1))" /bin/true
	[[ $output == *"none: not made"* ]]
	run -125 "$tools/sysfail" "EWHAT@1" /bin/true
}
