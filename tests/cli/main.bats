#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The words before a command, the usage, and the exit status.

load lib

setup() { cli_setup; }
teardown() { cli_teardown; }

commands=(help version list plan report show trim snippet dump verify import claim capture settle boot commit)

@test "--help lists every command, on standard output, and is done" {
	run --separate-stderr g --help
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	for c in "${commands[@]}"; do
		grep -qE "^  $c( |$)" <<<"$output" || fail "not listed: $c"
	done
	for o in --root --initramfs --cmdline; do
		has "$output" "$o"
	done
}

# The commands that --help lists on standard input.
listed() { sed -n '/^exit status/q; s/^  \([a-z][a-z-]*\).*/\1/p'; }

@test "the initramfs's program has the steps there and what is looked at there, and says where the other commands are" {
	"$GPUROM_INITRAMFS" --help | listed >"$T/fewer"
	same "$(xargs <"$T/fewer")" "list plan report claim capture settle boot"
	g --help | listed | grep -vxFf "$T/fewer" >"$T/more"
	[ "$(wc -l <"$T/more")" -gt 10 ]
	while read -r c; do
		run --separate-stderr "$GPUROM_INITRAMFS" --root "$R" "$c" </dev/null
		[ "$status" -eq 2 ] || fail "$c: exit $status"
		same "$output$stderr" "gpurom: $c is not in the initramfs's program: run it in the installed system"
	done <"$T/more"
}

@test "the initramfs's program shows what the whole one shows, and is of the same version" {
	rom a.rom 10de:2204
	{
		onboard
		card 1 10de:2204 rom=a.rom
	} | machine
	boot_steps
	for c in --version list plan report; do
		# shellcheck disable=SC2086 # words
		same "$("$GPUROM_INITRAMFS" --root "$R" $c)" "$(g $c)"
	done
	# An image knows of no other.
	for c in plan report; do
		g $c --json | jq -e 'has("images")'
		same "$("$GPUROM_INITRAMFS" --root "$R" $c --json | jq .)" "$(g $c --json | jq 'del(.images)')"
	done
}

@test "--version says one line" {
	run --separate-stderr g --version
	[ "$status" -eq 0 ]
	[[ $output =~ ^gpurom\ [0-9]+\.[0-9]+\.[0-9]+(\ \([0-9a-f]+(-dirty)?\))?$ ]]
	[ -z "$stderr" ]
}

@test "no command: the help on standard error, exit 2" {
	run --separate-stderr g
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	has "$stderr" "usage: gpurom"
}

@test "an unknown option before the command, exit 2" {
	run --separate-stderr g --rot=/ list
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	has "$stderr" "rot"
}

@test "an unknown option of each command, exit 2, with its usage" {
	for c in "${commands[@]}"; do
		run --separate-stderr g "$c" --no-such-option
		[ "$status" -eq 2 ] || fail "$c: exit $status"
		[ -z "$output" ] || fail "$c: $output"
		has "$stderr" "usage: gpurom $c"
	done
}

@test "an argument too many, exit 2" {
	for c in list plan report claim capture settle boot commit; do
		run --separate-stderr g "$c" one
		[ "$status" -eq 2 ] || fail "$c: exit $status"
		has "$stderr" "usage: gpurom $c"
	done
}

@test "a root that is not there: said, exit 1" {
	run --separate-stderr "$GPUROM" --root "$T/nowhere" list
	[ "$status" -eq 1 ]
	same "$stderr" "gpurom: $T/nowhere: No such file or directory"
}

@test "a listing that cannot be written is a failure" {
	onboard | machine
	run --separate-stderr sh -c '"$@" >/dev/full' sh "$GPUROM" --root "$R" list
	[ "$status" -eq 1 ]
	has "$stderr" "standard output: No space left on device"
}

# Descriptor 9 is a pipe that nobody reads any more.
no_reader() {
	mkfifo "$T/pipe"
	exec 8<>"$T/pipe"
	exec 9>"$T/pipe" 8>&-
}

@test "a reader that has gone, as with | head: no message, the status of what SIGPIPE ends; no signal ends it" {
	rom a.rom 10de:2204
	card 1 10de:2204 rom=a.rom | machine
	step claim
	no_reader
	for c in list "list --json" plan report metrics --help "help list" "show $T/a.rom" "show --format=rom-parser $T/a.rom"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr sh -c '"$@" >&9' sh "$GPUROM" --root "$R" $c
		same "$c: $status $stderr" "$c: 141 "
	done
}

@test "a boot step that nobody listens to any more goes on to its end" {
	rom a.rom 10de:2204
	{
		card 1 10de:2204 rom=a.rom
		card 2 10de:2204 rom=a.rom
	} | machine
	rm "$R/dev/kmsg"
	no_reader
	for s in claim capture settle commit; do
		step $s >&9 2>&9
	done
	bound vfio-pci 01:00.0 01:00.1 02:00.0 02:00.1
	cmp "$(romfile 2)" "$T/a.rom"
}

# Each with something to print.
@test "no line of any command ends in a blank" {
	rom a.rom 10de:2204
	rom b.rom 10de:2206
	head -c 4096 /dev/zero >"$T/zeros"
	{
		onboard
		card 1 10de:2204 rom=a.rom driver=nouveau
		card 2 10de:2206
	} | machine
	boot_steps
	step commit
	set -- --help version list plan report "show $T/a.rom" "show $T/zeros" "snippet 01:00.0 --libvirt" \
		"snippet 01:00.0 --qemu" "snippet 01:00.0 --proxmox" verify "verify $T/a.rom" "verify 01:00.0" "history 01:00.0" \
		"import $T/b.rom --card=02:00.0" "pin 01:00.0" "gc --dry-run" "dump 01:00.0 $T/out" "resolve 01:00.0" list
	for c; do
		# shellcheck disable=SC2086 # words
		g $c >"$T/printed" 2>&1 || :
		[ -s "$T/printed" ] || [ "${c%% *}" = dump ] || fail "$c: nothing"
		! grep -nE '[[:blank:]]+$' "$T/printed" || fail "$c"
	done
	for c in $(g --help | sed -n '/^exit status/q; s/^  \([a-z]*\).*/\1/p'); do
		! g help "$c" | grep -nE '[[:blank:]]+$' || fail "help $c"
	done
}

@test "with all standard files closed a listing does no harm" {
	onboard | machine
	g list <&- >&- 2>&- || :
	[ -z "$(kmsg)" ]
	[ -z "$(writes)" ]
}
