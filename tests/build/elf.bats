#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The program as it ships: small, static, and hardened.

setup() {
	: "${GPUROM:=build/gpurom}"
}

static_and_hardened() {
	run readelf -hlWd "$1"
	[ "$status" -eq 0 ]
	[[ $output == *"Type:"*DYN* ]]
	[[ $output == *GNU_RELRO* ]]
	[[ $output == *NOW* ]]
	for bad in INTERP NEEDED TEXTREL " RWE "; do
		[[ $output != *"$bad"* ]]
	done
}

# Each boot loads it from the image, which is compressed. At a fixed address: the Makefile says why.
@test "gpurom-initramfs: at most 96 KiB compressed by zstd -19; static, nothing writable and executable" {
	initramfs=$(dirname "$GPUROM")/gpurom-initramfs
	bytes=$(zstd -19 -c "$initramfs" | wc -c)
	echo "$bytes bytes"
	[ "$bytes" -gt 0 ]
	[ "$bytes" -le 98304 ]
	run readelf -hlWdr "$initramfs"
	[ "$status" -eq 0 ]
	[[ $output == *"Type:"*EXEC* ]]
	[[ $output == *"GNU_STACK"*" RW "* ]]
	[[ $output == *"no relocations"* ]]
	for bad in INTERP NEEDED " RWE "; do
		[[ $output != *"$bad"* ]]
	done
}

# Once a boot, and only where an extra archive is loaded.
@test "gpurom-init: at most 40 KiB; static, nothing writable and executable" {
	init=$(dirname "$GPUROM")/gpurom-init
	[ "$(stat -c %s "$init")" -le $((40 * 1024)) ]
	run readelf -hlWdr "$init"
	[ "$status" -eq 0 ]
	[[ $output == *"GNU_STACK"*" RW "* ]]
	for bad in INTERP NEEDED " RWE "; do
		[[ $output != *"$bad"* ]]
	done
}

@test "gpurom-domain: at most 256 KiB, and as static and as hardened" {
	domain=$(dirname "$GPUROM")/gpurom-domain
	[ "$(stat -c %s "$domain")" -le $((256 * 1024)) ]
	static_and_hardened "$domain"
}

# Each of the programs has our printf (src/sys/print.h) and qsort, not musl's.
@test "the source prints nothing that print_formatted does not know" {
	for program in gpurom gpurom-initramfs gpurom-init gpurom-domain; do
		run nm "$(dirname "$GPUROM")/$program.debug"
		[[ $output == *" print_formatted"* ]]
		[[ $output != *" printf_core"* ]]
		[[ $output != *" fmt_fp"* ]]
		[[ $output == *" sort_items"* ]]
		[[ $output != *"qsort_r"* ]]
	done
	# Texts of the source without sscanf's, as "%" to letter.
	cat src/*/*.[ch] | grep -v sscanf | grep -oE '"([^"\\]|\\.)*"' | sed 's/%%//g' |
		grep -oE '%[^a-zA-Z"]*(hh|h|ll|l|z|j|t)?[a-zA-Z]' | sort -u >"$BATS_TEST_TMPDIR/conversions"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/conversions")" -gt 20 ]
	run grep -vxE '%[-0]*([0-9]+|\*)?(\.([0-9]+|\*))?((hh|h|ll|l|z|j|t)?[diuoxX]|[csp])' "$BATS_TEST_TMPDIR/conversions"
	[ "$output" = "" ]
}

@test "needs no library and no loader" {
	run readelf -lWd "$GPUROM"
	[ "$status" -eq 0 ]
	[[ $output != *INTERP* ]]
	[[ $output != *NEEDED* ]]
}

@test "loads anywhere: a static PIE without text relocations" {
	run readelf -hWd "$GPUROM"
	[[ $output == *"Type:"*DYN* ]]
	[[ $output != *TEXTREL* ]]
}

@test "relocations are read-only once it runs" {
	run readelf -lWd "$GPUROM"
	[[ $output == *GNU_RELRO* ]]
	[[ $output == *NOW* ]]
}

@test "the stack is not executable" {
	run bash -c "readelf -lW '$GPUROM' | grep GNU_STACK"
	[ "$status" -eq 0 ]
	[[ $output == *" RW "* ]]
}

@test "no segment is writable and executable" {
	run bash -c "readelf -lW '$GPUROM' | grep -E '^ +[A-Z_]+ .* RWE '"
	[ "$status" -eq 1 ]
}

@test "functions check their stack" {
	nm "$GPUROM.debug" | grep -q ' __stack_chk_fail$'
	objdump -d --disassemble=main "$GPUROM.debug" >/dev/null
	[ "$(objdump -d "$GPUROM.debug" | grep -c 'call.*<__stack_chk_fail>')" -gt 10 ]
}

@test "symbols are in the .debug file only" {
	run nm "$GPUROM"
	[[ $output == *"no symbols"* ]]
}
