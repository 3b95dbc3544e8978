/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a card's ROM now, because a person wants it: under the card's lock, and only from sources
 * that do no harm to the driver or VM that uses the card:
 *   efi, shadow   memory, not the card: always
 *   no driver     every source (vfio reports that it needs one of its drivers)
 *   vfio's        besides those two only vfio. sysfs would read a sleeping card, or one that a VM
 *                 uses; waking it by power/control would be the easier half
 *   the host's    only those two, unless while_bound: then power and decode stay as they are, and
 *                 prom refuses by itself */
#ifndef GPUROM_CMD_READ_NOW_H
#define GPUROM_CMD_READ_NOW_H

#include "cmd/named-card.h"
#include "sources/read.h"

#define READ_NOW_WHY_MAX 400

struct read_now_options {
	bool only; /* source alone, not the configured ones */
	enum rom_source source;
	bool while_bound; /* also while a driver of the host has the card */
};

/* read_now fills it in; dump and verify read it. */
struct read_now {
	struct reading best;	    /* read_now_free it */
	struct rom_reading result;  /* every attempt, and the facts of the best reading */
	char why[READ_NOW_WHY_MAX]; /* sources that were left out and why, or the error; "" none */
	int signal;		    /* that ended it, 0 none */
};

/* Returns 0 where something was read, whatever its verdict, or -errno with the reason in ret->why:
 * -ENODATA nothing was read; -EBUSY no source was allowed; -EAGAIN this boot or another gpurom is
 * reading the card; others of the lock. -EINTR: a signal ended it, the card's settings are put
 * back, and signals do what they did before. progress is called with the source, the bytes read,
 * and how many there are (0 unknown); may be NULL. */
int read_now(const struct root *root, const struct named_card *c,
	     const struct read_now_options *options,
	     void (*progress)(const char *source, size_t done, size_t whole), struct read_now *ret);
void read_now_free(struct read_now *now);

/* read_now for a person. Prints on stderr: a progress line on a terminal, then each attempt, the
 * findings, and why nothing was read. A signal that ended the reading ends the program. Returns
 * EXIT_DONE with a reading, or EXIT_FAILED; read_now_free in both cases. */
int read_now_print(const struct cmd_env *env, const struct named_card *c,
		   const struct read_now_options *options, struct read_now *ret);

/* Prints each finding as a line on stderr, after the name of its subject. */
void print_findings(const char *of, const struct findings *f);

/* For a command whose table has {"source", ONE_ARG, 's'} and {"while-bound", NO_ARG, 'b'}: the
 * options that these two set, and the command's refuse, which checks the name of the source. */
struct read_now_options read_now_parse(const struct options *o);
const char *read_now_refuse(const struct options *before, int letter, const char *word);

#endif
