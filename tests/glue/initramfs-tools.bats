#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The hook and the scripts for initramfs-tools, run by the shells of its images, with stubs.
# shellcheck disable=SC2154,SC2030,SC2031 # what stubs and run set

load stubs

TOP=initramfs-tools/scripts/init-top/00-gpurom
BOTTOM=initramfs-tools/scripts/init-bottom/gpurom
HOOK=initramfs-tools/hooks/gpurom

setup() {
	glue_setup
	stub_program gpurom
	stub modprobe "echo \"options [\${MODPROBE_OPTIONS-unset}]\" >>$T/calls"
	init_top=$(place $TOP)
	init_bottom=$(place $BOTTOM)
}

claimed="gpurom --initramfs claim"
captured="gpurom --initramfs capture"

@test "every script names no prerequisite, and does nothing else when asked" {
	for file in $TOP $BOTTOM $HOOK; do
		for sh in "${SHELLS[@]}"; do
			run in_image "$sh" "$top/$file" prereqs
			[ "$status" -eq 0 ]
			[ "$output" = "" ]
		done
	done
	[ -z "$(calls)" ]
}

# mkinitramfs: a pair "a a" for each script and "prerequisite a" for each it names, into tsort.
order() {
	local script prereq
	for script in "$1"/*; do
		echo "${script##*/} ${script##*/}"
		for prereq in $("$script" prereqs); do
			[ ! -e "$1/$prereq" ] || echo "$prereq ${script##*/}"
		done
	done | tsort
}

