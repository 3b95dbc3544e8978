/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of `gpurom list`, for who prints them. */
#ifndef GPUROM_CMD_LIST_H
#define GPUROM_CMD_LIST_H

#include "cmd/cmd.h"
#include "pci/names.h"
#include "plan/plan.h"

enum list_column {
	LIST_ADDRESS,
	LIST_IDS,
	LIST_CLASS,
	LIST_DRIVER,
	LIST_GROUP,
	LIST_VGA,
	LIST_ROM,
	LIST_CARD,
	LIST_PATH,
	LIST_MODEL,
	LIST_COLUMNS
};

struct list_column_head {
	const char *name;
	int width; /* at least, in a file or pipe: the columns of one host are those of another */
};
extern const struct list_column_head list_heads[LIST_COLUMNS];

struct list_printer {
	/* A row of cells, gone when it returns; NULL: the row has none, as what a card's further
	 * functions have none of. */
	void (*row)(const char *const cell[LIST_COLUMNS]);
	void (*end)(void); /* after the last row; or NULL */
	/* The model's name; NULL or "": not known. May be NULL itself. */
	const char *(*model)(const struct pci_ids *ids, char buf[PCI_NAME_MAX]);
	bool rows_only; /* without the lines below the table */
	/* Prints all in another form, in the place of rows; NULL: rows. Returns an exit status. */
	int (*json)(const struct host *h, const struct plan *p, const struct list_printer *to);
};

/* Loads the host and prints its cards through p. Returns an exit status. */
int list_print(const struct cmd_env *env, const struct list_printer *p);
/* cmd/list-json.c, which the initramfs's program has no room for: struct list_printer's json. */
int list_json(const struct host *h, const struct plan *p, const struct list_printer *to);

/* What the last commit recorded of the card with this function. NULL: nothing, or another model at
 * its place. */
const struct record_card *list_recorded(const struct host *h, const struct pci_fn *f);
/* One word. Sets file to the romfile, or "". */
const char *list_rom_state(const struct host *h, const struct pci_card *c,
			   char file[STORE_FILE_MAX]);

#endif
