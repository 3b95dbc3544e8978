#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The dracut module: what module-setup.sh puts into an image, and the hooks as init sources them.
# shellcheck disable=SC2154,SC2030,SC2031 # what stubs and run set

load stubs

MODULE=dracut-module/50gpurom

setup() {
	glue_setup
}

# --- module-setup.sh, with dracut's functions logging what they are asked ------------------------

# in_dracut [NAME=VALUE...] FUNCTION
in_dracut() {
	cat >"$T/dracut" <<-END
		. "$(place $MODULE/module-setup.sh)"
		log() { echo "\$*" >>"$T/calls"; }
		for f in inst inst_simple inst_script inst_hook dwarn; do
			eval "\$f() { log \$f \\"\\\$@\\"; }"
		done
		inst_multiple() {
			log inst_multiple "\$@"
			for f in "\${@:2}"; do
				[ "\$copies" = no ] || [ ! -f "\$f" ] ||
					{ mkdir -p "\$initdir\${f%/*}" && cp "\$f" "\$initdir\$f"; }
			done
		}
		instmods() { log "instmods hostonly=[\$hostonly] \$*"; }
		require_binaries() { log require_binaries "\$@"; [[ " \$missing " != *" \$1 "* ]]; }
		find_binary() { echo "\${dracutsysrootdir-}\${found-/found}/bin/\$1"; }
		dracut_module_included() { [[ " \$included " == *" \$1 "* ]]; }
		systemctl() { log systemctl "\$@"; }
		gpurom() { log gpurom "\$@"; [ -z "\$fails" ]; }
		"\$@"
	END
	run env -i PATH="/usr/bin:/bin" moddir="$top/$MODULE" initdir="$T/image" hostonly=yes missing= \
		systemdsystemunitdir=/units SYSTEMCTL=systemctl included=base "${@:1:$#-1}" \
		bash "$T/dracut" "${@: -1}"
}

said() {
	sed "s#$top/$MODULE#M#g; s#$T##g" "$T/calls"
}

