#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A child that sleeps in the kernel outlives the command that began it. It must keep nothing that somebody else waits
# for: whoever reads the command's output comes to the end of it, and the next command gets the locks.
# shellcheck disable=SC2154 # what run sets

load lib

setup() {
	cli_setup
	rom a.rom 10de:2204
	rom b.rom 10de:2206
}
teardown() {
	umount -l "$R/proc/4321/cmdline" 2>/dev/null || :
	cli_teardown
}

by_host() { card 1 10de:2204 rom=a.rom driver=nouveau "$@" | sed '/00\.1 10de/s/$/ driver=snd_hda_intel/'; }
hangs() { echo "fn 0000:00:1f.0 8086:1111 010802 driver=nvme config_hang=1"; }
never() { fn 00:1f.0; } # the folder of what hangs
# A VM has card 1.
vm_has_it() {
	mkdir -p "$R/proc/4321/fd"
	echo qemu >"$R/proc/4321/comm"
	: >"$R/proc/4321/cmdline"
	ln -sfn /dev/vfio/1 "$R/proc/4321/fd/7"
}
piped() { "$@" 2>&1 | cat; }
# ends_within MS WORDS COMMAND...: so does what it prints, and the words are in it.
ends_within() {
	local ms=$1 words=$2
	shift 2
	within "$ms" piped "$@" >"$T/out" || fail "$*"
	has "$(cat "$T/out")" "$words"
}

@test "a process's name that does not come: release" {
	{
		card 1 10de:2204 rom=a.rom
		hangs
	} | a_boot 1
	vm_has_it
	ln -sf "$(never)/config" "$R/proc/4321/comm"
	ends_within 20000 "whether a process uses it cannot be found out" g release 01:00
}

@test "a process's command line that does not come: release" {
	{
		card 1 10de:2204 rom=a.rom
		hangs
	} | a_boot 1
	vm_has_it
	mount --bind "$(never)/config" "$R/proc/4321/cmdline"
	ends_within 20000 "qemu (process 4321) has /dev/vfio/1 open" g release 01:00
}

@test "a driver that does not let go: take and release" {
	by_host unbind_hang=1 | machine
	ends_within 40000 "stuck: nouveau does not let go" g take 01:00
	ends_within 20000 "a driver is busy with it" g release 01:00
}

@test "a host driver whose probe does not end: release" {
	card 1 10de:2204 rom=a.rom native_hang=1 | a_boot 1
	ends_within 40000 "a driver of the host does not finish its probe" g release 01:00
}

@test "vfio-pci's probe that does not end: take, and the steps of a boot that do not wait for it" {
	{
		by_host probe_hang=1
		card 2 10de:2206 rom=b.rom driver=nouveau
	} | machine
	ends_within 60000 "its worker sleeps in the kernel" g take 01:00
	# What sleeps has none of the locks that another card's commands take.
	ends_within 20000 "taken: it is for VMs" g take 02:00
	for step in late\ 0000:01:00.0 settle commit; do
		# shellcheck disable=SC2086 # words
		ends_within 20000 "" g $step
	done
}

@test "a boot in one process" {
	card 1 10de:2204 rom=a.rom probe_hang=1 | machine
	ends_within 60000 "" g boot
	told "its worker sleeps in the kernel"
}
