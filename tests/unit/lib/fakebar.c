// SPDX-License-Identifier: GPL-2.0-or-later
#include "fakebar.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct fakebar fakebar_of(uint32_t boot, uint32_t mirror)
{
	return (struct fakebar){.boot = boot, .mirror = mirror, .reg = FAKEBAR_REGISTER};
}

/* No two words of it are alike, and none is made of equal bytes. */
uint8_t fakebar_flash(size_t i)
{
	if (i < 2)
		return i ? 0xaa : 0x55;
	return (uint8_t)((i >> 2) >> 8 * (i & 3) ^ 0x11u * (i & 3));
}

uint8_t fakebar_copy(size_t i)
{
	return (uint8_t)~fakebar_flash(i);
}

static uint32_t window(const struct fakebar *b, size_t i)
{
	const bool copy = b->mirror && (b->reg & 1);
	uint32_t v = 0;

	for (size_t k = 0; k < 4; k++)
		v |= (uint32_t)(copy ? fakebar_copy(i + k) : fakebar_flash(i + k)) << 8 * k;
	return v;
}

int fakebar_read(void *ctx, uint32_t at, uint32_t *ret)
{
	struct fakebar *b = ctx;

	assert_true(at % 4 == 0 && at < PROM_BAR_MIN);
	if (++b->accesses == b->fail_at)
		return -EREMOTEIO;
	if (at >= PROM_AT)
		*ret = window(b, at - PROM_AT);
	else if (at == 0)
		*ret = b->boot;
	else if (b->mirror && at == b->mirror)
		*ret = b->reg;
	else
		*ret = 0xbadf1100;
	return 0;
}

int fakebar_write(void *ctx, uint32_t at, uint32_t value)
{
	struct fakebar *b = ctx;

	assert_true(b->mirror && at == b->mirror);
	b->writes++;
	if (++b->accesses == b->fail_at)
		return -EREMOTEIO;
	if (!b->stuck)
		b->reg = value;
	return 0;
}

struct prom_bar fakebar_ops(struct fakebar *b)
{
	return (struct prom_bar){.read = fakebar_read, .write = fakebar_write, .ctx = b};
}

static bool is(const struct source_bytes *ret, uint8_t (*of)(size_t))
{
	bool same = ret->n == PROM_SIZE;

	for (size_t i = 0; same && i < PROM_SIZE; i++)
		same = ret->bytes[i] == of(i);
	return same;
}

bool fakebar_is_flash(const struct source_bytes *ret)
{
	return is(ret, fakebar_flash);
}

bool fakebar_is_copy(const struct source_bytes *ret)
{
	return is(ret, fakebar_copy);
}
