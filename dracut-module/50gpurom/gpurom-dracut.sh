#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# gpurom-dracut STEP: a step of gpurom, handed the command line as dracut merges it (with
# /etc/cmdline.d). In an image without dracut's library the program reads the kernel's own.
if [ -r /lib/dracut-lib.sh ]; then
	# shellcheck source=/dev/null
	. /lib/dracut-lib.sh
	set -- --cmdline "$(getcmdline)" "$@"
fi
exec gpurom --initramfs "$@"
