#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom trim: exactly the romfile, whole or not at all, and never over what is dear.
# shellcheck disable=SC2154 # bats sets stderr
bats_require_minimum_version 1.5.0
load recorded

setup() {
	top=$(realpath "$BATS_TEST_DIRNAME/../..")
	GPUROM=$(realpath "${GPUROM:-$top/build/gpurom}")
	MKROM=$(realpath "${MKROM:-$top/build/tests/mkrom}")
	rom=$top/tests/rom
	cd "$BATS_TEST_TMPDIR" || return
}

mkrom() { # NAME: makes NAME.rom here, of rom/good or rom/bad
	"$MKROM" "$rom"/*/"$1.txt" "$1.rom"
}

nothing_written() { # and no leavings
	[ ! -e out ] && [ -z "$(find . -name '.tmp*')" ]
}

@test "the chain alone: nothing before, nothing behind" {
	mkrom nvgi-v3
	"$GPUROM" trim nvgi-v3.rom out
	cmp <(tail -c +$((0x2600 + 1)) nvgi-v3.rom | head -c 4096) out
}

@test "--tail=keep: as dd skip= does" {
	mkrom nvgi-v3
	"$GPUROM" trim --tail=keep nvgi-v3.rom out
	dd if=nvgi-v3.rom of=want bs=$((0x2600)) skip=1 status=none
	cmp want out
}

@test "a trimmed ROM trims to itself" {
	mkrom mobile
	"$GPUROM" trim mobile.rom once
	"$GPUROM" trim once twice
	cmp once twice
	cmp mobile.rom once
}

@test "every described ROM: show reports what trim does" {
	for txt in "$rom"/good/*.txt "$rom"/bad/*.txt; do
		rm -f out
		"$MKROM" "$txt" in.rom
		recorded show --json in.rom 2>/dev/null >>shown || [ $? -eq 3 ] || echo '{}' >>shown
		if "$GPUROM" trim in.rom out 2>/dev/null; then
			sha256sum <out | cut -c1-64 >>trimmed
		else
			[ "$?" -eq 1 ]
			nothing_written
			echo null >>trimmed
		fi
	done
	jq -r .trimmed_sha256 shown | cmp - trimmed
	[ "$(sort trimmed | uniq -c | wc -l)" -gt 50 ]
}

@test "no complete chain: says why, exit 1, no file" {
	mkrom 07-no-last-shadow
	for how in cut keep; do
		run --separate-stderr "$GPUROM" trim --tail=$how 07-no-last-shadow.rom out
		[ "$status" -eq 1 ]
		[ -z "$output" ]
		[[ $stderr == "gpurom: 07-no-last-shadow.rom: no complete option ROM to trim to: not whole: "* ]]
		nothing_written
	done
}

@test "--force does not make a broken ROM whole, and spares what is there" {
	mkrom 05-length-past-end
	echo dear >out
	run "$GPUROM" trim --force 05-length-past-end.rom out
	[ "$status" -eq 1 ]
	[ "$(cat out)" = dear ]
}

@test "never over a file that is there" {
	mkrom desktop
	echo dear >out
	run "$GPUROM" trim desktop.rom out
	[ "$status" -eq 1 ]
	[[ $output == "gpurom: out: exists already"* ]]
	[ "$(cat out)" = dear ]
	ln -s nowhere dangling
	run "$GPUROM" trim desktop.rom dangling
	[ "$status" -eq 1 ]
	[ ! -e nowhere ]
}

@test "--force: over a file, by a new one" {
	mkrom desktop
	echo old >out
	ln out other_name
	"$GPUROM" trim --force desktop.rom out
	cmp desktop.rom out
	[ "$(cat other_name)" = old ]
}

@test "--force: a link is replaced, what it points to is not" {
	mkrom desktop
	echo dear >target
	ln -s target out
	"$GPUROM" trim --force desktop.rom out
	[ "$(cat target)" = dear ]
	cmp desktop.rom out
	[ ! -L out ]
}

@test "never over its input, by whatever name" {
	mkrom nvgi-v1
	cp nvgi-v1.rom copy
	ln nvgi-v1.rom hard
	ln -s nvgi-v1.rom soft
	mkdir sub
	for out in nvgi-v1.rom ./nvgi-v1.rom sub/../nvgi-v1.rom "$PWD/nvgi-v1.rom" hard soft; do
		for force in "" --force; do
			# shellcheck disable=SC2086 # a word or none
			run "$GPUROM" trim $force nvgi-v1.rom "$out"
			[ "$status" -eq 1 ]
			[[ $output == *"is the input itself"* ]]
			cmp copy nvgi-v1.rom
		done
	done
	[ -L soft ]
	run "$GPUROM" trim --force soft nvgi-v1.rom
	[ "$status" -eq 1 ]
	cmp copy nvgi-v1.rom
}

@test "only over regular files" {
	mkrom desktop
	mkdir folder
	mkfifo pipe
	for out in folder pipe /dev/null; do
		run "$GPUROM" trim --force desktop.rom "$out"
		[ "$status" -eq 1 ]
		[[ $output == *"is no regular file"* ]]
	done
	[ -d folder ] && [ -p pipe ] && [ -c /dev/null ]
}

@test "a folder that is not there: reported, exit 1" {
	mkrom desktop
	run --separate-stderr "$GPUROM" trim desktop.rom missing/out
	[ "$status" -eq 1 ]
	[[ $stderr == "gpurom: missing/out: No such file or directory"* ]]
}

@test "others may read what is written, whatever the umask" {
	mkrom desktop
	(umask 077 && "$GPUROM" trim desktop.rom out)
	[ "$(stat -c %a out)" = 644 ]
}

@test "says what it did" {
	mkrom nvgi-v2
	run "$GPUROM" trim nvgi-v2.rom out
	[ "$output" = "out: 4096 bytes from 0xa00 of nvgi-v2.rom" ]
}

@test "usage: wrong words end with 2 and write nothing" {
	mkrom desktop
	for words in "" "desktop.rom" "desktop.rom out more" "--tail desktop.rom out" "--tail=half desktop.rom out" \
		"--nonsense desktop.rom out"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr "$GPUROM" trim $words
		[ "$status" -eq 2 ]
		[ -z "$output" ]
		nothing_written
	done
}

@test "an input that is not there, or too large: reported, exit 1" {
	run "$GPUROM" trim missing.rom out
	[ "$status" -eq 1 ]
	[[ $output == "gpurom: missing.rom: No such file or directory"* ]]
	mkrom 26-too-large
	run "$GPUROM" trim 26-too-large.rom out
	[ "$status" -eq 1 ]
	[[ $output == "gpurom: 26-too-large.rom: larger than any ROM"* ]]
	nothing_written
}
