#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Hook of images without systemd; sourced by init, so it must neither exit nor change the shell.
# Waits, with a deadline, for what gpurom-claim.sh left working.
[ ! -e /run/gpurom/report.json ] || gpurom-dracut settle
