#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# cache.sh [NAME]: makes and prints the folder, outside the checkout, that keeps downloads.
# Whatever is put there is keyed by what it is made of, so the folder may be deleted at any time.
set -eu
dir=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/gpurom${1:+/$1}
mkdir -p "$dir"
printf '%s\n' "$dir"
