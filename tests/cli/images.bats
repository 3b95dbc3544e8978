#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Is the image of each kernel the current one? The notes of the hooks that make images, and what list, plan,
# report and commit say by them.

load lib

KERNEL=$(uname -r)

setup() {
	cli_setup
	mkdir -p "$R/usr/lib/gpurom" "$R/usr/sbin" "$R/usr/share/initramfs-tools/hooks" "$R/var/lib" "$T/image"
	echo "a program" >"$R/usr/lib/gpurom/gpurom-initramfs"
	: >"$R/usr/sbin/update-initramfs"
	: >"$R/usr/share/initramfs-tools/hooks/gpurom"
	echo timeout=7 >"$R/etc/gpurom.conf"
	kernel "$KERNEL"
	onboard | machine
}
teardown() { cli_teardown; }

kernel() { mkdir -p "$R/lib/modules/$1/kernel"; }
# make_image RELEASE [BY]: as the hooks do: the program, the configuration, the note.
make_image() {
	rm -rf "${T:?}/image"
	mkdir -p "$T/image/usr/bin" "$T/image/etc/gpurom.conf.d"
	cp "$R/usr/lib/gpurom/gpurom-initramfs" "$T/image/usr/bin/gpurom"
	cp "$R/etc/gpurom.conf" "$T/image/etc/"
	note "$1" "${2-initramfs-tools}"
}
note() {
	g note-image --kernel "$1" --by "$2" --image "$T/image" --program /usr/lib/gpurom/gpurom-initramfs
}
notes() { g list 2>/dev/null | grep "^note: the image" || :; }
state() { g plan --json | jq -r --arg k "${1-$KERNEL}" '.images[] | select(.kernel == $k) | .state'; }
says() { same "$(notes)" "note: the image of kernel $1"; }

CURE="run 'update-initramfs -u -k all'"

@test "a note: what was put into the image, and nothing else of the store is made" {
	make_image "$KERNEL"
	same "$(cd "$R/var/lib/gpurom" && find . -type f)" "./images/$KERNEL.json"
	jq -e --arg p "$("$GPUROM" --version)" --arg s "$(sha "$T/image/usr/bin/gpurom")" '
		keys_unsorted == ["version", "program", "program_file", "program_digest", "config_digest", "by", "at"] and
		.version == 1 and "gpurom \(.program)" == $p and .program_digest == $s and .by == "initramfs-tools" and
		(.at | test("^20..-..-..T..:..:..Z$"))' "$R/var/lib/gpurom/images/$KERNEL.json"
	same "$(notes)" ""
	same "$(state)" current
}

@test "no note: said where gpurom's hook is installed for what makes images" {
	same "$(state)" no-note
	says "$KERNEL is not known to have gpurom: $CURE"
	rm "$R/usr/share/initramfs-tools/hooks/gpurom"
	same "$(notes)" ""
	mkdir -p "$R/usr/lib/dracut/modules.d/50gpurom" "$R/usr/bin"
	: >"$R/usr/bin/dracut"
	says "$KERNEL is not known to have gpurom: run 'dracut --regenerate-all --force'"
	mkdir -p "$R/usr/lib/initcpio/install"
	: >"$R/usr/lib/initcpio/install/gpurom"
	says "$KERNEL is not known to have gpurom: run 'dracut --regenerate-all --force'"
	: >"$R/usr/bin/mkinitcpio"
	says "$KERNEL is not known to have gpurom: run 'mkinitcpio -P'"
}

@test "another configuration: list, plan and report name each stale kernel on one line, with the cure" {
	kernel 6.1.0-9-amd64
	kernel 6.1.0-10-amd64
	make_image 6.1.0-9-amd64
	make_image "$KERNEL"
	echo timeout=11 >>"$R/etc/gpurom.conf"
	make_image 6.1.0-10-amd64
	same "$(state 6.1.0-9-amd64) $(state 6.1.0-10-amd64) $(state)" "stale-config current stale-config"
	says "6.1.0-9-amd64 has another configuration than /etc/gpurom.conf and /etc/gpurom.conf.d have now: $CURE
note: the image of kernel $KERNEL has another configuration than /etc/gpurom.conf and /etc/gpurom.conf.d have now: $CURE"
	same "$(g plan | grep '^note: the image')" "$(notes)"
	card 1 10de:2204 | machine
	boot_steps
	same "$(g report | grep '^note: the image')" "$(notes)"
	same "$(g report --json | jq -r '.images[].state' | xargs)" "stale-config current stale-config"
	g list --json | jq -e 'type == "array"'
}

