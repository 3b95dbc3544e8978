#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# libvirt's hook: a VM is refused only where gpurom-domain says that its definition is wrong.
# shellcheck disable=SC2154 # what run sets

bats_require_minimum_version 1.5.0

setup() {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	T=$BATS_TEST_TMPDIR
	mkdir "$T/bin"
	# More than a pipe holds: who does not read it keeps the writer waiting, or kills it.
	head -c 200000 /dev/zero | tr '\0' x >"$T/xml"
	stub logger
}

# stub NAME [BODY]: logs its words.
stub() {
	printf '#!/bin/sh\necho "%s $*" >>"%s/calls"\n%s\n' "$1" "$T" "${2-}" >"$T/bin/$1"
	chmod 755 "$T/bin/$1"
}
# guard STATUS: a gpurom-domain that reads the XML and ends so.
guard() {
	stub gpurom-domain "cmp - $T/xml >>$T/calls || exit 9; echo out; echo why >&2; exit $1"
}
# hook OPERATION: as libvirt calls it, and whether all of the XML could be written.
hook() {
	run --separate-stderr env PATH="$T/bin:/usr/bin:/bin" "${SH:-sh}" -c \
		"{ cat '$T/xml' || echo broken >&2; } | '${SH:-sh}' '$top/etc/libvirt/hook' vm $1 begin -"
}

@test "a definition that is fine starts, one that is wrong does not; nothing is printed" {
	for SH in dash bash "/usr/bin/busybox"; do
		[ "$SH" != /usr/bin/busybox ] || { ln -sf /usr/bin/busybox "$T/sh" && SH=$T/sh; }
		guard 0
		hook prepare
		[ "$status" -eq 0 ]
		[ "$output" = "" ]
		guard 3
		hook prepare
		[ "$status" -eq 3 ]
		[ "$output" = "" ]
		[ "$stderr" = why ]
	done
	[ "$(sort -u "$T/calls")" = "gpurom-domain check --hook" ]
}

@test "a guard that is broken holds nobody, and that is reported" {
	for status in 1 2 4 127 139; do
		stub gpurom-domain "exit $status"
		hook prepare
		[ "$status" -eq 0 ]
		[ "$output" = "" ]
	done
	# shellcheck disable=SC2016 # the stub's
	stub gpurom-domain 'kill -SEGV $$'
	hook prepare
	[ "$status" -eq 0 ]
	[[ $stderr == *"gpurom: vm: the definition was not checked (gpurom-domain ended with 139); the VM starts" ]]
	grep -qx "logger -t gpurom -p daemon.warning vm: the definition was not checked (gpurom-domain ended with 139); the VM starts" "$T/calls"
	rm "$T/bin/logger"
	stub gpurom-domain "exit 127"
	hook prepare
	[ "$status" -eq 0 ]
	[ "$output" = "" ]
	[[ $stderr == *"(gpurom-domain ended with 127); the VM starts"* ]]
	[[ $stderr != *broken* ]]
}

@test "after gpurom-domain was removed: the hook, a file of /etc that stayed, says nothing" {
	hook prepare
	[ "$status" -eq 0 ]
	[ "$output$stderr" = "" ]
	[ ! -e "$T/calls" ]
}

@test "any other operation: the XML is read, and nothing is done" {
	guard 3
	for operation in start started stopped release migrate restore reconnect attach; do
		hook "$operation"
		[ "$status" -eq 0 ]
		[ "$output$stderr" = "" ]
	done
	[ ! -e "$T/calls" ]
}
