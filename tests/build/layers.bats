#!/usr/bin/env bats
# Each room includes and calls only what it sees, and the guards that say so can tell.

top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
cd "$top" || exit

setup() { T=$BATS_TEST_TMPDIR; }

rooms() { sed -n 's/^ROOMS := //p' Makefile; }
pure() { sed -n 's/^PURE := //p' Makefile; }
sees() { sed -n "s/^SEES_$1 := *//p" Makefile; }

# The room's objects and all others, with one more file in the room.
planted() {
	mkdir -p "$T/obj/$1"
	for room in $(rooms); do
		[ "$room" = "$1" ] || ln -sfn "$top/build/obj/$room" "$T/obj/$room"
	done
	cp "build/obj/$1"/*.o "$T/obj/$1/"
	printf '%s\n' "$2" >"$T/planted.c"
	gcc -c -o "$T/obj/$1/planted.o" "$T/planted.c"
	# shellcheck disable=SC2046 # a list of words
	run sh tests/lib/layers.sh "$T/obj" "$1" "$3" $(sees "$1")
	rm -r "$T/obj"
}

@test "every room of the tree is in the Makefile, once" {
	[ "$(rooms | tr ' ' '\n' | sort)" = "$(find src -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort)" ]
}

@test "a room includes the headers of what it sees, and cannot reach another's" {
	for room in $(rooms); do
		for h in src/*/*.h; do
			other=${h#src/} && other=${other%%/*}
			printf '#include "%s"\n' "${h#src/}" >"$T/x.c"
			run gcc -M -MG -iquote "build/sees/$room" "$T/x.c"
			case " $room $(sees "$room") " in
			*" $other "*) [[ $output == *"build/sees/$room/${h#src/}"* ]] ;;
			*) [[ $output != *"build/sees/$room/${h#src/}"* ]] ;;
			esac
		done
	done
}

@test "what a room sees sees no more than the room does: it may use all of the headers that it includes" {
	for room in $(rooms); do
		for seen in $(sees "$room"); do
			for below in $(sees "$seen"); do
				case " $(sees "$room") " in
				*" $below "*) ;;
				*) grep -hq "^#include \"$below/" "src/$seen"/*.h && echo "$room: $seen: $below" && false || : ;;
				esac
			done
		done
	done
}

@test "a pure room that opened a file, or allocated, would be told by name" {
	for room in $(pure); do
		planted "$room" 'int g(void); int g(void) { return 1; }' pure
		[ "$status" -eq 0 ]
		planted "$room" 'int open(const char *, int); int f(void); int f(void) { return open("x", 0); }' pure
		[ "$status" -eq 1 ]
		[[ $output == *"$room may not call:"*"planted.o: open"* ]]
		planted "$room" 'void *malloc(unsigned long); void *f(void); void *f(void) { return malloc(3); }' pure
		[ "$status" -eq 1 ]
	done
}

@test "a room that called a function of one that it does not see would be told by name" {
	for room in $(rooms); do
		for other in $(rooms); do
			case " $room $(sees "$room") " in
			*" $other "*) continue ;;
			esac
			name=$(nm --defined-only "build/obj/$other"/*.o | awk '$2 == "T" && $3 != "main" { print $3; exit }')
			planted "$room" "int $name(void); int f(void); int f(void) { return $name(); }" edge
			[ "$status" -eq 1 ]
			[[ $output == *"$room may not call:"*"planted.o: $name"* ]]
			break
		done
	done
}

@test "files and rooms that include each other, on however long a way, would be told" {
	mkdir -p "$T/tests/lib" "$T/src/a" "$T/src/b"
	cp tests/lib/circles.sh "$T/tests/lib/"
	echo '#include "b/two.h"' >"$T/src/a/one.h"
	echo '#include "b/two.h"' >"$T/src/b/two.c"
	: >"$T/src/b/two.h"
	: >"$T/src/a/three.h"
	sh "$T/tests/lib/circles.sh"
	echo '#include "a/three.h"' >"$T/src/b/two.h"
	run sh "$T/tests/lib/circles.sh"
	[ "$status" -ne 0 ] # the rooms
	mkdir "$T/src/c"
	mv "$T/src/a/three.h" "$T/src/c/"
	echo '#include "c/three.h"' >"$T/src/b/two.h"
	sh "$T/tests/lib/circles.sh"
	echo '#include "b/two.h"' >"$T/src/c/four.h"
	echo '#include "c/four.h"' >"$T/src/c/three.c"
	run sh "$T/tests/lib/circles.sh"
	[ "$status" -ne 0 ]
}
