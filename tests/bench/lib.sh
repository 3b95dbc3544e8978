# SPDX-License-Identifier: GPL-2.0-or-later
# Shared by the benches beside it, which source it: rows of the table, medians, a made-up root to measure in.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by those who source this

bench_dir=${bench_dir:-$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)}
top=${bench_dir%/tests/bench}
build=${GPUROM_BUILD:-$top/build}
gpurom=$(realpath "${GPUROM:-$build/gpurom}") tools=$build/tests
# The program that goes into the image, where that is another one.
in_image=$gpurom
[ -n "${GPUROM:-}" ] || [ ! -f "$build/gpurom-initramfs" ] || in_image=$build/gpurom-initramfs

# A step, with the seconds since the bench began.
began=${BENCH_BEGAN:-$(date +%s)}
say() {
	printf '%4s s  %s\n' "$(($(date +%s) - began))" "$*" >&2
}

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# row WHAT MEASURED TARGET FROM: a line of the table. TARGET: the most that MEASURED may be, a number, with "1/60"
# too; "" for none.
row() {
	printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" >>"$BENCH_ROWS"
}

# median FILE [FIELD]: of the numbers in that field of its lines.
median() {
	cut -d' ' -f"${2:-1}" "$1" | sort -n | awk '{ v[NR] = $1 }
		END { if (!NR) exit 1
			print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# calc FORMAT EXPRESSION: arithmetic of awk's.
calc() {
	awk "BEGIN { printf \"$1\", $2 }"
}

# Microseconds as milliseconds, one digit behind the point; more where there is little.
ms() {
	calc "%.$(calc %d "$1 < 10000 ? 2 : 1")f" "$1 / 1000"
}

# A folder in memory, or below TMPDIR.
make_work() {
	in=${TMPDIR:-/tmp}
	[ ! -w /dev/shm ] || in=/dev/shm
	mktemp -d "$in/gpurom-bench.XXXXXX"
}

# make_root FOLDER: what a root has beside its sys.
make_root() {
	mkdir -p "$1/proc" "$1/dev" "$1/run" "$1/etc" "$1/var/lib"
	: >"$1/dev/kmsg"
	echo quiet >"$1/proc/cmdline"
}

# used FILE COMMAND...: what the command costs, a line more in FILE; see used.c.
used() {
	to=$1
	shift
	"$tools/used" "$@" 2>/dev/null >>"$to" || die "exit status $?: $*"
}
