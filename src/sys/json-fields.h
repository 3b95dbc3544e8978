/* Fields that several JSON files have: addresses, ids and classes as texts ("0000:01:00.0",
 * "10de:2204", "030000"), verdicts as words. And tables of fields: one for each struct that is an
 * object of a file, to read it and to write it. */
#ifndef GPUROM_SYS_JSON_FIELDS_H
#define GPUROM_SYS_JSON_FIELDS_H

#include "pci/card.h"
#include "rom/verdict.h"
#include "sys/json.h"
#include "util/sha256.h"

#include <stddef.h>

/* A getter where the key is missing: ids, serial number, slot and
 * verdict are what they were (ids: an error), a digest is "". A digest is 64 lower-case hex digits
 * or "". What a card does not have (serial number 0, slot "") is no key; one that is not usable or
 * that has other characters than PCI_SLOT_CHARS is an error. */
void json_put_addr(struct json_writer *w, struct pci_addr a);
void json_put_ids(struct json_writer *w, const char *key, uint16_t vendor, uint16_t device);
void json_put_class(struct json_writer *w, uint32_t class);
void json_put_serial(struct json_writer *w, uint64_t serial);
void json_put_slot(struct json_writer *w, const char *slot);
void json_get_serial(struct json_reader *r, uint64_t *ret);
void json_get_slot(struct json_reader *r, char ret[PCI_SLOT_MAX]);
void json_get_class(struct json_reader *r, uint32_t *ret);
void json_get_addr(struct json_reader *r, struct pci_addr *ret);
void json_get_ids(struct json_reader *r, const char *key, uint16_t *vendor, uint16_t *device);
void json_get_sha256(struct json_reader *r, const char *key, char ret[SHA256_HEX]);
void json_get_verdict(struct json_reader *r, enum verdict *ret);

enum json_kind {
	JSON_TEXT,     /* char[]: cut to fit */
	JSON_HEX,      /* char[]: as many lower-case hexadecimal digits as have room, or "" */
	JSON_SERIAL,   /* uint64_t, under the key "serial" */
	JSON_BOOL,     /* bool */
	JSON_SIZE,     /* size_t, `more` at most */
	JSON_UNSIGNED, /* unsigned */
	JSON_IDS,      /* uint16_t[2]: vendor, device */
	JSON_CLASS,    /* uint32_t, under the key "class" */
	JSON_WORD,     /* enum: an index into `of`, which has `more` words */
	JSON_TEXTS,    /* char[][more]: up to the first ""; what is no text, or has no room, is not
			  read */
	/* Structs, each by its table, `of`: */
	JSON_OBJECT, /* in place; its first member is `bool there` */
	JSON_NODE,   /* pointer to one from malloc; NULL: null */
	JSON_LIST,   /* pointer to the first of several from malloc; their first member is `next` */
	JSON_ARRAY,  /* in place, as many as the size_t at `more` says; not to be changed one by one
		      */
};

enum json_flag {
	/* To read. Where it may not be, a value of another kind is an error (-EBADMSG). */
	JSON_NEEDED = 1, /* a missing key is one, too */
	JSON_LAX =
		2, /* of a text, an object or an array whatever is in it is none: it reads as 0 */
	JSON_ANY = 4, /* no value is one */
	/* To write. */
	JSON_OPTIONAL = 8, /* "", 0 and no struct at all are no key in a new object */
	JSON_KEEP = 16,	   /* the key stays where the value is none any more; else it goes */
	JSON_WITH =
		32, /* written with the field before it, where that one is anew and is not none */
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
	size_t json; /* where in it its `const cJSON *json` is: the object that it was read from, or
			NULL */
};

#define JSON_AT(type, member) .at = offsetof(type, member), .size = sizeof(((type *)0)->member)
#define JSON_TABLE(type, fields)                                                                   \
	{                                                                                          \
		fields, sizeof(fields) / sizeof((fields)[0]), sizeof(type), offsetof(type, json)   \
	}

/* *ret holds zeros before, and borrows from o. A missing key leaves its member as it was. 0,
 * -ENOMEM or -EBADMSG; what was allocated is in *ret in any case. */
int json_fields_read(const struct json_table *t, const cJSON *o, void *ret);
/* A copy of the object that it was read from, with what differs put in its place: what the table
 * does not have stays, and so does what would read the same. Else a new object. NULL: no memory. */
cJSON *json_fields_write(const struct json_table *t, const void *from);

#endif
