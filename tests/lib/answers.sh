#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# answers.sh [--write] BUNDLE.tar.zst...: what gpurom answers of the machine of each bundle: what the guests of
# the tests say of themselves (vm-answers), and doctor. --write: into BUNDLE.answers, beside it; read the difference
# before you commit it. The program is build/gpurom, or $GPUROM.
set -eu

top=$(cd "$(dirname -- "$0")/../.." && pwd)
gpurom=$(realpath -- "${GPUROM:-$top/build/gpurom}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

answers() {
	rm -rf "$folder/gpurom-bundle"
	zstd -qdc "$1" | tar -C "$folder" -xf -
	cd "$folder" # so that no answer can have the folder's name
	sh "$top/tests/vm/guest/usr/local/sbin/vm-answers" "$gpurom" --root gpurom-bundle
	status=0
	echo "== doctor"
	"$gpurom" --root gpurom-bundle doctor 2>&1 || status=$?
	echo "exit status $status"
	cd - >/dev/null
}

write=
[ "${1:-}" != --write ] || { write=yes && shift; }
for bundle; do
	if [ -n "$write" ]; then
		answers "$bundle" >"${bundle%.tar.zst}.answers"
	else
		answers "$bundle"
	fi
done