@test "check: in where the programs are, out where one is not; looks at nothing else" {
	in_dracut check
	[ "$status" -eq 0 ]
	in_dracut missing=/found/lib/gpurom/gpurom-initramfs check
	[ "$status" -eq 1 ]
	in_dracut missing=gpurom check
	[ "$status" -eq 1 ]
	[ "$(said | sort -u)" = "require_binaries /found/lib/gpurom/gpurom-initramfs
require_binaries gpurom" ]
}

@test "install: the program for images of the installation that is on the PATH" {
	for found in '' /usr /usr/local; do
		: >"$T/calls"
		in_dracut found=$found install
		[ "$(said | head -n 1)" = "inst $found/lib/gpurom/gpurom-initramfs /usr/bin/gpurom" ]
	done
	: >"$T/calls"
	in_dracut found=/usr dracutsysrootdir=/sysroot install
	[ "$(said | head -n 1)" = "inst /usr/lib/gpurom/gpurom-initramfs /usr/bin/gpurom" ]
}

@test "depends: on nothing" {
	in_dracut depends
	[ "$status" -eq 0 ]
	[ "$output" = "" ]
}

@test "installkernel: the modules also where the host has not loaded them" {
	in_dracut installkernel
	[ "$(said)" = "instmods hostonly=[] vfio vfio_pci vfio_iommu_type1 vfio_virqfd nvgrace_gpu_vfio_pci" ]
}

# Without it, a generic image would take the cards that the host means to keep.
@test "install: program and configuration, for generic images too" {
	mkdir -p "$T/etc/gpurom.conf.d"
	: >"$T/etc/gpurom.conf.d/10-own.conf"
	for hostonly in '' yes; do
		: >"$T/calls"
		in_dracut hostonly=$hostonly install
		[ "$status" -eq 0 ]
		[ "$(said | head -n 3)" = "inst /found/lib/gpurom/gpurom-initramfs /usr/bin/gpurom
inst_multiple -o /usr/lib/gpurom/gpurom.conf /etc/gpurom.conf /etc/gpurom.conf.d/10-own.conf
inst_script M/gpurom-dracut.sh /usr/bin/gpurom-dracut" ]
	done
}

@test "install: a note of what was copied, once it is" {
	in_dracut kernel=6.1.0-9-amd64 install
	[ "$status" -eq 0 ]
	[ "$(said | sed -n 2,4p)" = "inst_multiple -o /usr/lib/gpurom/gpurom.conf /etc/gpurom.conf /etc/gpurom.conf.d/*.conf
gpurom note-image --kernel 6.1.0-9-amd64 --by dracut --image /image --program /found/lib/gpurom/gpurom-initramfs
inst_script M/gpurom-dracut.sh /usr/bin/gpurom-dracut" ]
}

@test "install: no note of an image for another root, for no kernel, or for kdump" {
	for words in dracutsysrootdir=/sysroot no_kernel=yes outfile=/boot/initramfs-6.1.0-9-amd64kdump.img; do
		in_dracut kernel=6.1.0-9-amd64 "$words" install
		[ "$status" -eq 0 ]
	done
	in_dracut install
	[ "$(said | grep -c note-image)" = 0 ]
	in_dracut kernel=6.1.0-9-amd64 no_kernel=no outfile=/boot/initramfs-6.1.0-9-amd64.img install
	[ "$(said | grep -c note-image)" = 1 ]
}

@test "install: a note that cannot be left is a warning, and the image is built" {
	in_dracut kernel=6.1.0-9-amd64 fails=yes install
	[ "$status" -eq 0 ]
	said | grep -qx "dwarn gpurom: no note of this image is left: gpurom list may call it old"
	said | grep -q '^inst_hook pre-pivot'
}

@test "install: a folder in the place of what is no file, or cannot be copied, keeps the boot in doubt" {
	mkdir -p "$T/etc/gpurom.conf.d"
	mkfifo "$T/etc/gpurom.conf.d/10-fifo.conf"
	ln -s /nowhere "$T/etc/gpurom.conf.d/20-lost.conf"
	echo keep=01:00 >"$T/etc/gpurom.conf.d/30-own.conf"
	in_dracut install
	[ "$status" -eq 0 ]
	[ "$(said | grep -c '^dwarn gpurom: cannot copy /etc/gpurom.conf.d/[12]0-.*.conf: a folder takes its place')" = 2 ]
	[ "$(cd "$T/image$T/etc/gpurom.conf.d" && find . -type d | sort | xargs)" = ". ./10-fifo.conf ./20-lost.conf" ]
	[ -f "$T/image$T/etc/gpurom.conf.d/30-own.conf" ]
	rm -r "$T/image"
	in_dracut copies=no install
	[ "$status" -eq 0 ]
	[ -d "$T/image$T/etc/gpurom.conf.d/30-own.conf" ]
	said | grep -q '^dwarn gpurom: cannot copy /etc/gpurom.conf.d/30-own.conf:'
}

@test "install: units and no hooks where systemd is in the image" {
	in_dracut included="base systemd udev" install
	[ "$status" -eq 0 ]
	[ "$(said | tail -n +4)" = "inst_simple M/gpurom-claim.service /units/gpurom-claim.service
inst_simple M/gpurom-capture.service /units/gpurom-capture.service
inst_simple M/gpurom-settle.service /units/gpurom-settle.service
systemctl -q --root /image add-wants sysinit.target gpurom-claim.service
systemctl -q --root /image add-wants sysinit.target gpurom-capture.service
systemctl -q --root /image add-wants initrd.target gpurom-settle.service" ]
}

@test "install: hooks and no units where it is not" {
	in_dracut install
	[ "$status" -eq 0 ]
	[ "$(said | tail -n +4)" = "inst_hook cmdline 00 M/gpurom-claim.sh
inst_hook pre-pivot 90 M/gpurom-settle.sh" ]
}

@test "every file that install names is there" {
	in_dracut included=systemd install
	in_dracut install
	for file in $(said | grep -o 'M/[^ ]*'); do
		[ -f "$top/$MODULE/${file#M/}" ]
	done
}

# --- gpurom-dracut: the program, handed dracut's command line ------------------------------------

step_setup() {
	stub gpurom "for word; do echo \"[\$word]\" >>$T/calls; done; exit 7"
	cat >"$T/lib/dracut-lib.sh" <<-'END'
		getcmdline() { printf '%s' ' root=/dev/sda gpurom.keep="a  b" *'; }
	END
	step=$(place $MODULE/gpurom-dracut.sh)
}

@test "a step gets dracut's merged command line as one word" {
	step_setup
	for sh in "${SHELLS[@]}"; do
		: >"$T/calls"
		run in_image "$sh" "$step" claim --force
		[ "$status" -eq 7 ]
		[ "$(tail -n +2 "$T/calls")" = '[--initramfs]
[--cmdline]
[ root=/dev/sda gpurom.keep="a  b" *]
[claim]
[--force]' ]
	done
}

@test "a step in an image without dracut's library reads the kernel's own line" {
	step_setup
	rm "$T/lib/dracut-lib.sh"
	for sh in "${SHELLS[@]}"; do
		: >"$T/calls"
		run in_image "$sh" "$step" claim
		[ "$(head -n 1 "$T/calls")" = "gpurom --initramfs claim" ]
	done
}

# --- the hooks of images without systemd: sourced by init ----------------------------------------

# init HOOK: prints "went on" where the shell is as it was after the hook; a trap on its exit must not
# go off in what the hook leaves behind. dracut's init.sh has both.
as_init() {
	cat >"$T/init" <<-END
		trap 'echo trapped >>$T/calls' 0
		set -- one two
		before=\$(set | /bin/grep -v '^_=\|^[A-Z]\|^before=')
		. $1
		after=\$(set | /bin/grep -v '^_=\|^[A-Z]\|^before=')
		[ "\$before" = "\$after" ] && [ "\$*" = "one two" ] && echo "went on"
		trap - 0
	END
	run in_image "$sh" "$T/init"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = "went on" ]
}

hooks_setup() {
	stub_program gpurom-dracut "${1-:}"
	stub modprobe
	claim=$(place $MODULE/gpurom-claim.sh)
	settle=$(place $MODULE/gpurom-settle.sh)
}

@test "claim hook: holds, then loads vfio-pci, then captures; init goes on" {
	hooks_setup
	for sh in "${SHELLS[@]}"; do
		rm -rf "$T/run/gpurom" && : >"$T/calls"
		as_init "$claim"
		await_call "gpurom-dracut capture"
		[ "$(calls)" = "gpurom-dracut claim
modprobe vfio-pci
gpurom-dracut capture" ]
	done
}

@test "claim hook: init does not wait for the capture, nor does that set off its trap" {
	hooks_setup "$(behind_gate)"
	for sh in "${SHELLS[@]}"; do
		: >"$T/calls"
		as_init "$claim"
		await_call "gpurom-dracut capture"
		run ! grep worked "$T/calls"
		open_gate
		run ! grep trapped "$T/calls"
	done
}

@test "claim hook: the capture holds no console" {
	hooks_setup "$(tell_fds)"
	for sh in "${SHELLS[@]}"; do
		: >"$T/calls"
		as_init "$claim" </dev/zero
		await_call told
		[ "$(grep '^fd' "$T/calls" | uniq -c | tr -s ' ')" = ' 3 fd /dev/null' ]
	done
}

@test "claim hook: without a report nothing is loaded" {
	hooks_setup
	stub gpurom-dracut
	for sh in "${SHELLS[@]}"; do
		: >"$T/calls"
		as_init "$claim"
		[ "$(calls)" = "gpurom-dracut claim" ]
	done
}

@test "claim hook: a crash kernel is left alone" {
	hooks_setup
	: >"$T/proc/vmcore"
	for sh in "${SHELLS[@]}"; do
		as_init "$claim"
	done
	[ -z "$(calls)" ]
}

@test "hooks: what dies or is missing stops nothing" {
	hooks_setup
	mkdir "$T/run/gpurom"
	: >"$T/run/gpurom/report.json"
	for sh in "${SHELLS[@]}"; do
		stub gpurom-dracut "kill -SEGV \$\$"
		as_init "$claim"
		as_init "$settle"
		rm "$T/bin/gpurom-dracut"
		as_init "$claim"
		as_init "$settle"
	done
}

@test "settle hook: waits for settle where there is a report" {
	hooks_setup
	stub gpurom-dracut "/bin/sleep 0.3; echo finished >>$T/calls; exit 1"
	mkdir "$T/run/gpurom"
	for sh in "${SHELLS[@]}"; do
		rm -f "$T/run/gpurom/report.json" && : >"$T/calls"
		as_init "$settle"
		[ -z "$(calls)" ]
		: >"$T/run/gpurom/report.json"
		as_init "$settle"
		[ "$(calls)" = "gpurom-dracut settle
finished" ]
	done
}
