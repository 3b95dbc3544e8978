// SPDX-License-Identifier: GPL-2.0-or-later
/* replaylog LOG list | replaylog LOG DEVICE FROM TO: the log of a dm-log-writes device, played to
 *another. list	a line for each place in the log where a power cut may fall with nothing in doubt,
 *which is behind each write that flushed the disk's cache or was forced through it, and for each
 *mark: "flush N", "fua N", "mark N TEXT", N the number of entries up to and with it. Last: "end N".
 *	FROM TO	plays the entries FROM + 1 to TO onto DEVICE
 * The format: Linux, Documentation/admin-guide/device-mapper/log-writes.rst and the on-disk structs
 *at the head of drivers/md/dm-log-writes.c. In its first sector the super block: u64 magic
 *0x6a736677736872, version 1, number of entries; u32 bytes of a sector. From its second on the
 *entries, each a sector (u64 sector, sectors, flags, bytes of data that a mark has behind this) and
 *then the data that was written; a discard has none. Little-endian. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAGIC 0x6a736677736872ull
#define FLUSH 1u
#define FUA 2u
#define DISCARD 4u
#define MARK 8u
#define PIECE (1u << 20)

struct log {
	int fd;
	uint64_t entries;
	uint32_t sector;
	uint64_t at; /* bytes */
};

struct entry {
	uint64_t sector, sectors, flags, mark;
	char text[64];
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "replaylog: %s: %s\n", what, errno ? strerror(errno) : "no such log");
	exit(125);
}

static uint64_t le(const unsigned char *p, unsigned n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

static void read_at(int fd, void *to, size_t n, uint64_t at)
{
	ssize_t got = pread(fd, to, n, (off_t)at);

	if (got != (ssize_t)n) {
		errno = got < 0 ? errno : EPIPE;
		die("log");
	}
}

static void write_at(int fd, const void *from, size_t n, uint64_t at)
{
	ssize_t put = pwrite(fd, from, n, (off_t)at);

	if (put != (ssize_t)n) {
		errno = put < 0 ? errno : ENOSPC;
		die("device");
	}
}

static struct log log_open(const char *path)
{
	struct log l = {.fd = open(path, O_RDONLY | O_CLOEXEC)};
	unsigned char super[28];

	if (l.fd < 0)
		die(path);
	read_at(l.fd, super, sizeof(super), 0);
	l.entries = le(super + 16, 8);
	l.sector = (uint32_t)le(super + 24, 4);
	l.at = l.sector;
	errno = 0;
	if (le(super, 8) != MAGIC || le(super + 8, 8) != 1 || l.sector < 512 || l.sector > 4096)
		die(path);
	return l;
}

/* The entry at l->at; l->at is its data's place then. */
static struct entry entry_read(struct log *l)
{
	unsigned char b[4096];
	struct entry e;

	read_at(l->fd, b, l->sector, l->at);
	l->at += l->sector;
	e.sector = le(b, 8);
	e.sectors = le(b + 8, 8);
	e.flags = le(b + 16, 8);
	e.mark = le(b + 24, 8);
	snprintf(e.text, sizeof(e.text), "%.*s", (int)(e.mark < 63 ? e.mark : 63), (char *)b + 32);
	return e;
}

static uint64_t data_of(const struct log *l, const struct entry *e)
{
	return e->flags & (DISCARD | MARK) ? 0 : e->sectors * l->sector;
}

static void play(const struct log *l, const struct entry *e, int to)
{
	static char piece[PIECE];
	uint64_t left = e->flags & MARK ? 0 : e->sectors * l->sector;

	for (uint64_t done = 0; left; done += PIECE) {
		size_t n = left < PIECE ? (size_t)left : PIECE;

		if (e->flags & DISCARD)
			memset(piece, 0, n); /* what a discarded sector holds is not promised */
		else
			read_at(l->fd, piece, n, l->at + done);
		write_at(to, piece, n, e->sector * l->sector + done);
		left -= n;
	}
}

static void list(struct log *l)
{
	for (uint64_t n = 1; n <= l->entries; n++) {
		struct entry e = entry_read(l);

		if (e.flags & MARK)
			printf("mark %llu %s\n", (unsigned long long)n, e.text);
		else if (e.flags & (FLUSH | FUA))
			printf("%s %llu\n", e.flags & FLUSH ? "flush" : "fua",
			       (unsigned long long)n);
		l->at += data_of(l, &e);
	}
	printf("end %llu\n", (unsigned long long)l->entries);
}

int main(int argc, char **argv)
{
	uint64_t from, to;
	struct log l;
	int device;

	if (!(argc == 3 && strcmp(argv[2], "list") == 0) && argc != 5) {
		fprintf(stderr, "usage: replaylog LOG list | replaylog LOG DEVICE FROM TO\n");
		return 125;
	}
	l = log_open(argv[1]);
	if (argc == 3) {
		list(&l);
		return 0;
	}
	from = strtoull(argv[3], NULL, 10);
	to = strtoull(argv[4], NULL, 10);
	device = open(argv[2], O_WRONLY | O_CLOEXEC);
	if (device < 0)
		die(argv[2]);
	for (uint64_t n = 1; n <= to && n <= l.entries; n++) {
		struct entry e = entry_read(&l);

		if (n > from)
			play(&l, &e, device);
		l.at += data_of(&l, &e);
	}
	if (fsync(device) < 0)
		die(argv[2]);
	return 0;
}
