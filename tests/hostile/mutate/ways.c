// SPDX-License-Identifier: GPL-2.0-or-later
/* The ways a ROM file is damaged. */
#include "mutate.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define BLOCK 512u

uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->s += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

size_t rng_below(struct rng *r, size_t n)
{
	return n ? rng_next(r) % n : 0;
}

static void put(struct file *f, size_t off, size_t size, uint32_t v)
{
	for (size_t k = 0; k < size && off + k < f->n; k++)
		f->p[off + k] = (uint8_t)(v >> 8 * k);
}

static uint32_t get(const struct file *f, size_t off, size_t size)
{
	uint32_t v = 0;

	for (size_t k = 0; k < size && off + k < f->n; k++)
		v |= (uint32_t)f->p[off + k] << 8 * k;
	return v;
}

/* A value on an edge of something, or near the one that is there, or any. */
static uint32_t odd_value(struct rng *r, uint32_t old)
{
	static const uint32_t edges[] = {
		0,	1,	2,	3,	 0x17,	     0x18,	 0x1a,	     0x1c,
		0x40,	0x7f,	0x80,	0xff,	 0x100,	     0x1fe,	 0x200,	     0x7fff,
		0x8000, 0xfff8, 0xffff, 0xfffff, 0xffffffff, 0xfffff000, 0x7fffffff, 0x10de};

	switch (rng_below(r, 4)) {
	case 0:
		return old + (uint32_t)rng_below(r, 9) - 4;
	case 1:
		return (uint32_t)rng_next(r);
	case 2:
		return old ^ 1u << rng_below(r, 16);
	default:
		return edges[rng_below(r, COUNT(edges))];
	}
}

/* Any 55AA at a block whose PCIR is there; ROM_MAX where there is none. */
static size_t some_image(struct rng *r, const struct file *f, size_t *ret_pcir)
{
	size_t blocks = f->n / BLOCK, first = rng_below(r, blocks);

	for (size_t k = 0; k < blocks; k++) {
		size_t off = (first + k) % blocks * BLOCK;
		size_t pcir = off + get(f, off + 0x18, 2);

		if (get(f, off, 2) != 0xaa55 || pcir + 0x18 > f->n)
			continue;
		*ret_pcir = pcir;
		return off;
	}
	return ROM_MAX;
}

static void bits(struct rng *r, struct file *f)
{
	for (size_t k = 1 + rng_below(r, 8); k > 0 && f->n; k--)
		f->p[rng_below(r, f->n)] ^= (uint8_t)(1u << rng_below(r, 8));
}

static void sum_again(struct rng *r, struct file *f)
{
	size_t pcir, off = some_image(r, f, &pcir), len;
	uint8_t sum = 0;

	if (off == ROM_MAX)
		return;
	len = get(f, pcir + 0x10, 2) * BLOCK;
	if (rng_below(r, 4) == 0)
		len = f->p[off + 2] * BLOCK;
	if (len == 0 || off + len > f->n)
		return;
	for (size_t k = 0; k < len; k++)
		sum = (uint8_t)(sum + f->p[off + k]);
	f->p[off + len - 1] = (uint8_t)(f->p[off + len - 1] - sum);
}

static void image_field(struct rng *r, struct file *f)
{
	static const struct {
		uint8_t off, size;
	} fields[] = {{0x00, 2}, {0x02, 1}, {0x02, 2}, {0x04, 4}, {0x16, 2}, {0x18, 2}};
	size_t pcir, off = some_image(r, f, &pcir), k = rng_below(r, COUNT(fields));

	if (off == ROM_MAX)
		return;
	off += fields[k].off;
	put(f, off, fields[k].size, odd_value(r, get(f, off, fields[k].size)));
}

static void pcir_field(struct rng *r, struct file *f)
{
	static const struct {
		uint8_t off, size;
	} fields[] = {{0x00, 4}, {0x04, 2}, {0x06, 2}, {0x08, 2}, {0x0a, 2}, {0x0c, 1},
		      {0x0d, 3}, {0x10, 2}, {0x12, 2}, {0x14, 1}, {0x15, 1}, {0x15, 1}};
	size_t pcir, off = some_image(r, f, &pcir), k = rng_below(r, COUNT(fields));

	if (off == ROM_MAX)
		return;
	pcir += fields[k].off;
	if (fields[k].off == 0x15 && rng_below(r, 2))
		f->p[pcir] ^= 0x80;
	else
		put(f, pcir, fields[k].size, odd_value(r, get(f, pcir, fields[k].size)));
}

/* NVIDIA's extension behind it: one that is there is changed, else one is made. */
static void npde(struct rng *r, struct file *f)
{
	static const uint8_t fields[] = {0x04, 0x06, 0x08, 0x0a, 0x0b, 0x0c, 0x10, 0x12};
	size_t pcir, off = some_image(r, f, &pcir), at;

	if (off == ROM_MAX)
		return;
	at = (pcir + get(f, pcir + 0x0a, 2) + 15) & ~(size_t)15;
	put(f, at, 4, 0x4544504e);
	if (rng_below(r, 2))
		put(f, at + 4, 2, 0x0101);
	at += fields[rng_below(r, COUNT(fields))];
	put(f, at, 2, odd_value(r, get(f, at, 2)));
}

