#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The archive of gpurom-cpio, and its init, as the first process of a root in namespaces of its own: whatever fails, the
# image's own init runs as if the archive were not there.
# shellcheck disable=SC2016 # what the scripts in the root expand

bats_require_minimum_version 1.5.0

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/installed"
	cp build/gpurom-init build/gpurom-initramfs etc/gpurom-cpio "$BATS_FILE_TMPDIR/installed/"
	chmod 755 "$BATS_FILE_TMPDIR/installed/gpurom-cpio"
}

setup() {
	T=$BATS_TEST_TMPDIR
	cpio=$BATS_FILE_TMPDIR/installed/gpurom-cpio
	R=$T/root
	mkdir -p "$R/bin" "$R/lib" "$R/lib64" "$R/proc" "$R/sys" "$R/dev" "$R/run"
	printf 'devices=nvidia\nkeep=boot-vga\n' >"$T/conf"
	cp "$(command -v busybox)" "$R/bin/"
	for lib in $(ldd "$R/bin/busybox" | grep -o '/[^ ]*'); do
		cp -L --parents "$lib" "$R"
	done
	for name in sh mount sleep cat ls env grep rm mkdir; do
		ln -s busybox "$R/bin/$name"
	done
	script "$R/init" 'echo "init: $0 $*"' 'env | grep ^WORD=' 'ls -A /proc /sys /dev' 'exit 0'
}

script() { # FILE LINE...
	file=$1
	shift
	rm -f "$file"
	printf '%s\n' '#!/bin/sh' "$@" >"$file"
	chmod 755 "$file"
}

# The archive over the root, as the kernel unpacks it.
put() {
	"$cpio" --conf="$T/conf" "$T/extra.cpio"
	(cd "$R" && cpio --quiet -idu <"$T/extra.cpio")
}

# In a user namespace, too: the kernel mounts it no /sys and no /dev of the machine that runs the tests, whose cards and
# kernel log are none of ours. Its messages go to standard error, then.
boot() { # [STATUS]
	run -"${1:-0}" env -i PATH=/bin:/usr/bin:/sbin:/usr/sbin WORD=kept timeout 30 \
		unshare --user --map-root-user --mount --pid --fork chroot "$R" /gpurom/init some words
}

has() { [[ $output == *"$1"* ]] || { echo "no \"$1\" in: $output" && false; }; }
not() { [[ $output != *"$1"* ]] || { echo "\"$1\" in: $output" && false; }; }

# What the image's own init printed: nothing of ours is left to be seen.
as_without() {
	has 'init: /init some words'
	has WORD=kept
	has $'/dev:\n\n/proc:\n\n/sys:'
}

@test "the archive: the programs for images, the configuration, the same bytes each time" {
	put
	cmp build/gpurom-initramfs "$R/gpurom/gpurom"
	cmp build/gpurom-init "$R/gpurom/init"
	cmp "$T/conf" "$R/gpurom/conf/etc/gpurom.conf"
	[ "$(cpio --quiet -t <"$T/extra.cpio" | head -n 1)" = gpurom ]
	[ "$(cpio --quiet -t <"$T/extra.cpio" | wc -l)" = 6 ]
	cp "$T/extra.cpio" "$T/first.cpio"
	sleep 1.1
	(umask 077 && "$cpio" --conf="$T/conf" "$T/extra.cpio")
	cmp "$T/first.cpio" "$T/extra.cpio"
	[ "$(($(stat -c %s "$T/extra.cpio") % 4))" = 0 ]
}

@test "without --conf=, this host's configuration" {
	mkdir -p "$T/etc/gpurom.conf.d"
	echo timeout=7 >"$T/etc/gpurom.conf"
	echo timeout=8 >"$T/etc/gpurom.conf.d/a.conf"
	echo timeout=9 >"$T/etc/gpurom.conf.d/none"
	host() { unshare --user --map-root-user --mount sh -c 'mount --bind "$1" /etc && exec "$2" "$3"' sh "$T/etc" "$cpio" "$T/extra.cpio"; }
	host
	[ "$(cpio --quiet -t <"$T/extra.cpio" | grep '\.conf$' | xargs)" = \
		'gpurom/conf/etc/gpurom.conf gpurom/conf/etc/gpurom.conf.d/a.conf' ]
	rm "$T/extra.cpio"
	ln -s nothing "$T/etc/gpurom.conf.d/b.conf"
	run host
	[ "$status" -ne 0 ]
	[ ! -e "$T/extra.cpio" ]
}

