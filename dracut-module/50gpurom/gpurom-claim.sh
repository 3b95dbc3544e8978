#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Hook of images without systemd; sourced by init, so it must neither exit nor change the shell.
# Holds the cards before any module is loaded, then reads them beside the rest of the boot.
[ -e /proc/vmcore ] || gpurom-dracut claim
if [ -e /run/gpurom/report.json ]; then
	{
		modprobe vfio-pci
		gpurom-dracut capture
	} </dev/null >/dev/null 2>&1 &
fi
