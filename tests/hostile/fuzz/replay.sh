#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# replay.sh PROGRAM...: each fuzz target on its seeds and on what was ever found with it. TAP.
set -u

seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
for text in tests/rom/good/*.txt tests/rom/bad/*.txt; do
	build/tests/mkrom "$text" "$seeds/$(basename "$text" .txt).rom" || exit 1
done
echo "1..$#"
n=0 rc=0
for program; do
	n=$((n + 1))
	target=${program##*/replay-}
	from=tests/hostile/fuzz/seeds/$target
	[ "$target" != rom ] || from=$seeds
	if said=$(find "$from" "tests/hostile/fuzz/found/$target" -type f 2>/dev/null | sort | xargs "$program" 2>&1); then
		echo "ok $n replay $target: $said"
	else
		rc=1
		echo "not ok $n replay $target"
		printf '%s\n' "$said" | tail -n 30 | sed 's/^/# /'
	fi
done
exit "$rc"
