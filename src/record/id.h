/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A card's tag in libvirt's XML: a user alias, "ua-gpurom-<id>-<function>", which libvirt keeps
 * (formatdomain, "Identifying devices"; letters, digits, "-" and "_"). After a change of hardware
 * an address or a path name may be another card's; the id in the record (record/record.h) never is.
 */
#ifndef GPUROM_RECORD_ID_H
#define GPUROM_RECORD_ID_H

#include <stdbool.h>

#define CARD_ID_MAX 13	  /* 12 lower-case hexadecimal digits and a NUL */
#define CARD_ALIAS_MAX 32 /* of the whole, with NUL */

/* Checks the whole text. */
bool card_id_is_valid(const char *text);

/* id as above; fn 0 to 7. Returns buf. */
const char *card_alias_make(const char *id, unsigned fn, char buf[CARD_ALIAS_MAX]);

/* False, and nothing touched, for any other alias. */
bool card_alias_parse(const char *alias, char ret_id[CARD_ID_MAX], unsigned *ret_fn);

#endif
