#!/usr/bin/env bats
# core is pure, and the guard that says so can tell.

compile() {
	printf '%s\n' "$1" >"$BATS_TEST_TMPDIR/x.c"
	gcc -c -o "$BATS_TEST_TMPDIR/x.o" "$BATS_TEST_TMPDIR/x.c"
}

@test "core calls nothing but memory, strings and formatting" {
	sh tests/lib/layers.sh build/core/*.o
}

@test "a core that opened a file would be told, by name" {
	compile 'int open(const char *, int); int f(void); int f(void) { return open("x", 0); }'
	run sh tests/lib/layers.sh "$BATS_TEST_TMPDIR/x.o"
	[ "$status" -eq 1 ]
	[[ $output == *"x.o: open"* ]]
}

@test "a core that allocated would be told" {
	compile 'void *malloc(unsigned long); void *f(void); void *f(void) { return malloc(3); }'
	run sh tests/lib/layers.sh "$BATS_TEST_TMPDIR/x.o"
	[ "$status" -eq 1 ]
}

@test "objects may call each other" {
	compile 'int g(void); int g(void) { return 1; }'
	mv "$BATS_TEST_TMPDIR/x.o" "$BATS_TEST_TMPDIR/g.o"
	compile 'int g(void); int f(void); int f(void) { return g(); }'
	sh tests/lib/layers.sh "$BATS_TEST_TMPDIR/x.o" "$BATS_TEST_TMPDIR/g.o"
}

@test "core headers are out of reach of sys and commands" {
	for h in src/sys/*.h src/*.h; do
		printf '#include "%s"\n' "${h##*/}" >"$BATS_TEST_TMPDIR/x.c"
		run gcc -Isrc/core -c -o /dev/null "$BATS_TEST_TMPDIR/x.c"
		[ "$status" -ne 0 ]
		[[ $output == *"${h##*/}: No such file"* ]]
	done
}
