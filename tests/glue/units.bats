#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The systemd units, judged by systemd's own checker in a root of their own: nothing to complain of,
# and the order they promise. An order is proven by a unit that wants the contrary: systemd must then
# find a cycle.

# shellcheck disable=SC2154,SC2030,SC2031 # what stubs and run set

load stubs

setup() {
	glue_setup
	R=$BATS_TEST_TMPDIR/root
	units=$R/usr/lib/systemd/system
	mkdir -p "$units" "$R/usr/bin" "$R/etc"
	for name in gpurom gpurom-dracut modprobe sh systemctl true; do
		printf '#!/bin/sh\n' >"$R/usr/bin/$name"
		chmod 755 "$R/usr/bin/$name"
	done
	host_units=/lib/systemd/system
	for unit in "$host_units"/{initrd*,sysinit,basic,local-fs*,multi-user,shutdown,umount,sysroot*,swap,\
slices,sockets,paths,timers,emergency,rescue}.{target,service} "$host_units"/systemd-modules-load.service; do
		[ ! -f "$unit" ] || cp "$unit" "$units/"
	done
	for name in systemd-udevd systemd-udev-trigger; do
		service $name 'DefaultDependencies=no' 'Before=sysinit.target'
	done
	wants sysinit.target systemd-udevd systemd-udev-trigger systemd-modules-load
}

# service NAME LINE...: a stand-in for a unit of another package.
service() {
	printf '%s\n' '[Unit]' "${@:2}" '[Service]' 'Type=oneshot' 'RemainAfterExit=yes' \
		'ExecStart=true' >"$units/$1.service"
}

# wants TARGET NAME...
wants() {
	mkdir -p "$units/$1.wants"
	local name
	for name in "${@:2}"; do
		ln -s "../$name.service" "$units/$1.wants/"
	done
}

