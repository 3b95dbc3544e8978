/* Cards that sit elsewhere now: their objects in the record go to the new places' names. */
#ifndef GPUROM_RECORD_RECORDMOVE_H
#define GPUROM_RECORD_RECORDMOVE_H

#include "record/record.h"

struct record_move {
	const char *from, *to; /* paths */
};

/* All at once, so that two may change places. A card recorded at `to` that does not itself move
 * becomes the first of the newcomer's `previous`. -ENOENT where one of `from` is not recorded,
 * -EINVAL where two go to one place or come from one; -ENOMEM leaves the record unfit to be saved.
 */
int record_move(struct record *r, const struct record_move *m, size_t n);

#endif
