#!/usr/bin/env bats
# The program as it ships: small, static, and hardened.

setup() {
	: "${GPUROM:=build/gpurom}"
}

@test "at most 344 KiB" {
	[ "$(stat -c %s "$GPUROM")" -le $((344 * 1024)) ]
}

@test "gpurom-domain: at most 256 KiB, and as static and as hardened" {
	domain=$(dirname "$GPUROM")/gpurom-domain
	[ "$(stat -c %s "$domain")" -le $((256 * 1024)) ]
	run readelf -hlWd "$domain"
	[ "$status" -eq 0 ]
	[[ $output == *"Type:"*DYN* ]]
	[[ $output == *GNU_RELRO* ]]
	for bad in INTERP NEEDED TEXTREL " RWE "; do
		[[ $output != *"$bad"* ]]
	done
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