@test "what was put into the image counts, not what the host has had meanwhile" {
	make_image "$KERNEL"
	echo timeout=11 >"$R/etc/gpurom.conf"
	note "$KERNEL" initramfs-tools
	same "$(state)" stale-config
	mkdir "$R/etc/gpurom.conf.d/10-a.conf"
	cp -r "$R/etc" "$T/image/"
	note "$KERNEL" initramfs-tools
	same "$(state)" current
}

@test "another build of the program, of the same version" {
	make_image "$KERNEL"
	echo "another build" >"$R/usr/lib/gpurom/gpurom-initramfs"
	same "$(state)" stale-program
	says "$KERNEL has another gpurom than the installed one: $CURE"
	make_image "$KERNEL"
	same "$(state)" current
	rm "$R/usr/lib/gpurom/gpurom-initramfs"
	same "$(state)" stale-program
}

@test "an image without the program" {
	note "$KERNEL" initramfs-tools
	same "$(state)" without
	says "$KERNEL was made without gpurom, and takes no card: $CURE"
}

@test "the command is that of what made the newest image" {
	kernel 6.1.0-9-amd64
	make_image 6.1.0-9-amd64
	echo timeout=11 >>"$R/etc/gpurom.conf"
	mkdir -p "$R/etc/kernel"
	: >"$R/etc/kernel/proxmox-boot-uuids"
	has "$(notes)" "run 'update-initramfs -u -k all && proxmox-boot-tool refresh'"
	sleep 1.1
	make_image "$KERNEL" dracut
	says "6.1.0-9-amd64 has another configuration than /etc/gpurom.conf and /etc/gpurom.conf.d have now: run 'dracut --regenerate-all --force'"
	sleep 1.1
	make_image "$KERNEL" mkinitcpio
	says "6.1.0-9-amd64 has another configuration than /etc/gpurom.conf and /etc/gpurom.conf.d have now: run 'mkinitcpio -P'"
}

@test "where kernel-install makes unified kernel images, they are made again, too" {
	make_image "$KERNEL"
	echo timeout=11 >>"$R/etc/gpurom.conf"
	mkdir -p "$R/etc/kernel" "$R/usr/lib/kernel"
	printf '#layout=uki\nlayout=ukiyo\n' >"$R/usr/lib/kernel/install.conf"
	has "$(notes)" "run 'update-initramfs -u -k all'"
	printf 'initrd_generator=none\nlayout=uki\n' >"$R/usr/lib/kernel/install.conf"
	# shellcheck disable=SC2016 # the command's own
	boot='for k in /boot/vmlinuz-*; do kernel-install add ${k#/boot/vmlinuz-} $k; done'
	has "$(notes)" "run 'update-initramfs -u -k all && $boot'"
	has "$(g doctor)" "> update-initramfs -u -k all && $boot"
	: >"$R/lib/modules/$KERNEL/vmlinuz"
	# shellcheck disable=SC2016 # the command's own
	modules='for k in /lib/modules/*/vmlinuz; do kernel-install add $(basename $(dirname $k)) $k; done'
	has "$(notes)" "run 'update-initramfs -u -k all && $modules'"
	make_image "$KERNEL" dracut
	echo timeout=12 >>"$R/etc/gpurom.conf"
	has "$(notes)" "run '$modules'"
	rm "$R/lib/modules/$KERNEL/vmlinuz"
	has "$(notes)" "run '$boot'"
	echo layout=bls >"$R/etc/kernel/install.conf"
	has "$(notes)" "run 'dracut --regenerate-all --force'"
}

@test "kernel-install's layout: quotes and blanks, and install.conf.d, as kernel-install(8) reads them" {
	local other="run 'dracut --regenerate-all --force'" uki="run 'for k in /boot/vmlinuz-*; do kernel-install add"
	make_image "$KERNEL" dracut
	echo timeout=11 >>"$R/etc/gpurom.conf"
	mkdir -p "$R/etc/kernel/install.conf.d" "$R/usr/lib/kernel/install.conf.d" "$R/usr/local/lib/kernel"
	for line in 'layout="uki"' "layout='uki'" "  layout = uki  " "layout=bls
layout=\"uki\""; do
		printf '%s\n' "$line" >"$R/etc/kernel/install.conf"
		has "$(notes)" "$uki"
	done
	for line in 'layout="bls"' 'layout=' '#layout="uki"' 'layout=uki
layout=bls' 'uki_layout=uki' 'layout=u' 'layout="ukiyo"'; do
		printf '%s\n' "$line" >"$R/etc/kernel/install.conf"
		has "$(notes)" "$other"
	done
	# The first install.conf hides the others; the last file of install.conf.d is the strongest.
	echo layout=uki >"$R/usr/local/lib/kernel/install.conf"
	has "$(notes)" "$other"
	rm "$R/etc/kernel/install.conf"
	has "$(notes)" "$uki"
	echo layout=bls >"$R/usr/lib/kernel/install.conf.d/20-a.conf"
	has "$(notes)" "$other"
	echo layout=uki >"$R/etc/kernel/install.conf.d/30-b.conf"
	has "$(notes)" "$uki"
	echo layout=bls >"$R/usr/lib/kernel/install.conf.d/40-c.conf"
	has "$(notes)" "$other"
	# Of one name that of /etc counts, also where it says nothing; other names are none.
	: >"$R/etc/kernel/install.conf.d/40-c.conf"
	has "$(notes)" "$uki"
	echo layout=bls >"$R/etc/kernel/install.conf.d/50-d.conf.off"
	has "$(notes)" "$uki"
}

