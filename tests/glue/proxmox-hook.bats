#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Proxmox VE's hookscript: a VM is refused only where gpurom-domain says that its configuration is wrong.
# shellcheck disable=SC2154 # what run sets

bats_require_minimum_version 1.5.0

setup() {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	T=$BATS_TEST_TMPDIR
	mkdir "$T/bin"
	stub logger
}

# stub NAME [BODY]: logs its words.
stub() {
	printf '#!/bin/sh\necho "%s $*" >>"%s/calls"\n%s\n' "$1" "$T" "${2-}" >"$T/bin/$1"
	chmod 755 "$T/bin/$1"
}
# hook VMID PHASE: as Proxmox calls it, by its own first line, or in another shell.
hook() {
	run --separate-stderr env PATH="$T/bin:/usr/bin:/bin" ${SH:+"$SH"} "$top/etc/proxmox/hook" "$@"
}

@test "pre-start: a configuration that is fine starts, one that is wrong does not, and why is on stderr" {
	for SH in '' dash bash "$T/sh"; do
		ln -sf /usr/bin/busybox "$T/sh"
		stub gpurom-domain
		hook 100 pre-start
		[ "$status" -eq 0 ]
		[ "$output$stderr" = "" ]
		stub gpurom-domain "echo why >&2; exit 3"
		hook 100 pre-start
		[ "$status" -eq 3 ]
		[ "$stderr" = why ]
	done
	[ "$(sort -u "$T/calls")" = "gpurom-domain check --hook --proxmox 100" ]
}

@test "a guard that is broken holds nobody, and that is reported" {
	for status in 1 2 4 127 139; do
		stub gpurom-domain "exit $status"
		hook 100 pre-start
		[ "$status" -eq 0 ]
	done
	[[ $stderr == "gpurom: 100: the configuration was not checked (gpurom-domain ended with 139); the VM starts" ]]
	grep -qx "logger -t gpurom -p daemon.warning 100: the configuration was not checked (gpurom-domain ended with 139); the VM starts" "$T/calls"
	rm "$T/bin/gpurom-domain" "$T/bin/logger"
	hook 100 pre-start
	[ "$status" -eq 0 ]
	[[ $stderr == *"(gpurom-domain ended with 127); the VM starts"* ]]
}

@test "any other phase, or none: nothing is done; the card stays on vfio-pci" {
	stub gpurom-domain "exit 3"
	stub gpurom "exit 3"
	for phase in post-start pre-stop post-stop pre-migrate ''; do
		hook 100 "$phase"
		[ "$status" -eq 0 ]
		[ "$output$stderr" = "" ]
	done
	hook
	[ "$status" -eq 0 ]
	[ ! -e "$T/calls" ]
}
