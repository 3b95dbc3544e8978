#!/bin/sh
# fuzz.sh SECONDS PROGRAM...: runs each libFuzzer program for so long, from the ROMs of tests/rom on. A
# finding is left in build/fuzz: make it a description in tests/rom/bad together with the fix.
set -eu

seconds=$1
shift
dir=$(dirname "$1")
mkdir -p "$dir/seeds"
for text in tests/rom/good/*.txt tests/rom/bad/*.txt; do
	rom=$(basename "$text" .txt).rom
	build/tests/mkrom "$text" "$dir/seeds/$rom"
done
for program; do
	mkdir -p "$program.corpus"
	"$program" -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=1024 \
		-artifact_prefix="$program.found." -print_final_stats=1 "$program.corpus" "$dir/seeds"
done
