/* A card that will not come back: its object is taken out of the record, and with it what is
 * recorded of cards that stood there before. */
#ifndef GPUROM_STORE_FORGET_H
#define GPUROM_STORE_FORGET_H

#include "record/record.h"
#include "store/store.h"

/* The links that were this card's alone: its path's, those that lead on from its earlier paths, and
 * those by its model that show a ROM which no other card has. 0, or -errno of the store. One in its
 * place that we did not make is left alone. Before record_forget. */
int record_forget_links(const struct romstore *s, const struct record *r, const char *path);

/* No other card may be it any more. -ENOENT; -ENOMEM leaves the record unfit to be saved. */
int record_forget(struct record *r, const char *path);

#endif
