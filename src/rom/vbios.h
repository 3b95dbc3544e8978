/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What NVIDIA and the board maker wrote into the x86 image: version, names, dates, board. */
#ifndef GPUROM_ROM_VBIOS_H
#define GPUROM_ROM_VBIOS_H

#include "rom/npde.h"
#include "util/bytes.h"

#define VBIOS_TEXT_MAX 96 /* bytes of a text from the ROM, with its NUL */

/* Texts are printable ASCII; "" if the image does not have them. */
struct vbios {
	bool has_subsystem;
	uint16_t subvendor, subdevice;
	char version[VBIOS_TEXT_MAX];	   /* "94.02.26.40.99": token B, else S, else i */
	char version_said[VBIOS_TEXT_MAX]; /* the version in token S's text */
	char sign_on[VBIOS_TEXT_MAX];	   /* token S */
	char date[VBIOS_TEXT_MAX];	   /* +38, "MM/DD/YY", last modified */
	char build_date[VBIOS_TEXT_MAX];   /* token i +0F */
	char board[VBIOS_TEXT_MAX];	   /* token i +30, "2000G1320030" */
};

/* Reads image i, which must be x86 and NVIDIA's. */
void vbios_read(struct bytes rom, const struct oprom_image *i, struct vbios *ret);

/* NVIDIA's BIT: the table of tables in an x86 image (NVIDIA open-gpu-doc
 * BIOS-Information-Table). Offsets in bytes from the image's start. */
struct bit {
	size_t tokens; /* offset of the first token */
	uint8_t stride, count;
};

/* Finds the first table in image whose header sums to 0. False if there is none. */
bool bit_find(struct bytes image, struct bit *ret);

/* Data of the first token `id` of that version, cut at the end of image; empty if there is none. */
struct bytes bit_token(struct bytes image, const struct bit *bit, char id, uint8_t version);

#endif
