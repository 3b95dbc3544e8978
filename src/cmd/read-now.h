/* A card's ROM read now, because a person wants it: under the card's lock, and only from sources
 * that do no harm to whoever has the card:
 *   efi, shadow   memory, not the card: always
 *   no driver     every source (vfio tells that it needs one of its drivers)
 *   vfio's        vfio, besides those two. sysfs would read a sleeping card, or one that a VM has
 *                 in its hands: waking it by power/control would be the easier half
 *   the host's    none besides those two, unless while_bound; power and decode are left alone
 *                 then, and prom refuses by itself */
#ifndef GPUROM_CMD_READ_NOW_H
#define GPUROM_CMD_READ_NOW_H

#include "cmd/named-card.h"
#include "sources/read.h"

#define READ_NOW_WHY_MAX 400

struct read_now_options {
	bool only; /* the source below, not the configured ones */
	enum rom_source source;
	bool while_bound; /* also while a driver of the host's has the card */
};

struct read_now {
	struct reading best;	    /* read_now_free it */
	struct rom_reading told;    /* what each source gave, and what is to be said of the best */
	char why[READ_NOW_WHY_MAX]; /* sources that were not asked and why, or what went wrong */
	int signal;		    /* that ended it, 0 none */
};

/* 0 where something was read, whatever its verdict. -ENODATA where nothing was; -EBUSY where
 * nothing was asked, -EAGAIN where this boot or another gpurom is at work on the card, other
 * -errno of the lock: why tells. -EINTR where a signal ended it: what was changed is put back, and
 * signals do what they did before. progress: told by the name of the source, bytes read, of how
 * many (0: not known); NULL: nobody asks. */
int read_now(const struct root *root, const struct named_card *c, const struct read_now_options *w,
	     void (*progress)(const char *source, size_t done, size_t whole), struct read_now *ret);
void read_now_free(struct read_now *l);

/* read_now for a person: on standard error, a line that counts where that is a terminal, then what
 * each source gave, the findings, and why nothing was read. Ends the program by the signal that
 * ended the reading. EXIT_DONE with a reading, or EXIT_FAILED; read_now_free in both cases. */
int read_now_print(const struct cmd_env *env, const struct named_card *c,
		   const struct read_now_options *w, struct read_now *ret);

/* Each finding a line, after what it is of. */
void print_findings(const char *of, const struct findings *f);

/* For a command whose table has {"source", ONE_ARG, 's'} and {"while-bound", NO_ARG, 'b'}: the wish
 * that these two make, and the command's refuse, which knows the names of the sources. */
struct read_now_options read_now_parse(const struct options *o);
const char *read_now_refuse(const struct options *before, int letter, const char *word);

#endif
