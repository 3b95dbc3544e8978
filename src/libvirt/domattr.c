#include "libvirt/domattr.h"

static bool is_one_of(uint8_t c, const char *set)
{
	return c && strchr(set, c);
}

static size_t skip(struct bytes b, size_t at, const char *set)
{
	while (at < b.n && is_one_of(b.p[at], set))
		at++;
	return at;
}

static size_t find(struct bytes b, size_t at, const char *set)
{
	while (at < b.n && !is_one_of(b.p[at], set))
		at++;
	return at;
}

bool domattr_next(struct bytes b, size_t *at, struct domattr *ret)
{
	size_t from = skip(b, *at, " \t\r\n"), i = find(b, from, " \t\r\n=/>");
	char quote[2] = "";

	ret->name = bytes_sub(b, from, i - from);
	i = skip(b, i, " \t\r\n=");
	if (!ret->name.n || i >= b.n || !is_one_of(b.p[i], "'\""))
		return false;
	quote[0] = (char)b.p[i];
	ret->at = i + 1;
	i = find(b, ret->at, quote);
	ret->n = i - ret->at;
	*at = i + 1;
	return i < b.n;
}
