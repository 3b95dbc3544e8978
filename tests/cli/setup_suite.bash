# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Once for a run of bats that begins in this folder: what tests print with --json is kept, and
# validated at the end against the schemas that programs get. See recorded in lib.bash.

setup_suite() {
	export JSON_OUTPUTS=${JSON_OUTPUTS:-$BATS_SUITE_TMPDIR/json}
	mkdir -p "$JSON_OUTPUTS"
}

teardown_suite() {
	local here
	here=$(dirname "${BASH_SOURCE[0]}")
	python3 "$here/../lib/schemas.py" "$here/../../etc/schema" "$JSON_OUTPUTS" >"$JSON_OUTPUTS.wrong" 2>&1 || {
		echo "JSON that is not as etc/schema says:"
		cat "$JSON_OUTPUTS.wrong"
		return 1
	}
}
