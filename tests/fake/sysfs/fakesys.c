// SPDX-License-Identifier: GPL-2.0-or-later
/* fakesys MACHINE LOG FOLDER: the PCI part of sysfs for a machine described in a text file, mounted
 * at FOLDER, so that the program under test runs as it is against a kernel that can be told to
 * misbehave. Every write is told in LOG, in order, before it takes effect. Ends when
 * it is unmounted or killed.
 *
 * FUSE's low-level interface, for one reason: the kernel holds a FUSE file's inode locked through a
 * write, and a write to `unbind` that never returns would stop everybody else's; in sysfs it stops
 * only who waits for the same device. So each look-up of a file gives an inode of its own. */
#define FUSE_USE_VERSION 312
#include "tree.h"

#include <errno.h>
#include <fuse_lowlevel.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX 256
#define INODE_BITS 16 /* of an inode number are the node's place in the tree; NODES_MAX fits */

static struct machine machine;
static struct tree tree;
static fuse_ino_t lookups; /* only to make numbers differ */

static struct node *node_of(fuse_ino_t ino)
{
	return ino == FUSE_ROOT_ID ? &tree.node[0] : &tree.node[ino & ((1u << INODE_BITS) - 1)];
}

static fuse_ino_t number_of(const struct node *n)
{
	fuse_ino_t place = (fuse_ino_t)(n - tree.node);

	if (place == 0)
		return FUSE_ROOT_ID;
	/* All are beyond FUSE_ROOT_ID. */
	if (n->what == NODE_DIR)
		return place | (fuse_ino_t)1 << INODE_BITS;
	return place | (__atomic_add_fetch(&lookups, 1, __ATOMIC_RELAXED) + 1) << INODE_BITS;
}

static void fill(struct stat *st, const struct node *n, fuse_ino_t ino)
{
	*st = (struct stat){.st_ino = ino, .st_nlink = 1, .st_uid = getuid(), .st_gid = getgid()};
	if (n->what == NODE_DIR) {
		st->st_mode = S_IFDIR | 0755;
	} else if (n->what == NODE_LINK || n->what == NODE_DRIVER || n->what == NODE_FB_DRIVER) {
		st->st_mode = S_IFLNK | 0777;
	} else {
		st->st_mode = S_IFREG | 0644;
		st->st_size = n->what == NODE_ATTR && n->attr == ATTR_ROM ? 0x80000 : PAGE;
	}
}

static void fs_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct node *n = node_child(node_of(parent), name);
	struct fuse_entry_param e = {.generation = 1};

	if (!n) {
		fuse_reply_err(req, ENOENT);
		return;
	}
	e.ino = number_of(n);
	fill(&e.attr, n, e.ino);
	fuse_reply_entry(req, &e);
}

static void reply_attr(fuse_req_t req, fuse_ino_t ino)
{
	struct stat st;

	fill(&st, node_of(ino), ino);
	fuse_reply_attr(req, &st, 0);
}

static void fs_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)fi;
	reply_attr(req, ino);
}

/* O_TRUNC and touch: sysfs takes them and does nothing. */
static void fs_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *st, int to_set,
		       struct fuse_file_info *fi)
{
	(void)st, (void)to_set, (void)fi;
	reply_attr(req, ino);
}

static void fs_readlink(fuse_req_t req, fuse_ino_t ino)
{
	char target[4096];
	int r = node_target(&tree, node_of(ino), target, sizeof(target));

	if (r < 0)
		fuse_reply_err(req, -r);
	else
		fuse_reply_readlink(req, target);
}

static void fs_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	if (!node_exists(node_of(ino))) {
		fuse_reply_err(req, ENOENT);
		return;
	}
	fi->direct_io = 1;
	fuse_reply_open(req, fi);
}

static void fs_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		    struct fuse_file_info *fi)
{
	const struct node *n = node_of(ino);
	char *buf = malloc(size + 1);
	ssize_t r = -EIO;

	(void)fi;
	if (!buf)
		r = -ENOMEM;
	else if (n->what == NODE_ATTR)
		r = attr_read(n->fn, n->attr, buf, size, off);
	else if (n->what == NODE_TEXT)
		r = off ? 0 : snprintf(buf, size, "%s\n", n->text);
	if (r < 0)
		fuse_reply_err(req, (int)-r);
	else
		fuse_reply_buf(req, buf, (size_t)r);
	free(buf);
}

static int take_write(const struct node *n, const char *text, size_t size)
{
	char addr[TEXT_MAX];

	snprintf(addr, sizeof(addr), "%.*s", (int)strcspn(text, "\n"), text);
	switch (n->what) {
	case NODE_ATTR:
		return attr_write(n->fn, n->attr, text, size);
	case NODE_LOAD:
		return machine_load(&machine, addr);
	case NODE_PROBE:
		return bus_probe(&machine, addr);
	case NODE_BIND:
		return bus_bind(&machine, n->text, addr);
	case NODE_UNBIND:
		return bus_unbind(&machine, n->text, addr);
	default:
		return -EACCES;
	}
}

static void fs_write(fuse_req_t req, fuse_ino_t ino, const char *data, size_t size, off_t off,
		     struct fuse_file_info *fi)
{
	const struct node *n = node_of(ino);
	char text[TEXT_MAX], place[TEXT_MAX];
	int r;

	(void)fi;
	if (off != 0 || size >= sizeof(text)) {
		fuse_reply_err(req, EINVAL);
		return;
	}
	memcpy(text, data, size);
	text[size] = '\0';
	node_place(n, place, sizeof(place));
	machine_log(&machine, place, text, size);
	r = take_write(n, text, size);
	if (r < 0)
		fuse_reply_err(req, -r);
	else
		fuse_reply_write(req, size);
}

static void fs_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		       struct fuse_file_info *fi)
{
	char *buf = malloc(size);
	size_t used = 0, need;
	off_t at = 0;

	(void)fi;
	for (struct node *n = node_of(ino)->child; buf && n; n = n->next) {
		struct stat st;

		if (++at <= off || !node_exists(n))
			continue;
		fill(&st, n, (fuse_ino_t)(n - tree.node) + 1);
		need = fuse_add_direntry(req, buf + used, size - used, n->name, &st, at);
		if (need > size - used)
			break;
		used += need;
	}
	fuse_reply_buf(req, buf, used);
	free(buf);
}

static const struct fuse_lowlevel_ops ops = {.lookup = fs_lookup,
					     .getattr = fs_getattr,
					     .setattr = fs_setattr,
					     .readlink = fs_readlink,
					     .open = fs_open,
					     .read = fs_read,
					     .write = fs_write,
					     .readdir = fs_readdir};

static int serve(const char *folder)
{
	char name[] = "fakesys";
	char *argv[] = {name, NULL};
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);
	struct fuse_loop_config *loop = fuse_loop_cfg_create();
	struct fuse_session *s = fuse_session_new(&args, &ops, sizeof(ops), NULL);

	if (!loop || !s || fuse_session_mount(s, folder) != 0)
		return 1;
	/* More than any test hangs: each access that never returns keeps a thread. */
	fuse_loop_cfg_set_max_threads(loop, 512);
	fuse_loop_cfg_set_idle_threads(loop, 64);
	return fuse_session_loop_mt(s, loop) != 0;
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fputs("usage: fakesys MACHINE LOG FOLDER\n", stderr);
		return 2;
	}
	machine_read(&machine, argv[1]);
	tree_make(&tree, &machine);
	machine.log = fopen(argv[2], "a");
	if (!machine.log) {
		perror(argv[2]);
		return 1;
	}
	return serve(argv[3]);
}