# dracut's own units, with the ordering of its version 059 (modules.d/98dracut-systemd).
initramfs() {
	: >"$R/etc/initrd-release"
	cp "$top"/dracut-module/50gpurom/*.service "$units/"
	service dracut-cmdline 'DefaultDependencies=no' 'Before=dracut-pre-udev.service'
	service dracut-pre-udev 'DefaultDependencies=no' 'Before=systemd-udevd.service'
	service dracut-initqueue 'DefaultDependencies=no' 'After=systemd-udev-trigger.service'
	service dracut-pre-pivot 'DefaultDependencies=no' \
		'After=initrd.target initrd-parse-etc.service sysroot.mount' 'Before=initrd-cleanup.service'
	wants initrd.target dracut-cmdline dracut-pre-udev dracut-initqueue dracut-pre-pivot gpurom-settle
	wants sysinit.target gpurom-claim gpurom-capture
	start="initrd.target initrd-cleanup.service"
}

real_root() {
	cp "$top"/etc/systemd/*.service "$top"/etc/systemd/*.timer "$units/"
	for name in libvirtd virtqemud libvirt-guests pve-guests; do
		service $name
	done
	wants sysinit.target gpurom-early
	wants multi-user.target gpurom-commit libvirtd virtqemud libvirt-guests pve-guests
	start=multi-user.target
}

verify() {
	# shellcheck disable=SC2086 # a list
	run systemd-analyze verify --man=no --root="$R" $start "$@"
}

# before A B: B is never started until A has been.
before() {
	service contrary 'DefaultDependencies=no' "Before=$1" "After=$2"
	mkdir -p "$units/${start%% *}.requires"
	ln -sf ../contrary.service "$units/${start%% *}.requires/"
	verify
	rm -r "$units/contrary.service" "$units/${start%% *}.requires"
	[[ $output == *"Found ordering cycle"* ]]
}

not_before() {
	run ! before "$@"
}

@test "initramfs: nothing to complain of" {
	initramfs
	verify gpurom-claim.service gpurom-capture.service gpurom-settle.service
	[ "$output" = "" ]
	[ "$status" -eq 0 ]
}

@test "initramfs: claim is before everything that loads a driver" {
	initramfs
	for unit in systemd-modules-load.service systemd-udevd.service systemd-udev-trigger.service \
		dracut-cmdline.service dracut-pre-udev.service sysinit.target gpurom-capture.service; do
		before gpurom-claim.service "$unit"
	done
}

@test "initramfs: nothing but settle waits for the capture" {
	initramfs
	before gpurom-capture.service gpurom-settle.service
	for unit in sysinit.target initrd.target dracut-initqueue.service dracut-pre-pivot.service; do
		not_before gpurom-capture.service "$unit"
	done
	not_before sysinit.target gpurom-capture.service
	# The start of it, not its end: for that settle has a deadline.
	grep -qx Type=exec "$units/gpurom-capture.service"
}

@test "initramfs: settle is late, and the root is not switched before it" {
	initramfs
	before initrd.target gpurom-settle.service
	before gpurom-settle.service initrd-cleanup.service
	grep -q 'isolate initrd-switch-root.target' "$units/initrd-cleanup.service"
}

@test "real root: nothing to complain of" {
	real_root
	verify gpurom-early.service gpurom-commit.service gpurom-metrics.service gpurom-metrics.timer
	[ "$output" = "" ]
	[ "$status" -eq 0 ]
}

@test "real root: early is before everything that loads a driver" {
	real_root
	for unit in systemd-modules-load.service systemd-udevd.service systemd-udev-trigger.service \
		sysinit.target gpurom-commit.service; do
		before gpurom-early.service "$unit"
	done
}

# early: the commands of gpurom-early.service, one after the other as systemd runs them.
early() {
	sed -n 's/^ExecStart=-//p' "$(place etc/systemd/gpurom-early.service)" >"$T/early"
	: >"$T/calls"
	while read -r line; do
		in_image dash -c "$line"
	done <"$T/early"
}

@test "real root: early holds, loads vfio-pci, captures, and settles beside it" {
	stub_program gpurom "$(behind_gate)"
	stub modprobe
	stub sh "exec /bin/dash \"\$@\""
	early
	await_call "gpurom capture"
	run ! grep worked "$T/calls"
	[ "$(grep -v '^sh ' "$T/calls" | sort)" = "gpurom capture
gpurom claim
gpurom settle
modprobe vfio-pci" ]
	[ "$(grep -v '^sh ' "$T/calls" | head -n 2)" = "gpurom claim
modprobe vfio-pci" ]
	open_gate
}

@test "real root: early loads nothing where claim took nothing" {
	stub gpurom
	stub modprobe
	stub sh "exec /bin/dash \"\$@\""
	early
	[ "$(grep -v '^sh ' "$T/calls")" = "gpurom claim" ]
}

@test "real root: commit is between the store's file system and virtual machines" {
	real_root
	printf '%s\n' '[Unit]' 'DefaultDependencies=no' '[Mount]' 'What=tmpfs' 'Where=/var/lib' \
		'Type=tmpfs' >"$units/var-lib.mount"
	before var-lib.mount gpurom-commit.service
	before local-fs.target gpurom-commit.service
	for unit in libvirtd virtqemud libvirt-guests pve-guests; do
		before gpurom-commit.service $unit.service
		not_before gpurom-commit.service sysinit.target
	done
}

# A /var with nofail that cannot be mounted: the ROMs go to where the virtual machines find them all the same.
@test "real root: commit comes after the store's file system, and runs where that fails" {
	real_root
	for name in var var-lib var-lib-gpurom; do
		printf '%s\n' '[Unit]' 'DefaultDependencies=no' '[Mount]' 'What=tmpfs' "Where=/${name//-//}" \
			'Type=tmpfs' >"$units/$name.mount"
		before $name.mount gpurom-commit.service
		rm "$units/$name.mount"
	done
	verify gpurom-commit.service
	[ "$output" = "" ]
	run ! grep -E '^(Requires|Requisite|BindsTo)' "$units/gpurom-commit.service"
}

@test "a fault in a unit would be seen" {
	initramfs
	sed -i 's/^Type=oneshot/Type=onceonly/' "$units/gpurom-claim.service"
	verify
	[[ $output == *onceonly* ]]
}

# oneshot waits for ever unless told otherwise; the program's own deadline must come first.
@test "every wait ends" {
	max=$(sed -n 's/^#define CONFIG_TIMEOUT_MAX \([0-9]*\).*/\1/p' "$top/src/plan/config.h")
	for unit in "$top"/dracut-module/50gpurom/*.service "$top"/etc/systemd/*.service; do
		seconds=$(sed -n 's/^TimeoutStartSec=\([0-9][0-9]*\)$/\1/p' "$unit")
		[ "$seconds" -gt 0 ]
		! grep -q 'gpurom[a-z-]* settle' "$unit" || [ "$seconds" -gt "$max" ]
	done
}

@test "real root: metrics come after commit, and virtual machines do not wait for them" {
	real_root
	wants gpurom-commit.service gpurom-metrics
	before gpurom-commit.service gpurom-metrics.service
	for unit in libvirtd virtqemud libvirt-guests pve-guests; do
		not_before gpurom-metrics.service $unit.service
	done
}

# The command of gpurom-metrics.service, where the program ends with that status.
metrics_unit() {
	stub gpurom "exit $1"
	stub systemctl
	stub sh "exec /bin/dash \"\$@\""
	sed -n "s/^ExecStart=sh -c '\(.*\)'\$/\1/p" "$(place etc/systemd/gpurom-metrics.service)" >"$T/metrics"
	[ -s "$T/metrics" ]
	run -"$1" in_image dash -c "$(cat "$T/metrics")"
}

@test "real root: no timer runs unless metrics were written" {
	metrics_unit 3
	[ "$(cat "$T/calls")" = "gpurom metrics --publish" ]
	metrics_unit 1
	run ! grep -q systemctl "$T/calls"
	metrics_unit 0
	[ "$(tail -n 1 "$T/calls")" = "systemctl --no-block start gpurom-metrics.timer" ]
}

@test "real root: the store gets the policy's labels where SELinux is, and nothing is called where it is not" {
	stub restorecon
	stub sh "exec /bin/dash \"\$@\""
	sed "s#/sys/fs#$T/sys/fs#" "$(place etc/systemd/gpurom-commit.service)" | sed -n 's/^ExecStartPost=-//p' >"$T/post"
	in_image dash -c "$(cat "$T/post")"
	[ "$(grep -c '^restorecon' "$T/calls")" = 0 ]
	mkdir -p "$T/sys/fs/selinux"
	echo 1 >"$T/sys/fs/selinux/enforce"
	in_image dash -c "$(cat "$T/post")"
	[ "$(grep '^restorecon' "$T/calls")" = "restorecon -Ri /var/lib/gpurom $T/run/gpurom/store" ]
}
