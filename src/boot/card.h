/* What one boot did with one card: plain data, written by the boot steps, read by commit, report
 * and list. Texts are NUL-terminated and cut to fit. In the report it is a JSON object; states are
 * words there. */
#ifndef GPUROM_BOOT_CARD_H
#define GPUROM_BOOT_CARD_H

#include "plan/plan.h"
#include "record/identity.h"
#include "rom/reading.h"
#include "sys/json-fields.h"

#define BOOT_WHY_MAX 200
#define BOOT_STORED_MAX 640 /* a path of the store, and some words */

enum card_state {
	CARD_LEFT,	 /* not taken */
	CARD_SELECTED,	 /* claim has begun with it; its overrides say whether it is held
			    (boot/held.h) */
	CARD_HELD,	 /* override gpurom-hold, no driver: claim is done, capture is not */
	CARD_BOUND,	 /* every function on the driver asked for */
	CARD_DRIVERLESS, /* overrides set, at least one function without driver: `why` tells */
	CARD_RELEASED,	 /* mode=dump: given back to the host */
	CARD_STUCK,	 /* a driver does not let go, or a worker hangs in the kernel */
};

/* What claim found on a function. */
struct boot_was {
	char driver[PCI_DRIVER_MAX];   /* "" for none */
	char override[PCI_DRIVER_MAX]; /* driver_override, "" for none, or ours of a claim before */
};

struct boot_card {
	struct pci_card card; /* its functions' drivers: as they were looked at last */
	struct boot_was was[PCI_CARD_FUNCTIONS_MAX];
	enum identity identity; /* as commit found it; IDENTITY_UNKNOWN before */
	char identity_text[IDENTITY_TEXT_MAX];
	char stored[BOOT_STORED_MAX]; /* what commit made of its ROM, a sentence; "" before */
	enum card_state state;
	enum plan_why plan_why;
	unsigned warnings; /* enum plan_warning */
	char why[BOOT_WHY_MAX];
	char console[BOOT_WHY_MAX]; /* what became of a framebuffer on it, a sentence; "" none */
	struct rom_reading rom;
	unsigned hold_us, handover_us;
	int enable_before; /* count of `enable` before the ROM was read, -1 unknown */
	bool power_auto;   /* `power/control` was "auto" then */
	uint32_t prom_register, prom_value; /* as in struct source_before */
	int worker; /* pid while a worker is at it, handed over or not; else 0 */
};

/* Claim is done with it or was ended amid it, capture has not come to it. */
static inline bool card_is_pending(const struct boot_card *b)
{
	return b->state == CARD_SELECTED || b->state == CARD_HELD;
}

/* "left" and so on: static. */
const char *card_state_text(enum card_state s);

/* Reads and writes a struct boot_card as the object that the report has. Reading fails (-EBADMSG)
 * where a value has the wrong type or range. Unknown keys and words for warnings are ignored:
 * another version of gpurom may have written the file. */
extern const struct json_table boot_card_table;

#endif