init_top_of_debian() {
	mkdir "$T/init-top"
	for name in all_generic_ide blacklist keymap udev simple-framebuffer; do
		printf '#!/bin/sh\necho\n' >"$T/init-top/$name"
	done
	printf '#!/bin/sh\necho udev\n' >"$T/init-top/plymouth"
	cp "$top/$TOP" "$T/init-top/"
	chmod 755 "$T"/init-top/*
}

@test "init-top: before udev and everything else" {
	init_top_of_debian
	[ "$(order "$T/init-top" | head -n 1)" = 00-gpurom ]
}

@test "init-top: a prerequisite would put it behind udev (why it has none)" {
	init_top_of_debian
	sed -i 's/^PREREQ=""/PREREQ="blacklist"/' "$T/init-top/00-gpurom"
	[ "$(order "$T/init-top" | grep -nx 00-gpurom | cut -d: -f1)" -gt \
		"$(order "$T/init-top" | grep -nx udev | cut -d: -f1)" ]
}

@test "init-top: holds, then loads vfio-pci, then captures" {
	for sh in "${SHELLS[@]}"; do
		rm -rf "$T/run/gpurom" && : >"$T/calls"
		run in_image "$sh" "$init_top"
		[ "$status" -eq 0 ]
		await_call "$captured"
		[ "$(calls)" = "$(printf '%s\n' "$claimed" 'modprobe vfio-pci' \
			'options [unset]' "$captured")" ]
	done
}

@test "init-top: does not wait for the capture" {
	stub_program gpurom "$(behind_gate)"
	for sh in "${SHELLS[@]}"; do
		: >"$T/calls"
		in_image "$sh" "$init_top"
		await_call "$captured"
		run ! grep worked "$T/calls"
		open_gate
	done
}

@test "init-top: the capture holds no console" {
	stub_program gpurom "$(tell_fds)"
	for sh in "${SHELLS[@]}"; do
		: >"$T/calls"
		in_image "$sh" "$init_top" </dev/zero
		await_call told
		[ "$(grep '^fd' "$T/calls" | uniq -c | tr -s ' ')" = ' 3 fd /dev/null' ]
	done
}

@test "init-top: without a report nothing is loaded" {
	stub gpurom
	for sh in "${SHELLS[@]}"; do
		: >"$T/calls"
		run in_image "$sh" "$init_top"
		[ "$status" -eq 0 ]
		[ "$(calls)" = "$claimed" ]
	done
}

@test "init-top: a crash kernel is left alone" {
	: >"$T/proc/vmcore"
	for sh in "${SHELLS[@]}"; do
		run in_image "$sh" "$init_top"
		[ "$status" -eq 0 ]
	done
	[ -z "$(calls)" ]
	[ ! -e "$T/run/gpurom" ]
}

@test "init-top: a program that dies or is missing stops nothing" {
	for sh in "${SHELLS[@]}"; do
		stub gpurom "kill -SEGV \$\$"
		run in_image "$sh" "$init_top"
		[ "$status" -eq 0 ]
		rm "$T/bin/gpurom"
		run in_image "$sh" "$init_top"
		[ "$status" -eq 0 ]
	done
}

@test "init-top: without modprobe, or where it fails, the capture runs" {
	stub modprobe "exit 1"
	in_image dash "$init_top"
	await_call "$captured"
	: >"$T/calls"
	rm "$T/bin/modprobe"
	in_image dash "$init_top"
	await_call "$captured"
}

@test "init-bottom: settles where there is a report" {
	/bin/mkdir -p "$T/run/gpurom"
	for sh in "${SHELLS[@]}"; do
		rm -f "$T/run/gpurom/report.json" && : >"$T/calls"
		run in_image "$sh" "$init_bottom"
		[ "$status" -eq 0 ]
		[ -z "$(calls)" ]
		: >"$T/run/gpurom/report.json"
		run in_image "$sh" "$init_bottom"
		[ "$status" -eq 0 ]
		[ "$(calls)" = "gpurom --initramfs settle" ]
	done
}

@test "init-bottom: waits for settle, and a failing one stops nothing" {
	/bin/mkdir -p "$T/run/gpurom" && : >"$T/run/gpurom/report.json"
	stub gpurom "/bin/sleep 0.3; echo finished >>$T/calls; exit 1"
	for sh in "${SHELLS[@]}"; do
		: >"$T/calls"
		run in_image "$sh" "$init_bottom"
		[ "$status" -eq 0 ]
		[ "$(tail -n 1 "$T/calls")" = finished ]
	done
}

# --- the hook: runs on the host, where the image is built ---------------------------------------

hook_setup() {
	mkdir -p "$T/usr/share/initramfs-tools" "$T/etc/gpurom.conf.d" "$T/usr/lib/gpurom" "$T/dest"
	: >"$T/etc/gpurom.conf"
	: >"$T/etc/gpurom.conf.d/10-own.conf"
	: >"$T/usr/lib/gpurom/gpurom.conf"
	mkdir -p "$T/lib/gpurom"
	program=$T/lib/gpurom/gpurom-initramfs
	install -m 755 /dev/null "$program"
	# As in initramfs-tools: 1 means "is there already", more is an error.
	cat >"$T/usr/share/initramfs-tools/hook-functions" <<-END
		copy_exec() { echo "copy_exec \$*" >>"$T/calls"; return "\${copy_exec_rc:-0}"; }
		copy_file() { echo "copy_file \$*" >>"$T/calls"; return "\${copy_file_rc:-0}"; }
		manual_add_modules() { echo "manual_add_modules \$*" >>"$T/calls"; }
	END
	hook=$(place $HOOK)
	export DESTDIR=$T/dest
	unset version
}

run_hook() {
	run env PATH="$T/bin:/usr/bin:/bin" "$@" dash "$hook"
	[ "$status" -eq 0 ]
}

@test "hook: the program, every configuration file, the modules" {
	hook_setup
	run_hook
	[ "$output" = "" ]
	[ "$(sed "s#$T##g" "$T/calls")" = "copy_exec /lib/gpurom/gpurom-initramfs /usr/bin/gpurom
copy_file config /usr/lib/gpurom/gpurom.conf
copy_file config /etc/gpurom.conf
copy_file config /etc/gpurom.conf.d/10-own.conf
manual_add_modules vfio vfio_pci vfio_iommu_type1 vfio_virqfd nvgrace_gpu_vfio_pci" ]
}

@test "hook: works without any configuration file" {
	hook_setup
	rm -r "${T:?}/etc" "$T/usr/lib"
	run_hook
	[ "$output" = "" ]
	[ "$(grep -c copy_file "$T/calls")" -eq 0 ]
}

@test "hook: without the program it says so and the image is built" {
	hook_setup
	rm "$T/bin/gpurom"
	run env PATH="$T/bin" /bin/dash "$hook"
	[ "$status" -eq 0 ]
	[[ $output == "W: gpurom: the program is not installed"* ]]
	[ -z "$(calls)" ]
}

@test "hook: without the program for images it says so and the image is built" {
	hook_setup
	rm "$program"
	run_hook
	[ "$output" = "W: gpurom: $program is not installed: this image will take no card" ]
	[ -z "$(calls)" ]
}

@test "hook: what cannot be copied is reported and the image is built" {
	hook_setup
	run_hook copy_exec_rc=2 copy_file_rc=2
	[ "${#lines[@]}" -eq 4 ]
	[[ ${lines[0]} == "W: gpurom: cannot copy $program:"* ]]
	[[ ${lines[2]} == "W: gpurom: cannot copy $T/etc/gpurom.conf:"* ]]
}

@test "hook: a folder in the place of what is no file, or cannot be copied, keeps the boot in doubt" {
	hook_setup
	mkfifo "$T/etc/gpurom.conf.d/20-fifo.conf"
	ln -s /nowhere "$T/etc/gpurom.conf.d/30-lost.conf"
	run_hook
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[0]} == "W: gpurom: cannot copy $T/etc/gpurom.conf.d/20-fifo.conf: a folder takes its place"* ]]
	[ -d "$T/dest$T/etc/gpurom.conf.d/20-fifo.conf" ]
	[ -d "$T/dest$T/etc/gpurom.conf.d/30-lost.conf" ]
	[ ! -e "$T/dest$T/etc/gpurom.conf" ]
	run_hook copy_file_rc=2
	[ -d "$T/dest$T/etc/gpurom.conf" ]
}

@test "hook: what another hook has copied already is no trouble" {
	hook_setup
	mkdir -p "$T/dest$T"
	cp -r "$T/etc" "$T/usr" "$T/dest$T/"
	run_hook copy_file_rc=1
	[ "$output" = "" ]
}

@test "hook: leaves a note of what it has copied, once it has" {
	hook_setup
	run_hook version=6.1.0-9-amd64
	[ "$output" = "" ]
	[ "$(sed "s#$T##g" "$T/calls" | tail -n 2)" = "manual_add_modules vfio vfio_pci vfio_iommu_type1 vfio_virqfd nvgrace_gpu_vfio_pci
gpurom note-image --kernel 6.1.0-9-amd64 --by initramfs-tools --image /dest --program /lib/gpurom/gpurom-initramfs" ]
}

@test "hook: a note that cannot be left is a warning, and the image is built" {
	hook_setup
	stub gpurom 'exit 1'
	run_hook version=6.1.0-9-amd64
	[ "$output" = "W: gpurom: no note of this image is left: gpurom list may call it old" ]
}
