/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The three forms of `verify`. Each prints and returns an exit status: EXIT_ATTENTION where
 * something is wrong. None writes to the store. */
#ifndef GPUROM_CMD_VERIFY_H
#define GPUROM_CMD_VERIFY_H

#include "cmd/cmd.h"
#include "cmd/read-now.h"
#include "store/store.h"

/* The configured store, and the volatile one where there is one. */
int verify_store(const struct cmd_env *env, bool json);
/* What a ROM file is, whether a store has it, and for which cards. */
int verify_file(const struct cmd_env *env, const char *path, bool json);
/* The card's ROM, read now, against the one that the store shows for it. */
int verify_card(const struct cmd_env *env, const char *card, const struct read_now_options *options,
		bool json);

#endif
