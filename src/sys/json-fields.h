/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of fields: each struct that is an object of a JSON file is read and written by one. */
#ifndef GPUROM_SYS_JSON_FIELDS_H
#define GPUROM_SYS_JSON_FIELDS_H

#include "pci/card.h"
#include "sys/json.h"

#include <stddef.h>

/* "10de:2204" */
void json_put_ids(struct json_writer *w, const char *key, uint16_t vendor, uint16_t device);

/* What the member is, and what the file may have. */
enum json_kind {
	JSON_TEXT,     /* char[]: cut to fit */
	JSON_HEX,      /* char[]: as many lower-case hexadecimal digits as have room, or "" */
	JSON_ADDR,     /* struct pci_addr, under the key "address" */
	JSON_SERIAL,   /* uint64_t, a usable one, under the key "serial"; 0 none */
	JSON_SLOT,     /* char[PCI_SLOT_MAX], under the key "slot": of PCI_SLOT_CHARS, or "" */
	JSON_BOOL,     /* bool */
	JSON_SIZE,     /* size_t, `more` at most */
	JSON_U64,      /* uint64_t, JSON_INTEGER_MAX at most */
	JSON_UNSIGNED, /* unsigned */
	JSON_INT,      /* int */
	JSON_IDS,      /* uint16_t[2]: vendor, device */
	JSON_CLASS,    /* uint32_t, under the key "class" */
	JSON_WORD,     /* enum: an index into `of`, which has `more` words */
	JSON_BITS,  /* unsigned: the words of its bits, as above, NULL for none; unknown words are
		       skipped */
	JSON_TEXTS, /* char[][more]: up to the first ""; what is no text, or has no room, is skipped
		     */
	/* Structs, each by its table, `of`: */
	JSON_PART,   /* in place, always there */
	JSON_OBJECT, /* in place; its first member is `bool there` */
	JSON_NODE,   /* pointer to one from malloc; NULL: null */
	JSON_LIST,   /* pointer to the first of several from malloc; their first member is `next` */
	JSON_ARRAY,  /* in place, as many as the size_t at `more` says; not changed one by one */
	JSON_ALLOCATED, /* the same, but the member points to them: from malloc, `size` at most */
};

enum json_flag {
	/* For reading. Without these a value of another kind is an error (-EBADMSG). */
	JSON_NEEDED = 1, /* a missing key is an error too */
	JSON_LAX = 2,	 /* a text, an object or an array with the wrong content reads as 0 */
	JSON_ANY = 4,	 /* any value that does not fit reads as 0 */
	/* For writing. */
	JSON_OPTIONAL = 8, /* a new object has no key for "", 0, or no struct at all */
	JSON_KEEP = 16,	   /* the key stays where there is no value any more; else it is removed */
	JSON_WITH = 32,	   /* written whenever the field before it gets another value */
};

struct json_field {
	char key[16];
	uint8_t kind, flags;
	uint16_t at, size; /* of the member */
	uint32_t more;
	const void *of;
};

struct json_table {
	const struct json_field *field;
	size_t n;
	size_t size; /* of the struct */
	size_t json; /* offset of its `const cJSON *json`: the object that it was read from, or NULL
		      */
	/* Instead of fields, for what is no object, or has not its struct's layout: as
	 * json_fields_read and json_fields_write. */
	int (*read)(const cJSON *o, void *ret);
	cJSON *(*write)(const void *from);
};

#define JSON_AT(type, member) .at = offsetof(type, member), .size = sizeof(((type *)0)->member)
#define JSON_TABLE_AT(type, f, offset)                                                             \
	{                                                                                          \
		.field = f, .n = sizeof(f) / sizeof((f)[0]), .size = sizeof(type), .json = offset  \
	}
#define JSON_TABLE(type, f) JSON_TABLE_AT(type, f, offsetof(type, json))
/* For a struct without a member `json`: keys that the table does not have are lost. */
#define JSON_PLAIN SIZE_MAX
#define JSON_PLAIN_TABLE(type, f) JSON_TABLE_AT(type, f, JSON_PLAIN)
#define JSON_OWN_TABLE(type, r, w)                                                                 \
	{                                                                                          \
		.size = sizeof(type), .json = JSON_PLAIN, .read = r, .write = w                    \
	}

/* Reads o into the struct *ret, which holds zeros, or the values for missing keys. Structs that it
 * points to are of that memory; NULL: each from malloc. Returns 0, -ENOMEM or -EBADMSG; in each
 * case *ret then borrows from o, and owns what came from malloc. */
int json_fields_read(const struct json_table *t, const cJSON *o, const struct json_memory *memory,
		     void *ret);
/* Returns the struct as an object (cJSON_Delete it), or NULL: no memory. Of a struct that was read
 * from an object it is a copy of that one in which only what differs is replaced: keys that the
 * table does not have stay, and so do values that read the same. The copy is to be printed, not
 * changed: it borrows each object in which nothing differs. */
cJSON *json_fields_write(const struct json_table *t, const void *from);

#endif