@test "configuration that cannot be read: no archive" {
	run "$cpio" --conf="$T/none" "$T/extra.cpio"
	[ "$status" -ne 0 ]
	[ ! -e "$T/extra.cpio" ]
	[ -z "$(find "$T" -maxdepth 1 -name 'extra.cpio*')" ]
}

@test "a program that needs libraries: no archive" {
	cp -a "$(dirname "$cpio")" "$T/shared"
	cp -L "$(command -v cat)" "$T/shared/gpurom-init"
	run "$T/shared/gpurom-cpio" --conf="$T/conf" "$T/extra.cpio"
	[ "$status" -eq 1 ]
	has 'gpurom-init needs shared libraries'
	[ ! -e "$T/extra.cpio" ]
}

@test "gpurom boot runs with what it needs mounted and its configuration in place; then the image's own init" {
	put
	script "$R/gpurom/gpurom" 'echo "gpurom: $*"' 'cat /etc/gpurom.conf' '[ -e /proc/self ] && echo proc is there'
	boot
	as_without
	has 'gpurom: --initramfs boot'
	has keep=boot-vga
	has 'proc is there'
	[[ $output == *'gpurom: --initramfs'*'init: /init'* ]]
}

@test "the image's own configuration is not replaced" {
	put
	mkdir "$R/etc"
	echo its own >"$R/etc/gpurom.conf"
	script "$R/gpurom/gpurom" 'cat /etc/gpurom.conf'
	boot
	as_without
	has 'its own'
	not keep=boot-vga
}

@test "every file of the configuration gets its place, with what the image has there" {
	put
	mkdir -p "$R/gpurom/conf/etc/gpurom.conf.d" "$R/gpurom/conf/usr/lib/gpurom" "$R/other/gpurom.conf.d"
	ln -s other "$R/etc"
	echo timeout=7 >"$R/gpurom/conf/etc/gpurom.conf.d/a.conf"
	echo timeout=8 >"$R/other/gpurom.conf.d/b.conf"
	echo timeout=9 >"$R/gpurom/conf/usr/lib/gpurom/gpurom.conf"
	script "$R/gpurom/gpurom" 'cat /etc/gpurom.conf /etc/gpurom.conf.d/* /usr/lib/gpurom/gpurom.conf'
	boot
	as_without
	has $'devices=nvidia\nkeep=boot-vga\ntimeout=7\ntimeout=8\ntimeout=9\n'
}

@test "no place for the configuration: no card is taken, as it may name some to keep; the image's own init runs" {
	put
	: >"$R/etc"
	script "$R/gpurom/gpurom" 'echo gpurom ran'
	boot
	as_without
	not 'gpurom ran'
	has 'no card is taken'
}

@test "gpurom missing, no program, or failing: the image's own init runs, and the log says why" {
	put
	script "$R/gpurom/gpurom" 'exit 7'
	boot
	as_without
	has 'exit status 7'
	script "$R/gpurom/gpurom" 'kill -9 $$'
	boot
	as_without
	has 'No child process'
	rm "$R/gpurom/gpurom"
	boot
	as_without
	has 'No such file'
	echo 'neither' >"$R/gpurom/gpurom"
	chmod 755 "$R/gpurom/gpurom"
	boot
	as_without
	has 'Exec format error'
}

@test "the real program on a machine without cards: the image's own init runs" {
	put
	boot
	as_without
}

@test "an image without /init: what a root has; with none of them, the end is said" {
	put
	script "$R/gpurom/gpurom" 'exit 0'
	mkdir "$R/sbin"
	mv "$R/init" "$R/sbin/init"
	boot
	has 'init: /sbin/init some words'
	rm -r "$R/sbin" "$R/bin/sh"
	boot 1
	has 'gpurom: init: /init: No such file'
}

@test "a child that gpurom leaves behind does not keep the boot" {
	put
	script "$R/gpurom/gpurom" ': >/dev/null' 'sleep 20 &' 'rm /dev/null'
	SECONDS=0
	boot
	as_without
	[ "$SECONDS" -lt 10 ]
}