@test "notes of kernels that are gone go; the store's own commands leave the others alone" {
	kernel 6.1.0-9-amd64
	make_image 6.1.0-9-amd64
	card 1 10de:2204 | machine
	boot_steps
	step commit
	rm -r "$R/lib/modules/6.1.0-9-amd64"
	same "$(state 6.1.0-9-amd64)" ""
	run g verify
	[ "$status" -eq 0 ]
	lacks "$output" images
	lacks "$(g gc --dry-run)" images
	g gc
	[ -f "$R/var/lib/gpurom/images/6.1.0-9-amd64.json" ]
	make_image "$KERNEL"
	same "$(cd "$R/var/lib/gpurom/images" && ls)" "$KERNEL.json"
}

@test "a note that cannot be understood is none" {
	mkdir -p "$R/var/lib/gpurom/images"
	for text in '' '{' '[]' '{"version":2,"program_digest":"x"}'; do
		echo "$text" >"$R/var/lib/gpurom/images/$KERNEL.json"
		same "$(state)" no-note
	done
}

@test "note-image: what it refuses" {
	for words in "" "--kernel $KERNEL" "--kernel $KERNEL --by x" "--kernel ../x --by x --image $T/image" \
		"--kernel .x --by x --image $T/image"; do
		# shellcheck disable=SC2086 # words
		run g note-image $words
		[ "$status" -eq 2 ]
	done
	run g note-image --kernel "$KERNEL" --by x --image "$T/nowhere"
	[ "$status" -eq 1 ]
	[ ! -e "$R/var/lib/gpurom" ]
	: >"$R/var/lib/gpurom"
	run note "$KERNEL" x
	[ "$status" -eq 1 ]
}

# The boot of an image that was made before: `old DATE` gives it a note of that time.
boot_then_change() {
	card 1 10de:2204 | machine
	boot_steps
	echo timeout=11 >"$R/etc/gpurom.conf"
}
note_from() { sed -i "s/\"at\":.*/\"at\": \"$1\"/" "$R/var/lib/gpurom/images/$KERNEL.json"; }

@test "commit: one line where this boot's image is not what is installed, with the command" {
	make_image "$KERNEL"
	note_from 2001-01-01T00:00:00Z
	boot_then_change
	step commit
	same "$(grep -c 'the image of kernel' "$R/dev/kmsg")" 1
	told "the image of kernel $KERNEL has another configuration than /etc/gpurom.conf and /etc/gpurom.conf.d have now: $CURE"
}

@test "commit: nothing where they are the same" {
	make_image "$KERNEL"
	card 1 10de:2204 | machine
	boot_steps
	step commit
	untold "the image"
}

@test "commit: also without a note, and of an older program" {
	card 1 10de:2204 | machine
	boot_steps
	jq 'del(.program, .config_digest)' "$R/run/gpurom/report.json" >"$T/report"
	cp "$T/report" "$R/run/gpurom/report.json"
	step commit
	told "the image of kernel $KERNEL has another gpurom than the installed one: $CURE"
	same "$(state)" stale-program
	rm -r "${R:?}/lib"
	: >"$R/dev/kmsg"
	step commit
	told "the image of kernel $KERNEL has another gpurom than the installed one: $CURE"
}

@test "an image that was made after the boot began is for the next boot: no warning" {
	boot_then_change
	make_image "$KERNEL"
	step commit
	untold "the image"
	same "$(state)" current
}

@test "an image that is current, and was not booted: the boot loader has an older one" {
	boot_then_change
	make_image "$KERNEL"
	note_from 2001-01-01T00:00:00Z
	same "$(state)" not-booted
	step commit
	told "the image of kernel $KERNEL is current, but this boot had an older one: the boot loader has not got it: $CURE"
	has "$(g doctor)" "> reboot; if this host boots a unified kernel image, make that again first: update-initramfs -u -k all"
}
