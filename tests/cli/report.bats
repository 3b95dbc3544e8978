#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom report: this boot, for people and as JSON.

load lib

setup() {
	cli_setup
	rom a.rom 10de:2204 94.02.42.80.01
}
teardown() { cli_teardown; }

@test "for people: each card, its functions, its ROM, and how long the boot waited" {
	card 1 10de:2204 rom=a.rom driver=nouveau | machine
	cmdline gpurom.tmeout=5
	boot_steps
	run --separate-stderr g report
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	diff - <(echo "$output" | sed 's/[0-9.]* ms/N ms/g; s/^kernel [^,]*/kernel K/') <<-END
		kernel K, mode full
		boot waited N ms for claim, N ms for settle
		not understood: kernel command line, word 1: 'tmeout=5': no such key: mode, devices, keep, driver, sources, timeout, store, trim, guard, metrics
		0000:01:00  pci0000-uid0-01.1-00  bound
		  0000:01:00.0  10de:2204  vfio-pci (was nouveau)
		  0000:01:00.1  10de:1aef  vfio-pci
		  rom: sysfs: read; complete, 6144 bytes, N ms
		  romfile: from sysfs, complete, 6144 bytes, version 94.02.42.80.01
		store: not committed
	END
	step commit
	has "$(g report)" "store: /var/lib/gpurom: 1 new, 0 kept, 0 without ROM"
}

@test "--json is one object, of a version" {
	card 1 10de:2204 rom=a.rom | machine
	boot_steps
	g report --json >"$T/out"
	jq -e '.version == 1 and .mode == "full" and .driver == "vfio-pci"' "$T/out"
	jq -e '.kernel == "'"$(uname -r)"'"' "$T/out"
	jq -e '.claim_us > 0 and .settled and (.cards | length == 1)' "$T/out"
	jq -e '.cards[0].rom.sha256 == "'"$(sha "$T/a.rom")"'"' "$T/out"
	jq -e '.cards[0].rom.size == 6144 and .cards[0].worker == 0' "$T/out"
}

@test "it says why a card is not bound" {
	card 1 10de:2204 rom=a.rom | sed 's/group=1//' | machine
	boot_steps
	has "$(g report)" "driverless: vfio-pci did not take 0000:01:00.0: no IOMMU group"
	has "$(g report)" "no driver"
}

@test "a boot in which no card was taken: said, exit 1" {
	run --separate-stderr g report
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	has "$stderr" "in this boot gpurom took no card, or could not write it"
}

@test "a report that cannot be understood: said, exit 1" {
	mkdir -p "$R/run/gpurom"
	for text in "" "{" '{"version": 99}' '[]'; do
		echo "$text" >"$R/run/gpurom/report.json"
		run --separate-stderr g report --json
		[ "$status" -eq 1 ] || fail "$text: exit $status"
		[ -z "$output" ]
		has "$stderr" "/run/gpurom/report.json"
	done
}
