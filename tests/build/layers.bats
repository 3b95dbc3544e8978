#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Each room includes and calls only what it sees, and the checks of that find what is planted.

top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
cd "$top" || exit

has() { [[ $1 == *"$2"* ]] || { echo "no \"$2\" in: $1" && false; }; }
setup() { T=$BATS_TEST_TMPDIR; }

rooms() { sed -n 's/^ROOMS := //p' Makefile; }
pure() { sed -n 's/^PURE := //p' Makefile; }
heap() { sed -n 's/^HEAP := //p' Makefile; }
sees() { sed -n "s/^SEES_$1 := *//p" Makefile; }

# The rooms as they are built, with one more file in this one.
planted() {
	mkdir -p "$T/obj"
	local r
	for r in $(rooms); do
		[ "$r" = "$1" ] || ln -sfn "$top/build/obj/$r.a" "$T/obj/$r.a"
	done
	cp "build/obj/$1.a" "$T/obj/"
	printf '%s\n' "$2" >"$T/planted.c"
	gcc -c -o "$T/planted.o" "$T/planted.c"
	ar r "$T/obj/$1.a" "$T/planted.o"
	# shellcheck disable=SC2046 # a list of words
	run sh tests/lint/layers.sh "$T/obj" "$1" "$3" $(sees "$1")
	rm -rf "$T/obj"
}

@test "every room of the tree is in the Makefile, once" {
	[ "$(rooms | tr ' ' '\n' | sort)" = "$(find src -name '*.[ch]' -printf '%P\n' | sed 's,/.*,,' | sort -u)" ]
}

@test "a room includes the headers of what it sees, and cannot reach another's" {
	for h in src/*/*.h; do
		printf '#include "%s"\n' "${h#src/}"
	done >"$T/x.c"
	for room in $(rooms); do
		gcc -M -MG -iquote "build/sees/$room" "$T/x.c" | tr -s '[:space:]' '\n' | sed -n "s,^build/sees/$room/,,p" | sort -u >"$T/reached"
		for seen in $room $(sees "$room"); do
			find "src/$seen" -name '*.h' -printf "$seen/%f\n"
		done | sort | diff - "$T/reached"
	done
}

@test "a pure room that opens a file, or allocates, is refused, and the call named" {
	for room in $(pure); do
		planted "$room" 'int g(void); int g(void) { return 1; }' pure
		[ "$status" -eq 0 ]
		planted "$room" 'int open(const char *, int); int f(void); int f(void) { return open("x", 0); }
			void *malloc(unsigned long); void *m(void); void *m(void) { return malloc(3); }' pure
		[ "$status" -eq 1 ]
		has "$output" "$room may not call: planted.o open"
		has "$output" "$room may not call: planted.o malloc"
	done
}

@test "a room that may allocate may not open a file" {
	for room in $(heap); do
		planted "$room" 'void *malloc(unsigned long); void *m(void); void *m(void) { return malloc(3); }' heap
		[ "$status" -eq 0 ]
		planted "$room" 'int open(const char *, int); int f(void); int f(void) { return open("x", 0); }' heap
		[ "$status" -eq 1 ]
		has "$output" "$room may not call: planted.o open"
	done
}

@test "a room that calls a function of one that it does not see is refused, and the call named" {
	for room in $(rooms); do
		for other in $(rooms); do
			case " $room $(sees "$room") " in
			*" $other "*) continue ;;
			esac
			name=$(nm --defined-only "build/obj/$other.a" | awk '$2 == "T" && $3 != "main" { print $3; exit }')
			planted "$room" "int $name(void); int f(void); int f(void) { return $name(); }" edge
			[ "$status" -eq 1 ]
			has "$output" "$room may not call: planted.o $name"
			break
		done
	done
}

@test "files and rooms that include each other, on however long a way, are refused" {
	mkdir -p "$T/tests/lint" "$T/src/a" "$T/src/b"
	cp tests/lint/circles.sh "$T/tests/lint/"
	echo '#include "b/two.h"' >"$T/src/a/one.h"
	echo '#include "b/two.h"' >"$T/src/b/two.c"
	: >"$T/src/b/two.h"
	: >"$T/src/a/three.h"
	sh "$T/tests/lint/circles.sh"
	echo '#include "a/three.h"' >"$T/src/b/two.h"
	run sh "$T/tests/lint/circles.sh"
	[ "$status" -ne 0 ] # the rooms
	mkdir "$T/src/c"
	mv "$T/src/a/three.h" "$T/src/c/"
	echo '#include "c/three.h"' >"$T/src/b/two.h"
	sh "$T/tests/lint/circles.sh"
	echo '#include "b/two.h"' >"$T/src/c/four.h"
	echo '#include "c/four.h"' >"$T/src/c/three.c"
	run sh "$T/tests/lint/circles.sh"
	[ "$status" -ne 0 ]
}
