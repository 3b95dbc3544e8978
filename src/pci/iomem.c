// SPDX-License-Identifier: GPL-2.0-or-later
#include "pci/iomem.h"

#define DIGITS_MAX 16

static const struct {
	const char *name, *device;
} framebuffers[] = {
	{"efifb", "efi-framebuffer.0"},	      {"efidrm", "efi-framebuffer.0"},
	{"vesafb", "vesa-framebuffer.0"},     {"vesadrm", "vesa-framebuffer.0"},
	{"simplefb", "simple-framebuffer.0"}, {"simpledrm", "simple-framebuffer.0"},
	{"BOOTFB", "simple-framebuffer.0"},
};

static bool read_hex(struct bytes line, size_t *at, unsigned long long *ret)
{
	size_t begin = *at;
	uint8_t c;

	*ret = 0;
	while (*at - begin < DIGITS_MAX && bytes_u8(line, *at, &c)) {
		if (c >= '0' && c <= '9')
			*ret = *ret << 4 | (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*ret = *ret << 4 | (unsigned)(c - 'a' + 10);
		else
			break;
		++*at;
	}
	return *at > begin;
}

static bool skip_text(struct bytes line, size_t *at, const char *text)
{
	size_t n = strlen(text);

	if (!bytes_is(line, *at, text, n))
		return false;
	*at += n;
	return true;
}

static bool read_line(struct bytes line, struct iomem_range *ret)
{
	size_t at = 0;

	while (skip_text(line, &at, " "))
		;
	if (!read_hex(line, &at, &ret->start) || !skip_text(line, &at, "-") ||
	    !read_hex(line, &at, &ret->end) || !skip_text(line, &at, " : ") || !ret->start ||
	    ret->end < ret->start)
		return false;
	ret->name = bytes_sub(line, at, line.n);
	return true;
}

bool iomem_next(struct bytes text, size_t *at, struct iomem_range *ret)
{
	while (*at < text.n) {
		struct bytes rest = bytes_sub(text, *at, text.n);
		const uint8_t *end = memchr(rest.p, '\n', rest.n);
		size_t n = end ? (size_t)(end - rest.p) : rest.n;

		*at += n + (end != NULL);
		if (read_line(bytes_sub(rest, 0, n), ret))
			return true;
	}
	return false;
}

bool iomem_next_framebuffer(struct bytes text, size_t *at, struct iomem_framebuffer *ret)
{
	struct iomem_range r;

	while (iomem_next(text, at, &r))
		for (size_t i = 0; i < sizeof(framebuffers) / sizeof(framebuffers[0]); i++) {
			*ret = (struct iomem_framebuffer){r.start, r.end, framebuffers[i].name,
							  framebuffers[i].device};
			if (r.name.n == strlen(ret->name) &&
			    bytes_is(r.name, 0, ret->name, r.name.n))
				return true;
		}
	return false;
}
