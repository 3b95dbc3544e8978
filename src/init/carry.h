/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /run/gpurom of an initramfs whose own init mounts an empty /run over it: commit finds it in the
 * real root only if it is copied into the new one. */
#ifndef GPUROM_INIT_CARRY_H
#define GPUROM_INIT_CARRY_H

#include "sys/root.h"

/* Longer than any initramfs takes to mount its /run; after this nothing is copied any more. */
#define CARRY_MS 300000

/* Where there is a /run/gpurom, starts a child that waits until another file system is mounted on
 * /run, and copies the folder there, under its name only when it is whole. It does not replace one
 * that is there, and ends by itself. Returns 0, or -errno where there is no such child. */
int carry_begin(const struct root *root);

#endif
