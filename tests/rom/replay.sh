#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# replay.sh DESCRIPTION...: what gpurom says of each ROM, digests left out, for comparison with the
# .out beside it. replay.sh --write DESCRIPTION... writes those instead.
# "# card: vendor:device[:subvendor:subdevice]" in a description is the card it is judged for.
set -eu
gpurom=$(realpath "${GPUROM:-build/gpurom}") mkrom=$(realpath "${MKROM:-build/tests/mkrom}")
write=
if [ "$1" = --write ]; then write=1 && shift; fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

said() { # NAME CARD
	cd "$dir"
	status=0
	text=$("$gpurom" show ${2:+"--card=$2"} "$1.rom" 2>&1) || status=$?
	printf '%s\n' "$text" | sed 's/, sha256 [0-9a-f]*$//'
	echo "exit $status"
}

for txt; do
	name=$(basename "$txt" .txt)
	"$mkrom" "$txt" "$dir/$name.rom"
	card=$(sed -n 's/^# card: //p' "$txt")
	out=${txt%.txt}.out
	if [ -n "$write" ]; then
		(said "$name" "$card") >"$out"
	elif ! (said "$name" "$card") | diff -u "$out" -; then
		failed=1
	fi
	rm -f "$dir/$name.rom"
done
exit "$failed"
