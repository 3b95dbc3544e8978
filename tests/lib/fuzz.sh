#!/bin/sh
# fuzz.sh SECONDS PROGRAM...: runs each libFuzzer program for so long, two at a time, from the seeds of
# tests/fuzz (fuzz-rom: the ROMs of tests/rom) on, and tells what each came to. A finding is left in
# build/fuzz/PROGRAM.found.*: put it into tests/fuzz/found/TARGET together with the fix.
set -eu

seconds=$1
shift
dir=$(dirname "$1")
mkdir -p "$dir/seeds-rom"
for text in tests/rom/good/*.txt tests/rom/bad/*.txt; do
	rom=$(basename "$text" .txt).rom
	build/tests/mkrom "$text" "$dir/seeds-rom/$rom"
done

# run PROGRAM: its output in PROGRAM.log.
# shellcheck disable=SC2016 # the inner shell's
run='
	target=${1##*/fuzz-}
	case $target in
	rom) seeds=${1%/*}/seeds-rom longest=65536 ;;
	cards) seeds=tests/fuzz/seeds/$target longest=16384 ;;
	*) seeds=tests/fuzz/seeds/$target longest=4096 ;;
	esac
	mkdir -p "$1.corpus"
	found=tests/fuzz/found/$target
	[ -d "$found" ] || found=
	"$1" -max_total_time="$0" -max_len=$longest -timeout=60 -rss_limit_mb=2048 \
		-artifact_prefix="$1.found." -print_final_stats=1 "$1.corpus" "$seeds" $found >"$1.log" 2>&1 || {
		echo "$1 found something:" && tail -n 40 "$1.log"
		exit 1
	}'
rc=0
printf '%s\n' "$@" | xargs -P 2 -n 1 sh -c "$run" "$seconds" || rc=1

printf '%-16s %12s %8s %10s %8s\n' target executions edges features corpus
for program; do
	awk -v name="${program##*/fuzz-}" '
		/cov: / { for (i = 1; i < NF; i++) {
			if ($i == "cov:") edges = $(i + 1)
			if ($i == "ft:") features = $(i + 1)
			if ($i == "corp:") corpus = $(i + 1) } }
		/stat::number_of_executed_units:/ { runs = $2 }
		END { printf "%-16s %12s %8s %10s %8s\n", name, runs, edges, features, corpus }' "$program.log"
done
exit "$rc"
