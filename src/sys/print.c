// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/print.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define BUFFER 512	 /* a message is one write, also to stderr, which has no buffer */
#define NUMBER_DIGITS 22 /* UINT64_MAX, octal */

struct out {
	FILE *to;
	size_t n; /* in text */
	size_t total;
	bool failed;
	char text[BUFFER];
};

struct conversion {
	bool left, zeros;
	int width;
	int precision; /* -1: none */
	char length;   /* of "hlzjt", 'H' for hh, 'L' for ll, or 0 */
};

struct arguments {
	va_list list;
};

static void flush(struct out *o)
{
	if (o->n && fwrite(o->text, 1, o->n, o->to) != o->n)
		o->failed = true;
	o->n = 0;
}

static void put(struct out *o, const char *s, size_t n)
{
	o->total += n;
	while (n) {
		size_t part = n < BUFFER - o->n ? n : BUFFER - o->n;

		memcpy(o->text + o->n, s, part);
		o->n += part;
		s += part;
		n -= part;
		if (o->n == BUFFER)
			flush(o);
	}
}

static void pad(struct out *o, char c, long n)
{
	for (; n > 0; n--)
		put(o, &c, 1);
}

/* s in its width. */
static void put_field(struct out *o, const struct conversion *c, const char *s, size_t n)
{
	long blanks = c->width - (long)n;

	if (!c->left)
		pad(o, ' ', blanks);
	put(o, s, n);
	if (c->left)
		pad(o, ' ', blanks);
}

/* The number is `sign`, as many zeros as width or precision ask for, and its digits. */
static void put_number(struct out *o, const struct conversion *c, const char *sign, uint64_t v,
		       unsigned base, const char *digits)
{
	char text[NUMBER_DIGITS], *first = text + sizeof(text);
	long n, zeros, blanks;

	for (; v; v /= base)
		*--first = digits[v % base];
	n = text + sizeof(text) - first;
	zeros = (c->precision < 0 ? 1 : c->precision) - n;
	blanks = c->width - (long)strlen(sign) - n - (zeros > 0 ? zeros : 0);
	if (c->zeros && !c->left && c->precision < 0 && blanks > 0) {
		zeros = (zeros > 0 ? zeros : 0) + blanks;
		blanks = 0;
	}
	if (!c->left)
		pad(o, ' ', blanks);
	put(o, sign, strlen(sign));
	pad(o, '0', zeros);
	put(o, first, (size_t)n);
	if (c->left)
		pad(o, ' ', blanks);
}

static int64_t signed_argument(char length, struct arguments *a)
{
	switch (length) {
	case 'L':
		return va_arg(a->list, long long);
	case 'j':
		return va_arg(a->list, intmax_t);
	case 'l':
		return va_arg(a->list, long);
	case 'z':
	case 't':
		return va_arg(a->list, ptrdiff_t);
	case 'h':
		return (short)va_arg(a->list, int);
	case 'H':
		return (signed char)va_arg(a->list, int);
	default:
		return va_arg(a->list, int);
	}
}

static uint64_t unsigned_argument(char length, struct arguments *a)
{
	switch (length) {
	case 'L':
		return va_arg(a->list, unsigned long long);
	case 'j':
		return va_arg(a->list, uintmax_t);
	case 'l':
		return va_arg(a->list, unsigned long);
	case 'z':
	case 't':
		return va_arg(a->list, size_t);
	case 'h':
		return (unsigned short)va_arg(a->list, unsigned);
	case 'H':
		return (unsigned char)va_arg(a->list, unsigned);
	default:
		return va_arg(a->list, unsigned);
	}
}

static int read_number(const char **at, struct arguments *a)
{
	int n = 0;

	if (**at == '*') {
		++*at;
		return va_arg(a->list, int);
	}
	for (; **at >= '0' && **at <= '9'; ++*at)
		n = n * 10 + (**at - '0');
	return n;
}

/* What stands between the % and the letter, which *at leads to then. */
static struct conversion read_conversion(const char **at, struct arguments *a)
{
	struct conversion c = {.precision = -1};

	for (; **at == '-' || **at == '0'; ++*at)
		*(**at == '-' ? &c.left : &c.zeros) = true;
	c.width = read_number(at, a);
	if (c.width < 0) {
		c.left = true;
		c.width = -c.width;
	}
	if (**at == '.') {
		++*at;
		c.precision = read_number(at, a);
	}
	if (**at && strchr("hlzjt", **at)) {
		c.length = *(*at)++;
		if ((c.length == 'h' || c.length == 'l') && **at == c.length) {
			++*at;
			c.length = c.length == 'h' ? 'H' : 'L';
		}
	}
	return c;
}

static void put_text(struct out *o, const struct conversion *c, const char *s)
{
	s = s ? s : "(null)";
	put_field(o, c, s, c->precision < 0 ? strlen(s) : strnlen(s, (size_t)c->precision));
}

/* False for a letter that is none of ours. */
static bool convert(struct out *o, const struct conversion *c, char letter, struct arguments *a)
{
	static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
	char one;
	int64_t v;

	switch (letter) {
	case 'd':
	case 'i':
		v = signed_argument(c->length, a);
		put_number(o, c, v < 0 ? "-" : "", v < 0 ? -(uint64_t)v : (uint64_t)v, 10, lower);
		return true;
	case 'u':
	case 'o':
		put_number(o, c, "", unsigned_argument(c->length, a), letter == 'u' ? 10 : 8,
			   lower);
		return true;
	case 'x':
	case 'X':
		put_number(o, c, "", unsigned_argument(c->length, a), 16,
			   letter == 'x' ? lower : upper);
		return true;
	case 'p':
		put_number(o, c, "0x", (uintptr_t)va_arg(a->list, void *), 16, lower);
		return true;
	case 'c':
		one = (char)va_arg(a->list, int);
		put_field(o, c, &one, 1);
		return true;
	case 's':
		put_text(o, c, va_arg(a->list, const char *));
		return true;
	case '%':
		put(o, "%", 1);
		return true;
	default:
		return false;
	}
}

int print_formatted(FILE *to, const char *format, va_list args)
{
	struct out o = {.to = to};
	struct arguments a;
	const char *at = format, *begin;

	va_copy(a.list, args);
	while (*at) {
		size_t n = strcspn(at, "%");

		put(&o, at, n);
		begin = at += n;
		if (*at) {
			struct conversion c;

			at++;
			c = read_conversion(&at, &a);
			if (!*at || !convert(&o, &c, *at++, &a)) {
				put(&o, begin, strlen(begin));
				break;
			}
		}
	}
	va_end(a.list);
	flush(&o);
	return o.failed || o.total > INT_MAX ? -1 : (int)o.total;
}