@test "what gpurom read is in the /run that the image mounts over it, whole, with its modes" {
	put
	script "$R/gpurom/gpurom" 'mkdir -p /run/gpurom/staged' 'echo report >/run/gpurom/report.json' \
		'echo rom >/run/gpurom/staged/a.rom' '/bin/busybox chmod 640 /run/gpurom/staged/a.rom' \
		'/bin/busybox chmod 700 /run/gpurom/staged'
	script "$R/init" 'mount -t tmpfs tmpfs /run' 'n=0' \
		'while [ ! -e /run/gpurom ] && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done' \
		'cat /run/gpurom/report.json /run/gpurom/staged/a.rom' \
		'/bin/busybox stat -c "%a %n" /run/gpurom/staged /run/gpurom/staged/a.rom' 'ls -A /run'
	boot
	has $'report\nrom\n'
	has '700 /run/gpurom/staged'
	has '640 /run/gpurom/staged/a.rom'
	[ "${lines[-1]}" = gpurom ]
}

@test "a /run/gpurom that is there by then stays; a full /run is left as it was" {
	put
	script "$R/gpurom/gpurom" 'mkdir /run/gpurom' '/bin/busybox dd if=/bin/busybox of=/run/gpurom/big bs=1k count=500 2>&1' \
		'echo report >/run/gpurom/report.json'
	script "$R/init" 'mkdir /new' 'mount -t tmpfs tmpfs /new' 'mkdir /new/gpurom' 'echo other >/new/gpurom/report.json' \
		'mount --move /new /run' 'sleep 1' 'cat /run/gpurom/report.json' 'ls -A /run'
	boot
	has other
	not $'\nreport'
	[ "${lines[-1]}" = gpurom ]
	rm -rf "$R/run/gpurom" "$R/new"
	script "$R/init" 'mount -t tmpfs -o size=64k tmpfs /run' 'sleep 1' 'echo "left: $(ls -A /run)."'
	boot
	has 'left: .'
}

@test "the same where the kernel has no console, and starts it without open files" {
	put
	script "$R/gpurom/gpurom" 'mkdir /run/gpurom' 'echo report >/run/gpurom/report.json'
	script "$R/init" 'mount -t tmpfs tmpfs /run' 'sleep 1' 'cp /run/gpurom/report.json /seen'
	ln -s busybox "$R/bin/cp"
	# shellcheck disable=SC2016 # the inner shell's
	env -i PATH=/bin:/usr/bin:/sbin:/usr/sbin timeout 30 unshare --user --map-root-user --mount --pid --fork \
		sh -c 'exec chroot "$1" /gpurom/init <&- >&- 2>&-' sh "$R"
	[ "$(cat "$R/seen")" = report ]
}

@test "words that it does not understand make no archive" {
	for words in "--conf= $T/a" "$T" "$T/a $T/b" "a b c d e f g h i j" "--other"; do
		# shellcheck disable=SC2086 # words
		run -1 "$cpio" $words
		[ ! -e "$T/a" ] && [ ! -e "$T/archive" ]
	done
}

@test "started by hand it does nothing" {
	put
	run "$R/gpurom/init"
	[ "$status" -eq 2 ]
	has 'rdinit=/gpurom/init'
}

# The first block of commands as it stands, but for where things are; and the name that the kernel command line has.
@test "what BY-HAND.md shows makes the archive that it speaks of" {
	awk '/^```$/ { exit } on { print } /^```sh$/ { on = 1 }' packaging/BY-HAND.md |
		sed "s,/usr/lib/gpurom/,${cpio%/*}/,g; s,/boot/,$T/boot/,g" >"$T/shown"
	[ "$(grep -c gpurom-cpio "$T/shown")" = 2 ]
	mkdir "$T/boot"
	cp "$T/conf" "$T/gpurom.conf"
	(cd "$T" && sh -eu shown)
	cpio --quiet -t <"$T/boot/gpurom.cpio" >"$T/files"
	grep -ho 'rdinit=/[a-z/]*' packaging/BY-HAND.md man/gpurom.8 | sort -u >"$T/words"
	[ "$(cat "$T/words")" = rdinit=/gpurom/init ]
	grep -qx gpurom/init "$T/files"
	grep -q 'after 400 seconds' packaging/BY-HAND.md
	grep -q 'INIT_BOOT_MS 400000$' src/init/main.c
}
