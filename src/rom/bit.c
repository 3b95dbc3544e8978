/* Finding the BIT header and a token's data. */
#include "rom/bit.h"

#define BIT_HEADER_SIZE 12u
#define BIT_TOKEN_SIZE 6u

enum { BIT_SIZE = 0x08, BIT_STRIDE = 0x09, BIT_COUNT = 0x0a };
enum { TOKEN_ID = 0, TOKEN_VERSION = 1, TOKEN_SIZE = 2, TOKEN_DATA = 4 };

static const uint8_t bit_signature[] = {0xff, 0xb8, 'B', 'I', 'T', 0x00};

static bool header_ok(struct bytes b, struct bit *ret)
{
	uint8_t size = 0, sum = 0;

	if (!bytes_is(b, 0, bit_signature, sizeof(bit_signature)))
		return false;
	if (!bytes_u8(b, BIT_SIZE, &size) || size < BIT_HEADER_SIZE || !bytes_has(b, 0, size))
		return false;
	for (size_t k = 0; k < size; k++)
		sum = (uint8_t)(sum + b.p[k]);
	if (sum != 0)
		return false;
	(void)bytes_u8(b, BIT_STRIDE, &ret->stride);
	(void)bytes_u8(b, BIT_COUNT, &ret->count);
	ret->tokens = size;
	return ret->stride >= BIT_TOKEN_SIZE;
}

bool bit_find(struct bytes image, struct bit *ret)
{
	struct bit bit = {0};
	struct bytes rest = image;

	/* The same letters may occur in code and firmware: the header's sum tells. */
	while (rest.n >= BIT_HEADER_SIZE) {
		const uint8_t *hit = memchr(rest.p, bit_signature[0], rest.n);
		size_t skip = hit ? (size_t)(hit - rest.p) : rest.n;

		rest = bytes_sub(rest, skip, SIZE_MAX);
		if (header_ok(rest, &bit)) {
			bit.tokens += image.n - rest.n;
			*ret = bit;
			return true;
		}
		rest = bytes_sub(rest, 1, SIZE_MAX);
	}
	return false;
}

struct bytes bit_token(struct bytes image, const struct bit *bit, char id, uint8_t version)
{
	for (size_t k = 0; k < bit->count; k++) {
		struct bytes t = bytes_sub(image, bit->tokens + k * bit->stride, BIT_TOKEN_SIZE);
		uint16_t size, data;
		uint8_t v;

		if (!bytes_u8(t, TOKEN_VERSION, &v) || !bytes_le16(t, TOKEN_SIZE, &size) ||
		    !bytes_le16(t, TOKEN_DATA, &data))
			break;
		if (t.p[TOKEN_ID] == (uint8_t)id && v == version)
			return bytes_sub(image, data, size);
	}
	return (struct bytes){NULL, 0};
}
