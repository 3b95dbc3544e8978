#include "host/known.h"

#include <errno.h>

static int load(const struct root *root, const char *store, struct record *ret)
{
	struct romstore s;
	int err = romstore_open(root, store, false, &s);

	if (err)
		return err;
	err = record_load(s.fd, ret);
	romstore_close(&s);
	return err;
}

int known_load(const struct root *root, const char *store, struct record *ret)
{
	int err = load(root, store, ret);

	if (err && load(root, STORE_VOLATILE, ret) == 0)
		return 0;
	return err;
}
