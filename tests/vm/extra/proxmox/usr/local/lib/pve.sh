# SPDX-License-Identifier: GPL-2.0-or-later
# What the two boots with a stub of qm have in common: sourced by vm-report-after.
# shellcheck shell=sh disable=SC2034,SC2317 # nested.sh's: pid, and who calls monitor
# shellcheck source=tests/vm/extra/libvirt/usr/local/lib/nested.sh
. /usr/local/lib/nested.sh

cure() {
	gpurom-domain fix --proxmox "$1" >/run/fixed && cp /run/fixed "/etc/pve/qemu-server/$1.conf"
}

# watch_vm VMID: it was started by qm, which has left it a monitor.
watch_vm() {
	pid=$(cat "/run/qemu-server/$1.pid")
	: >/run/monitor.out
	exec 3>"/run/qemu-server/$1.in"
	cat "/run/qemu-server/$1.out" >>/run/monitor.out &
	monitor() {
		ask "$1"
	}
}
