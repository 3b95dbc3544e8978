#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# How much the program asks of the kernel, counted by strace, and how many processes it starts: what makes a boot
# wait. tests/bench has the times.

load lib.bash

setup() { cli_setup; }
teardown() { cli_teardown; }

# others N: N network functions, on bus 10 and up, each behind nothing and in an IOMMU group of its own.
others() {
	local i
	for ((i = 0; i < $1; i++)); do
		printf 'fn 0000:%02x:%02x.%d 8086:1528 020000 group=%d driver=ixgbe native=ixgbe\n' \
			$((0x10 + i / 64)) $((i / 8 % 8)) $((i % 8)) $((200 + i))
	done
}

# traced COMMAND...: gpurom with its children; $T/calls has a line for each of their system calls.
traced() { strace -f -qq -o "$T/calls" "$GPUROM" --root "$R" "$@" >"$T/out" 3>&-; }
calls() { grep -c '[a-z0-9_]*(' "$T/calls"; }
# Processes that began.
children() { grep -cE '(fork|clone3?)\(' "$T/calls"; }

@test "what no card has to do with: at most six system calls a function, and nothing but its uevent" {
	local few many
	{ card 1 10de:2204 && others 10; } | machine
	traced plan
	few=$(calls)
	{ card 1 10de:2204 && others 60; } | machine
	traced plan
	many=$(calls)
	[ $((many - few)) -le $((50 * 6)) ] || fail "$many calls for 60 others, $few for 10"
	! grep '0000:10:00.0/' "$T/calls" | grep -v '/uevent"' || fail "more than its uevent is read"
	grep -q '0000:01:00.1/driver_override' "$T/calls" # of a card everything is
}

@test "a domain's functions may be any: gpurom-domain asks each for its IOMMU group" {
	{ card 1 10de:2204 && others 2; } | machine
	cat >"$T/vm.xml" <<-END
		<domain><devices>
		<hostdev mode='subsystem' type='pci' managed='yes'><source>
		<address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
		</source></hostdev>
		</devices></domain>
	END
	strace -f -qq -o "$T/calls" "$(dirname "$GPUROM")/gpurom-domain" --root "$R" check <"$T/vm.xml" >"$T/out" 2>&1 3>&- || :
	grep -q '0000:10:00.0/iommu_group' "$T/calls" || fail "$(cat "$T/out")"
}

@test "claim starts two children, one for the scan and one for the holds, for one card and for six" {
	card 1 10de:2204 | machine
	traced --initramfs claim
	same "$(children)" 2
	for n in 1 2 3 4 5 6; do card "$n" 10de:2204; done | machine
	rm -r "$R/run"
	traced --initramfs claim
	same "$(children)" 2
	same "$(jq '[.cards[] | select(.state == "held")] | length' "$R/run/gpurom/report.json")" 6
}

@test "claim writes two files, the report before the holds and after; again, also each card's own" {
	for n in 1 2 3; do card "$n" 10de:2204; done | machine
	traced --initramfs claim
	same "$(grep -c 'renameat2\?(' "$T/calls")" 2
	same "$(find "$R/run/gpurom/cards" -name '*.json' | wc -l)" 0
	step capture
	same "$(find "$R/run/gpurom/cards" -name '*.json' | wc -l)" 3
	step claim --force
	same "$(jq -r .card.state "$R"/run/gpurom/cards/*.json | sort -u)" held
}
