#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# same.sh OLD NEW [PART...]: what two builds say, byte for byte, times and temporary names aside. OLD and NEW: folders
# with gpurom, gpurom-initramfs (in an older one gpurom was also that) and gpurom-domain. PART (all of them where none is named):
#	roms		show, show --json, show --format=rom-parser and trim of all made ROMs, and the real ones beside the checkout
#			(or in $GPUROM_ROMS) where they are
#	machines	list, plan, snippet and resolve, in all forms, of the real machines beside the checkout (or in
#			$GPUROM_MACHINES) where they are
#	bats		every call of a program by tests/cli, with what is in report.json and cards.json after it
# Differences are printed; the last line is "N passed, N failed". What each said is left in build/same.
set -eu
[ $# -ge 2 ] || { sed -n '3,/^set/s/^# \{0,1\}//p' "$0" | sed '$d' >&2 && exit 2; }
old=$(realpath "$1") new=$(realpath "$2")
shift 2
parts=${*:-roms machines bats}
cd "$(dirname "$0")/../.."
top=$PWD
out=$top/build/same
roms=${GPUROM_ROMS:-$top/../shared/roms}
machines=${GPUROM_MACHINES:-$top/../shared/machines}

# say NAME COMMAND...: its output and status, under a line that names it.
say() {
	echo "--- $1"
	shift
	rc=0
	"$@" 2>&1 || rc=$?
	echo "=== $rc"
}

roms_of() { # PROGRAM: all that it says of each ROM
	for file in "$out"/roms/*.rom "$roms"/*.rom; do
		[ -f "$file" ] || continue
		name=${file##*/}
		say "$name" "$1" show "$file"
		say "$name, json" "$1" show --json "$file"
		say "$name, rom-parser" "$1" show --format=rom-parser "$file"
		rm -f "$out/trimmed"
		say "$name, trim" "$1" trim "$file" "$out/trimmed"
		[ ! -f "$out/trimmed" ] || sha256sum <"$out/trimmed"
	done
}

machine_of() { # PROGRAM TREE
	for form in list 'list --json' plan 'plan --json'; do
		# shellcheck disable=SC2086 # words
		say "$form" "$1" --root "$2" $form
	done
	for card in $("$1" --root "$2" list --json 2>/dev/null | jq -r '.[].address' | head -n 16); do
		for form in resolve 'resolve --json' 'snippet --libvirt' 'snippet --qemu' 'snippet --proxmox' 'snippet --json'; do
			# shellcheck disable=SC2086 # words
			say "$form $card" "$1" --root "$2" $form "$card"
		done
	done
}

machines_of() { # PROGRAM
	for zoo in "$machines"/machines/*.zoo; do
		name=${zoo##*/}
		[ -d "$out/trees/$name" ] || python3 "$machines/mktree.py" "$zoo" "$out/trees/$name" >/dev/null
		echo "##### $name"
		machine_of "$1" "$out/trees/$name"
	done
}

# In front of the programs of folder $1: runs the one of its name, and keeps what it was asked and what it answered, a
# file for each call, named by its digest: calls beside each other may end in any order.
recorder() {
	mkdir -p "$out/$2/bin"
	for program in gpurom gpurom-initramfs gpurom-domain; do
		real=$1/$program
		[ -e "$real" ] || real=$1/gpurom
		cat >"$out/$2/bin/$program" <<-END
			#!/bin/bash
			here=$out/$2/calls/\$(echo "\${BATS_TEST_FILENAME##*/} \$BATS_TEST_DESCRIPTION" | tr -c 'a-zA-Z0-9.\n' '_' | cut -c1-200)
			mkdir -p "\$here"
			call=\$(mktemp "\$here/.call.XXXXXX")
			# Not through tee: the capture of older builds waits also for children that its caller started.
			(exec -a "\$0" $real "\$@") >"\$call.out" 2>"\$call.err"
			rc=\$?
			cat "\$call.out"
			cat "\$call.err" >&2
			{
				echo "\$* => \$rc"
				cat "\$call.out" "\$call.err"
				root=\$(printf '%s\n' "\$@" | sed -n '/^--root\$/{n;p;}' | head -n 1)
				cat "\$root/run/gpurom/report.json" "\$root/var/lib/gpurom/cards.json" 2>/dev/null
			} | sed "s#\${BATS_TEST_TMPDIR:-/none}#TMP#g; s/bats-run-[A-Za-z0-9]*/RUN/g; s/20[0-9][0-9]-[0-9-]*T[0-9:]*Z/TIME/g
				s/\(_us\|\"us\|worker\|pid\)\(\":\t*\)[0-9]*/\1\20/g; s/[0-9.]* \(ms\|s\|us\)\b/N \1/g; s/\"id\":\t\"[0-9a-f]*\"/ID/; s/gpurom-[0-9a-f]\{12\}/TAG/g" >"\$call"
			rm -f "\$call.out" "\$call.err"
			mv "\$call" "\$here/\$(sha256sum <"\$call" | cut -c1-24).\$\$"
			exit \$rc
		END
		chmod +x "$out/$2/bin/$program"
	done
}

bats_of() { # FOLDER NAME
	recorder "$1" "$2"
	GPUROM=$out/$2/bin/gpurom bats --tap --jobs "$(nproc)" --no-parallelize-within-files tests/cli >"$out/$2/tap" 2>&1 || :
	(cd "$out/$2/calls" && find . -type f | sed 's/\.[0-9]*$//' | sort | uniq -c)
}

both() { # PART COMMAND...: what it prints for each build
	part=$1
	shift
	"$@" "$old/gpurom" >"$out/$part.old" 2>&1
	"$@" "$new/gpurom" >"$out/$part.new" 2>&1
}

rm -rf "$out"
mkdir -p "$out/roms" "$out/trees" "$out/old" "$out/new"
passed=0 failed=0
for part in $parts; do
	case $part in
	roms)
		for text in tests/rom/good/*.txt tests/rom/bad/*.txt; do
			build/tests/mkrom "$text" "$out/roms/$(basename "$text" .txt).rom"
		done
		[ -d "$roms" ] || echo "skip: no real ROMs in $roms (set GPUROM_ROMS)"
		both roms roms_of
		;;
	machines)
		[ -d "$machines" ] || { echo "skip: no machines in $machines (set GPUROM_MACHINES)" && continue; }
		both machines machines_of
		;;
	bats)
		bats_of "$old" old >"$out/bats.old"
		bats_of "$new" new >"$out/bats.new"
		;;
	*) echo "no such part: $part" >&2 && exit 2 ;;
	esac
	lines=$(wc -l <"$out/$part.new")
	if [ "$lines" -gt 0 ] && diff -u "$out/$part.old" "$out/$part.new" >"$out/$part.diff"; then
		passed=$((passed + 1))
		echo "ok $part: $lines lines, the same"
	else
		failed=$((failed + 1))
		echo "not ok $part:"
		head -n 60 "$out/$part.diff"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
