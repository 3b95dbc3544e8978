#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# mkinitcpio's hooks: what the install hook puts into an image, and the runtime hook as init sources it. mkinitcpio is not
# in Debian: its functions are stubs here, made after the manual and the source of mkinitcpio 41.
# shellcheck disable=SC2154,SC2030,SC2031 # what stubs and run set

load stubs

HOOK=mkinitcpio/install/gpurom
RUN=mkinitcpio/hooks/gpurom
UNITS=dracut-module/50gpurom

setup() {
	glue_setup
	mkdir -p "$T/usr/bin" "$T/usr/lib/gpurom" "$T/usr/lib/dracut/modules.d" "$T/image"
	cp -r "$top/$UNITS" "$T/usr/lib/dracut/modules.d/"
	# shellcheck disable=SC2016
	printf '#!/bin/sh\necho "gpurom $*" >>"%s/calls"\n[ -z "$fails" ]\n' "$T" >"$T/usr/bin/gpurom"
	chmod 755 "$T/usr/bin/gpurom"
	cp "$T/usr/bin/gpurom" "$T/usr/lib/gpurom/gpurom-initramfs"
}

# in_mkinitcpio [NAME=VALUE...] FUNCTION
in_mkinitcpio() {
	hook=$(place $HOOK)
	sed -i "s#$T/usr/lib/systemd#/usr/lib/systemd#" "$hook" # the image's
	cat >"$T/mkinitcpio" <<-END
		shopt -s extglob
		log() { echo "\$*" >>"$T/calls"; }
		warning() { printf "WARNING: \$1\n" "\${@:2}"; }
		put() { mkdir -p "\${2%/*}" && cp "\$1" "\$2"; }
		add_file() {
			log add_file "\$@"
			[[ \$refused != *" \$1 "* && -f \$1 ]] || return 1
			put "\$1" "\$BUILDROOT\${2:-\$1}"
		}
		add_binary() { log add_binary "\$@"; [[ \$refused != *" \$1 "* ]] && put "\$1" "\$BUILDROOT\$2"; }
		add_symlink() { log add_symlink "\$@"; mkdir -p "\$BUILDROOT\${1%/*}" && ln -sfn "\$2" "\$BUILDROOT\$1"; }
		for f in add_module add_runscript; do
			eval "\$f() { log \$f \\"\\\$@\\"; }"
		done
		HOOKS=(\$hooks)
		. "$hook"
		"\$@"
	END
	run env -i PATH="$T/usr/bin:/usr/bin:/bin" BUILDROOT="$T/image" KERNELVERSION=6.12.1-arch1-1 _optgenimg=/boot/i \
		hooks="base gpurom udev block" "${@:1:$#-1}" bash "$T/mkinitcpio" "${@: -1}"
}

said() {
	sed "s#$T##g" "$T/calls"
}

# What is between the program and the note, of an image without configuration files.
rest() {
	said | sed '/^add_binary/d; /^add_module/d; /^gpurom/d'
}

