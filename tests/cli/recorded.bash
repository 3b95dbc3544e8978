# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# recorded ARG...: gpurom, whose output setup_suite.bash validates against its schema in the end. Each output
# with --json goes through this, but for that of snippet, which is for QEMU.
recorded() {
	local status=0 out=${JSON_OUTPUTS-}/$BASHPID.$RANDOM$RANDOM
	if [ -z "${JSON_OUTPUTS-}" ] || [[ " $* " == *" snippet "* ]]; then
		"$GPUROM" "$@" 3>&-
		return
	fi
	"$GPUROM" "$@" >"$out" 3>&- || status=$?
	echo "$status $*" >"$out.args"
	cat "$out"
	return "$status"
}
