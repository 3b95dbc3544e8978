#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# /etc/pve is a file system in a process (pmxcfs, by FUSE), which may hang: whoever reads there ends in time, and says
# which file has not answered.
# shellcheck disable=SC2030,SC2031,SC2154 # what run sets

load lib

DOMAIN=$(dirname "$GPUROM")/gpurom-domain
conf=/etc/pve/qemu-server/100.conf
maps=/etc/pve/mapping/pci.cfg
late="no answer in time; 'systemctl status pve-cluster' says how the cluster's file system is"
d() { "$DOMAIN" --root "$R" "$@" 3>&-; }

setup() {
	cli_setup
	rom a.rom 10de:2204
	mkdir -p "$R/etc/pve/qemu-server" "$R/etc/pve/mapping" "$R/proc/sys/kernel"
	echo pve1 >"$R/proc/sys/kernel/hostname"
	{
		card 1 10de:2204 rom=a.rom
		echo "fn 0000:00:1f.0 8086:1111 010802 driver=nvme config_hang=1"
	} | a_boot 1
	echo 'hostpci0: mapping=gpu,pcie=1' >"$R$conf"
	printf 'gpu\n\tmap node=pve1,path=0000:01:00,id=10de:2204,subsystem-id=1462:3896,iommugroup=1\n' >"$R$maps"
}

teardown() {
	end_silent
	cli_teardown
}

# hang FILE: a read of this one never returns, and no signal ends it.
hang() { ln -sf "$(realpath -s --relative-to="$R${1%/*}" "$R/sys/bus/pci/devices/0000:00:1f.0/config")" "$R$1"; }

# said_late MS COMMAND...: it ends by then, with status 1, and says that FILE (of the caller) has not answered.
said_late() {
	local limit=$1 status=0
	shift
	within "$limit" "$@" >"$T/out" 2>"$T/err" || status=$?
	same "$status $(cat "$T/out")" "1 "
	has "$(cat "$T/err")" "$file: $late"
}

# The hookscript, as Proxmox VE calls it.
hook() {
	mkdir -p "$T/bin"
	printf '#!/bin/sh\nexec %s --root %s "$@"\n' "$DOMAIN" "$R" >"$T/bin/gpurom-domain"
	printf '#!/bin/sh\n' >"$T/bin/logger"
	chmod 755 "$T"/bin/*
	PATH=$T/bin:$PATH "$top/etc/proxmox/hook" 100 pre-start
}
hook_goes_on() {
	within 6000 hook 2>"$T/err"
	has "$(cat "$T/err")" "$file: $late"
	has "$(cat "$T/err")" "gpurom: 100: the configuration was not checked (gpurom-domain ended with 1); the VM starts"
}

# doctor_tells MS LINE...
doctor_tells() {
	local limit=$1 status=0
	shift
	within "$limit" g doctor >"$T/out" || status=$?
	same "$status" 3
	for line; do
		has "$(cat "$T/out")" "  attention  host: $line
             > systemctl status pve-cluster"
	done
}

@test "while it answers there is nothing to say" {
	same "$(d check --proxmox 100 2>&1)" ""
	g snippet 01:00 --proxmox --apply 100 | grep -q "^qm set 100 "
	has "$(g doctor)" "  ok         gpu: line 2 of $maps fits this host"
}

@test "all of it hangs: check, fix, the hookscript, snippet and doctor end in time" {
	mount_silent /etc/pve
	file=$conf
	said_late 4000 d check --proxmox 100
	said_late 4000 d check --json --proxmox 100
	said_late 4000 d fix --proxmox 100
	said_late 4000 g snippet 01:00 --proxmox --apply 100
	hook_goes_on
	doctor_tells 8000 "/etc/pve/qemu-server does not answer: no VM that it defines is checked" \
		"$maps does not answer: no mapping is checked"
}

@test "a VM's file hangs, and no signal ends who reads it" {
	hang $conf
	file=$conf
	said_late 4000 d check --proxmox 100
	said_late 4000 d fix --proxmox 100
	said_late 4000 g snippet 01:00 --proxmox --apply 100
	hook_goes_on
}

@test "whoever reads the output comes to the end of it, though a child stays behind" {
	hang $conf
	for command in "d check --proxmox 100" "d check --hook --proxmox 100" "g snippet 01:00 --proxmox --apply 100" hook; do
		within 4000 piped "$command" >"$T/out"
		has "$(cat "$T/out")" "$conf: $late"
	done
}
piped() { $1 2>&1 | cat; }

@test "the mappings hang: a VM that has one, and doctor; a VM without does not read them" {
	hang $maps
	file=$maps
	said_late 4000 d check --proxmox 100
	hook_goes_on
	doctor_tells 8000 "$maps does not answer: no mapping is checked"
	echo 'hostpci0: 0000:01:00,pcie=1' >"$R$conf"
	within 1500 d check --proxmox 100
}

# doctor starts gpurom-domain only on the running system: here that is the made-up one.
here() {
	# shellcheck disable=SC2016 # sh's
	unshare --mount sh -c 'mount --bind /proc "$1/proc" && exec chroot "$1" /bin/gpurom doctor' sh "$R"
}

@test "doctor: of two VMs one hangs: it is named in time, and the other one is checked" {
	mkdir "$R/bin"
	cp "$GPUROM" "$DOMAIN" "$R/bin"
	: >"$R/dev/null"
	echo 'hostpci0: 0000:01:00,pcie=1' >"$R/etc/pve/qemu-server/101.conf"
	hang $conf
	within 12000 here >"$T/out" || [ $? = 3 ]
	has "$(cat "$T/out")" "  attention  100: its definition cannot be checked: $conf: $late
             > gpurom-domain check --proxmox 100"
	has "$(cat "$T/out")" "  ok         101: its cards and romfiles are right"
}
