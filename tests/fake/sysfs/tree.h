/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree of names that the file system shows. */
#ifndef FAKESYS_TREE_H
#define FAKESYS_TREE_H

#include "machine.h"

enum what {
	NODE_DIR,
	NODE_ATTR,	/* attribute of fn */
	NODE_LINK,	/* to `to` */
	NODE_DRIVER,	/* link to fn's driver */
	NODE_FB_DRIVER, /* link, there while fn's framebuffer is drawn on */
	NODE_TEXT,	/* a file with a fixed text */
	NODE_PROBE,	/* drivers_probe */
	NODE_BIND,
	NODE_UNBIND, /* drivers/<text>/... */
	NODE_LOAD,   /* load */
};

struct node {
	struct node *parent, *child, *next;
	char name[NAME_MAX_];
	enum what what;
	struct fn *fn;
	enum attr attr;
	struct node *to;
	const char *text;
	const bool *hidden; /* of a driver: its module is not loaded */
};

#define NODES_MAX 8192

struct tree {
	struct node node[NODES_MAX]; /* the root first */
	size_t n;
	struct node *drivers;
};

void tree_make(struct tree *t, struct machine *m);

/* Whether it is there now. */
bool node_exists(const struct node *n);
struct node *node_child(struct node *dir, const char *name);
/* A link's target as sysfs writes it, relative. Bytes, or -errno. */
int node_target(const struct tree *t, const struct node *n, char *buf, size_t size);
/* "0000:01:00.0/enable", "drivers/nouveau/unbind", "drivers_probe": for the log. */
void node_place(const struct node *n, char *buf, size_t size);

#endif