@test "build: the program, every configuration file, the modules, the runtime hook, the note" {
	mkdir -p "$T/etc/gpurom.conf.d"
	: >"$T/etc/gpurom.conf"
	: >"$T/etc/gpurom.conf.d/10-own.conf"
	: >"$T/usr/lib/gpurom/gpurom.conf"
	in_mkinitcpio build
	[ "$status" -eq 0 ]
	[ "$output" = "" ]
	[ "$(said)" = "add_binary /usr/lib/gpurom/gpurom-initramfs /usr/bin/gpurom
add_file /usr/lib/gpurom/gpurom.conf
add_file /etc/gpurom.conf
add_file /etc/gpurom.conf.d/10-own.conf
add_module vfio?
add_module vfio_pci?
add_module vfio_iommu_type1?
add_module vfio_virqfd?
add_module nvgrace_gpu_vfio_pci?
add_runscript
gpurom note-image --kernel 6.12.1-arch1-1 --by mkinitcpio --image /image --program /usr/lib/gpurom/gpurom-initramfs" ]
}

@test "build: works without any configuration file" {
	in_mkinitcpio build
	[ "$status" -eq 0 ]
	[ "$output" = "" ]
	[ "$(rest)" = add_runscript ]
}

@test "build: units and no runtime hook where systemd is in the image, wherever its hook stands" {
	for words in "hooks=base gpurom systemd block" "hooks=systemd gpurom" "_hooks=gpurom systemd"; do
		rm -r "$T/image" && mkdir "$T/image" && : >"$T/calls"
		in_mkinitcpio "$words" build
		[ "$status" -eq 0 ]
		units=/usr/lib/systemd/system
		[ "$(rest)" = "$(for step in claim capture settle; do
			echo "add_file /usr/lib/dracut/modules.d/50gpurom/gpurom-$step.service $units/gpurom-$step.service 644"
		done)
add_symlink $units/sysinit.target.wants/gpurom-claim.service ../gpurom-claim.service
add_symlink $units/sysinit.target.wants/gpurom-capture.service ../gpurom-capture.service
add_symlink $units/initrd.target.wants/gpurom-settle.service ../gpurom-settle.service" ]
	done
}

@test "the units of an image are dracut's, but for what dracut's command line is needed for" {
	in_mkinitcpio "hooks=systemd gpurom" build
	for step in claim capture settle; do
		unit=$T/image/usr/lib/systemd/system/gpurom-$step.service
		[ "$(grep -c "^ExecStart=-/usr/bin/gpurom --initramfs $step$" "$unit")" = 1 ]
		diff <(grep -v ^ExecStart= "$unit") <(grep -v ^ExecStart= "$top/$UNITS/gpurom-$step.service")
		run ! grep -q dracut <(grep Exec "$unit")
	done
	[ -e "$T/image/usr/lib/systemd/system/initrd.target.wants/gpurom-settle.service" ]
	[ -e "$T/image/usr/lib/systemd/system/sysinit.target.wants/gpurom-claim.service" ]
}

@test "build: without the program, or where it cannot be copied, it says so and the image is built" {
	in_mkinitcpio refused=" $T/usr/lib/gpurom/gpurom-initramfs " build
	[ "$status" -eq 0 ]
	[[ $output == "WARNING: gpurom: $T/usr/lib/gpurom/gpurom-initramfs is not installed or cannot be copied: this image will take no card" ]]
	: >"$T/calls"
	rm "$T/usr/lib/gpurom/gpurom-initramfs"
	in_mkinitcpio build
	[ "$status" -eq 0 ]
	[[ $output == "WARNING: gpurom: $T/usr/lib/gpurom/gpurom-initramfs is not installed"* ]]
	rm "$T/usr/bin/gpurom"
	in_mkinitcpio build
	[ "$status" -eq 0 ]
	[[ $output == "WARNING: gpurom: the program is not installed"* ]]
	[ -z "$(said)" ]
}

@test "build: a folder in the place of what is no file, or cannot be copied, keeps the boot in doubt" {
	mkdir -p "$T/etc/gpurom.conf.d"
	mkfifo "$T/etc/gpurom.conf.d/10-fifo.conf"
	ln -s /nowhere "$T/etc/gpurom.conf.d/20-lost.conf"
	echo keep=01:00 >"$T/etc/gpurom.conf.d/30-own.conf"
	: >"$T/etc/gpurom.conf"
	in_mkinitcpio refused=" $T/etc/gpurom.conf " build
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 3 ]
	[ -d "$T/image$T/etc/gpurom.conf" ]
	[ -d "$T/image$T/etc/gpurom.conf.d/10-fifo.conf" ]
	[ -d "$T/image$T/etc/gpurom.conf.d/20-lost.conf" ]
	[ -f "$T/image$T/etc/gpurom.conf.d/30-own.conf" ]
	said | grep -qx add_runscript
}

@test "build: no note of an image for no kernel, for another root, or that is not written" {
	for words in KERNELVERSION=none KERNELVERSION= _optmoduleroot=/other _optgenimg=; do
		in_mkinitcpio "$words" build
		[ "$status" -eq 0 ]
	done
	[ "$(said | grep -c note-image)" = 0 ]
	[ "$(said | grep -c add_runscript)" = 4 ]
}

