/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mkrom: assembles ROM files from small text descriptions, so that no opaque fixture and no
 * maker's ROM lies in the tree. What the statements are stands in mkrom.c. */
#ifndef MKROM_H
#define MKROM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MK_FILE_MAX (64u << 20)
#define MK_IMAGES_MAX 256
#define MK_WORDS_MAX 40
#define MK_WORD_MAX 512
#define MK_BLOCK 512u

/* One line's words. */
struct mk_line {
	char word[MK_WORDS_MAX][MK_WORD_MAX];
	bool used[MK_WORDS_MAX];
	size_t n;
};

enum mk_sum { MK_SUM_PCIR, MK_SUM_SIZE, MK_SUM_BAD, MK_SUM_NONE };

struct mk_image {
	size_t at, length; /* in the file */
	size_t pcir;	   /* in the image */
	size_t pcir_length, pcir_span, size_span;
	bool efi;
	enum mk_sum sum;
	size_t bit, bit_data, tokens; /* in the image; bit 0: none */
	bool bit_sum;
};

struct mk {
	uint8_t *data;
	size_t n;
	struct mk_image image[MK_IMAGES_MAX];
	size_t images;
};

/* Prints "FILE:LINE: what: detail" and exits. */
void mk_die(const char *what, const char *detail) __attribute__((noreturn));

/* Grows with 00 where off is past the end. */
void mk_put(struct mk *m, size_t off, const void *bytes, size_t n);
void mk_u8(struct mk *m, size_t off, unsigned long v);
void mk_le16(struct mk *m, size_t off, unsigned long v);
void mk_le32(struct mk *m, size_t off, unsigned long v);
/* n bytes at the end: a word like ff, 00, random:SEED or pattern:HEX. */
void mk_fill(struct mk *m, size_t n, const char *how);
void mk_put_hex(struct mk *m, size_t off, const char *hex);
struct mk_image *mk_current(struct mk *m);

/* The value of "key=value" on the line, else fallback. */
const char *mk_arg(struct mk_line *l, const char *key, const char *fallback);
unsigned long mk_number(struct mk_line *l, const char *key, unsigned long fallback);
unsigned long mk_parse(const char *text);
/* Is the bare word there? */
bool mk_flag(struct mk_line *l, const char *word);
/* "vvvv:dddd" in hex. */
void mk_ids(const char *text, unsigned long *vendor, unsigned long *device);
/* The k-th word that is no key=value, the statement not counted; dies where there is none. */
const char *mk_operand(struct mk_line *l, size_t k);

/* Statements. */
void mk_image(struct mk *m, struct mk_line *l);
void mk_npde(struct mk *m, struct mk_line *l);
void mk_bit(struct mk *m, struct mk_line *l);
void mk_token(struct mk *m, struct mk_line *l);
void mk_nvgi(struct mk *m, struct mk_line *l);

/* Checksums of all images so far. */
void mk_finish(struct mk *m);

#endif
