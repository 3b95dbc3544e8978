/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work that may never return, done in a child that may be abandoned: a write to `unbind` sleeps
 * for as long as the driver's remove callback does, and a boot must not. */
#ifndef GPUROM_SYS_DEADLINE_H
#define GPUROM_SYS_DEADLINE_H

#include <stddef.h>

/* Runs fn(arg) in a child. Returns its result (0 or -errno), or -ETIMEDOUT where it took longer
 * than ms milliseconds (the child is killed, and left behind where even that does not end it), or
 * -ECHILD where it died. What fn changes in memory is lost with the child. Nobody who reads our
 * output waits for a child that is left behind (deadline_leave_readers); locks stay with it until
 * file_unlock or its end: a card's lock is to, while something works on the card. */
int deadline_run(unsigned ms, int (*fn)(void *arg), void *arg);

/* For a child that may be left behind: its standard input, output and error become /dev/null where
 * they are pipes or sockets, whose other side waits until each process has closed them, but for
 * keep_fd. A terminal and a file stay; what a child logs, the kernel log has. */
void deadline_leave_readers(int keep_fd);

/* A list of items, such as the functions of a scan, each of which may never return. Filled by who
 * runs it. */
struct deadline_list {
	size_t n;
	/* One item: 0 or -errno. It runs in a child: what it changes is lost, but for memory that
	 * deadline_shared gave. Standard input, output and error are /dev/null for it: a child that
	 * is left behind would keep whoever reads our output waiting. */
	int (*one)(void *arg, size_t i);
	/* Milliseconds for item i, when `hung` items before it have not returned. */
	unsigned (*ms)(void *arg, size_t i, size_t hung);
	void *arg;
	/* The one open file that the items need, such as the root's folder; every other is closed
	 * for them: a lock would stay with a child that is left behind. */
	int keep_fd;
	unsigned long long until_us; /* for all of them, of deadline_now_us */
};

/* Runs the items in order, all in one child; where one does not return in its time, the child is
 * left behind and a new one goes on with the next item. Sets ret[i], of list->n ints, to what `one`
 * returned, or -ETIMEDOUT where it did not return, -ECHILD where the child died of it, -ETIME where
 * no time was left to begin it. Returns 0, or -errno where no item was begun: no memory, no
 * process. */
int deadline_each(const struct deadline_list *list, int *ret);

/* Zeroed memory that a child shares with its parent; NULL where there is none. */
void *deadline_shared(size_t size);
void deadline_unshare(void *p, size_t size);

/* Milliseconds until then, 0 where it has passed. */
unsigned deadline_left_ms(unsigned long long until_us);

/* Microseconds of CLOCK_BOOTTIME: goes on through suspend, the same for every process. */
unsigned long long deadline_now_us(void);

#endif