@test "build: a note that cannot be left is a warning, and the image is built" {
	in_mkinitcpio fails=yes build
	[ "$status" -eq 0 ]
	[ "$output" = "WARNING: gpurom: no note of this image is left: gpurom list may call it old" ]
	said | grep -qx add_runscript
}

@test "help says where the hook stands" {
	in_mkinitcpio help
	[[ $output == *"HOOKS=(base gpurom ...)"* ]]
}

# --- the runtime hook: sourced by init, which is busybox's shell ----------------------------------

# as_init FUNCTION: as mkinitcpio's init does it; prints "went on" where the shell is as it was.
as_init() {
	cat >"$T/init" <<-END
		set -- one two
		unset $1
		. $hook
		type $1 >/dev/null || exit 3
		before=\$(set | /bin/grep -v '^_=\|^[A-Z]\|^before=')
		$1
		after=\$(set | /bin/grep -v '^_=\|^[A-Z]\|^before=')
		[ "\$before" = "\$after" ] && [ "\$*" = "one two" ] && echo "went on"
	END
	run in_image "$sh" "$T/init"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = "went on" ]
}

run_setup() {
	stub_program gpurom "${1-:}"
	stub modprobe
	hook=$(place $RUN)
}

@test "early hook: holds, then loads vfio-pci, then captures; init goes on" {
	run_setup
	for sh in "${SHELLS[@]}"; do
		rm -rf "$T/run/gpurom" && : >"$T/calls"
		as_init run_earlyhook
		await_call "gpurom --initramfs capture"
		[ "$(calls)" = "gpurom --initramfs claim
modprobe vfio-pci
gpurom --initramfs capture" ]
	done
}

@test "early hook: init does not wait for the capture" {
	run_setup "$(behind_gate)"
	for sh in "${SHELLS[@]}"; do
		: >"$T/calls"
		as_init run_earlyhook
		await_call "gpurom --initramfs capture"
		run ! grep worked "$T/calls"
		open_gate
	done
}

@test "early hook: the capture holds no console" {
	run_setup "$(tell_fds)"
	for sh in "${SHELLS[@]}"; do
		: >"$T/calls"
		as_init run_earlyhook </dev/zero
		await_call told
		[ "$(grep '^fd' "$T/calls" | uniq -c | tr -s ' ')" = ' 3 fd /dev/null' ]
	done
}

@test "early hook: without a report nothing is loaded; a crash kernel is left alone" {
	run_setup
	stub gpurom
	for sh in "${SHELLS[@]}"; do
		: >"$T/calls"
		as_init run_earlyhook
		[ "$(calls)" = "gpurom --initramfs claim" ]
	done
	: >"$T/calls"
	: >"$T/proc/vmcore"
	for sh in "${SHELLS[@]}"; do
		as_init run_earlyhook
	done
	[ -z "$(calls)" ]
}

@test "late hook: waits for settle where there is a report" {
	run_setup
	stub gpurom "/bin/sleep 0.3; echo finished >>$T/calls; exit 1"
	mkdir "$T/run/gpurom"
	for sh in "${SHELLS[@]}"; do
		rm -f "$T/run/gpurom/report.json" && : >"$T/calls"
		as_init run_latehook
		[ -z "$(calls)" ]
		: >"$T/run/gpurom/report.json"
		as_init run_latehook
		[ "$(calls)" = "gpurom --initramfs settle
finished" ]
	done
}

@test "hooks: what dies or is missing stops nothing" {
	run_setup
	mkdir "$T/run/gpurom"
	: >"$T/run/gpurom/report.json"
	for sh in "${SHELLS[@]}"; do
		stub gpurom "kill -SEGV \$\$"
		as_init run_earlyhook
		as_init run_latehook
		rm "$T/bin/gpurom"
		as_init run_earlyhook
		as_init run_latehook
	done
}