static void device_list(struct rng *r, struct file *f)
{
	size_t pcir, off = some_image(r, f, &pcir);
	uint32_t list = (uint32_t)(rng_below(r, 4) ? 0x1c + rng_below(r, 64) : rng_next(r));

	if (off == ROM_MAX)
		return;
	f->p[pcir + 0x0c] = 3;
	put(f, pcir + 8, 2, list);
	for (size_t k = rng_below(r, 6); k > 0; k--, list += 2)
		put(f, pcir + (list & 0xffff), 2, 1 + (uint32_t)rng_below(r, 0xffff));
	put(f, pcir + (list & 0xffff), 2, 0);
}

/* NVIDIA's header at 0, made where there is none, and the way from it to the option ROM. */
static void nvgi(struct rng *r, struct file *f)
{
	static const uint8_t fields[] = {0x04, 0x05, 0x06, 0x08, 0x0c, 0x10, 0x14, 0x24};
	size_t at = fields[rng_below(r, COUNT(fields))];
	size_t head = (1 + rng_below(r, 8)) * BLOCK;

	if (get(f, 0, 4) != 0x4947564e && f->n + head <= ROM_MAX) {
		memmove(f->p + head, f->p, f->n);
		memset(f->p, 0xff, head);
		f->n += head;
		put(f, 0, 4, 0x4947564e);
		put(f, 4, 4, 0x00100100u + ((uint32_t)rng_below(r, 2) << 8));
		put(f, 8, 4, 0x20);
		put(f, 0x14, 4, (uint32_t)head);
	}
	if (rng_below(r, 3))
		put(f, at, 4, odd_value(r, get(f, at, 4)));
}

/* An offset: an image's start, a block's, or any; by chance one beside it. */
static size_t place(struct rng *r, const struct file *f)
{
	size_t pcir, at = rng_below(r, f->n + 1), image = some_image(r, f, &pcir);

	switch (rng_below(r, 4)) {
	case 0:
		return image < f->n ? image : at;
	case 1:
		return at / BLOCK * BLOCK;
	case 2:
		at = at / BLOCK * BLOCK + rng_below(r, 3);
		return at < f->n ? at : f->n;
	default:
		return at;
	}
}

static void cut(struct rng *r, struct file *f)
{
	size_t at = place(r, f);

	if (rng_below(r, 4)) {
		f->n = at;
		return;
	}
	memmove(f->p, f->p + at, f->n - at); /* the front goes */
	f->n -= at;
}

/* Bytes of from, over what is there or between. */
static void copy_in(struct rng *r, struct file *f, const uint8_t *from, size_t n)
{
	size_t at = place(r, f);

	if (rng_below(r, 2) && f->n + n <= ROM_MAX) {
		memmove(f->p + at + n, f->p + at, f->n - at);
		f->n += n;
	} else if (n > f->n - at) {
		n = f->n - at;
	}
	memcpy(f->p + at, from, n);
}

static void move_blocks(struct rng *r, struct file *f)
{
	static uint8_t part[ROM_MAX];
	size_t at = place(r, f), n = (1 + rng_below(r, 16)) * BLOCK;

	if (n > f->n - at || rng_below(r, 4) == 0)
		n = f->n - at;
	memcpy(part, f->p + at, n);
	copy_in(r, f, part, n);
}

static void splice(struct rng *r, struct file *f, const struct file *other)
{
	size_t at = place(r, f), from = place(r, other), n = other->n - from;

	if (n > ROM_MAX - at)
		n = ROM_MAX - at;
	memcpy(f->p + at, other->p + from, n);
	f->n = at + n;
}

static void run_of_one(struct rng *r, struct file *f)
{
	size_t at = place(r, f), n = 1 + rng_below(r, rng_below(r, 2) ? 64 : 4096);

	if (n > f->n - at)
		n = f->n - at;
	memset(f->p + at, rng_below(r, 2) ? 0xff : 0, n);
}

static void tail(struct rng *r, struct file *f)
{
	size_t n = 1 + rng_below(r, rng_below(r, 2) ? 1024 : 8192), any = rng_below(r, 2);

	for (; n > 0 && f->n < ROM_MAX; n--)
		f->p[f->n++] = any ? (uint8_t)rng_next(r) : 0xff;
}

const char *mutate_once(struct rng *r, struct file *f, const struct file *other)
{
	static const struct {
		const char *name;
		void (*change)(struct rng *, struct file *);
		unsigned weight;
	} ways[] = {
		{"bits", bits, 3}, {"image-field", image_field, 3}, {"pcir-field", pcir_field, 5},
		{"npde", npde, 2}, {"device-list", device_list, 2}, {"nvgi", nvgi, 2},
		{"cut", cut, 3},   {"move", move_blocks, 2},	    {"run", run_of_one, 2},
		{"tail", tail, 2}, {"sum", sum_again, 3},
	};
	unsigned pick = (unsigned)rng_below(r, 32);

	for (size_t k = 0; k < COUNT(ways); k++) {
		if (pick < ways[k].weight) {
			ways[k].change(r, f);
			return ways[k].name;
		}
		pick -= ways[k].weight;
	}
	splice(r, f, other);
	return "splice";
}
