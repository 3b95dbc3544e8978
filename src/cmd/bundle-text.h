/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a bundle (cmd/bundle.c) keeps of a text or a table, and what it hides: pure, on bytes in
 * memory. Each function that hides changes the bytes in place; hidden text keeps its length, so
 * that tables stay tables. */
#ifndef GPUROM_CMD_BUNDLE_TEXT_H
#define GPUROM_CMD_BUNDLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BUNDLE_HOST_MAX 65 /* uname(2): 64 bytes, and a NUL */
#define BUNDLE_KEY_MAX 33  /* machine-id(5): 32 hexadecimal digits, and a NUL */

/* Filled by cmd/bundle.c, read by all below. */
struct bundle_secrets {
	bool serials;		    /* serial numbers stay: --serials */
	char host[BUNDLE_HOST_MAX]; /* the host's name; "" not to be read */
	/* Goes into each made-up serial number, and never into the bundle: without it all serial
	 * numbers of a vendor, 24 bits, could be tried. The machine's id, so that a card has the
	 * same made-up number in each bundle of its host. */
	char key[BUNDLE_KEY_MAX];
};

/* The number that stands for this one in the bundle: another one, usable (pci/serial.h), the same
 * for the same number and key. One that is not usable names no card, and stays. */
uint64_t bundle_serial(const struct bundle_secrets *s, uint64_t serial);

/* Replaces what has the form of a serial number, and the digits of NVIDIA's GPU UUIDs. */
void bundle_hide_serials(const struct bundle_secrets *s, char *text, size_t n);
/* Replaces the host's name, where it stands as a whole word. */
void bundle_hide_host(const struct bundle_secrets *s, char *text, size_t n);
/* The same in gpurom's settings: lines of a file, or words of the kernel command line. Not in that
 * of the store, which is a path that the bundle has files below, nor where the host is named as a
 * word is that settings have ("nvidia"): the bundle would say something else than the host. */
void bundle_hide_in_settings(const struct bundle_secrets *s, bool words, char *text, size_t n);
/* Replaces the number of each Device Serial Number capability of a configuration space. */
void bundle_hide_config(const struct bundle_secrets *s, uint8_t *config, size_t n);

/* The lines, each without its newline, that keep() wants. Moves them to the front, a newline behind
 * each, and returns their length. text has a byte of room at its end, as file_read gives. */
size_t bundle_lines(char *text, size_t n, bool (*keep)(void *ctx, const char *line), void *ctx);

/* Comments become empty: numbers of lines, and what gpurom says of them, stay. Of a file that is no
 * text (plan/config-text.h) only the first byte that shows it stays, in its line. Returns the
 * length. */
size_t bundle_config(char *text, size_t n);

/* Keeps the words of a kernel command line that gpurom, VFIO, the IOMMU, modules and consoles are
 * set by. Returns the length. */
size_t bundle_cmdline(char *text, size_t n);

/* Keeps the slots (type 9) of an SMBIOS table. Returns the length. */
size_t bundle_slots(uint8_t *table, size_t n);

#endif
