/* Which of the recorded cards each card of this boot is. A card is known by its place (the path
 * name, pci/path.h) and by what it is: ids, a serial number where it has one, the ROM in its
 * flash. Addresses are dealt anew at each boot and prove nothing; the ROM is an attribute, which
 * equal boards share and a flash tool changes: alone it never proves who a card is.
 *
 *   serial number   equal, and on neither side a second time: it is that card, wherever it sits
 *   same path       and the same ids: it is that card, unless the serial numbers differ, or its ROM
 *                   is that of a twin which is not in its own place any more (swapped?)
 *   same ids        elsewhere: it is that card if nothing else could be, and if what is carried
 *                   over is the very ROM that it has; not where every card of the host left its
 *                   place at once: then the firmware named the places anew, and paths prove nothing
 *   else            new, or "replaced" where another card stood */
#ifndef GPUROM_RECORD_IDENTITY_H
#define GPUROM_RECORD_IDENTITY_H

#include "pci/card.h"

#define IDENTITY_NONE SIZE_MAX
#define IDENTITY_MAYBE_MAX 8
#define IDENTITY_TEXT_MAX 480 /* what is said of a verdict, with NUL: a few paths and words */

enum identity {
	IDENTITY_UNKNOWN, /* never matched */
	IDENTITY_NEW,
	IDENTITY_SAME,
	IDENTITY_RENUMBERED, /* same place, another address */
	IDENTITY_MOVED,	     /* another place */
	IDENTITY_REPLACED,   /* new, and another card stood in its place */
	IDENTITY_MISSING,    /* recorded and not here */
	IDENTITY_AMBIGUOUS,  /* may be one of several, or none */
};

/* A card, recorded or present. Texts are borrowed. */
struct identity_card {
	const char *path;     /* recorded: no two have the same */
	struct pci_addr addr; /* function 0's */
	struct pci_ids ids;   /* of its display function */
	uint64_t serial;      /* 0: none */
	const char *rom;      /* SHA-256 of the romfile that was read of it: last, or in this boot;
			       * recorded and never read: of what it has all the same; "" none */
	bool was_missing;     /* recorded: it was not here at the last boot either */
	bool rom_known;	      /* present: the card recorded at its path has had this ROM before */
};

struct identity_match {
	enum identity verdict;
	size_t was;	/* the recorded card that it is, or IDENTITY_NONE */
	bool by_serial; /* its serial number says so */
	bool displaces; /* another card is recorded at its path, and is not anywhere else now */
	/* Ambiguous: which recorded cards it may be. `was` among them: it may be itself. */
	size_t maybe[IDENTITY_MAYBE_MAX], n_maybe;
	bool all_left; /* ambiguous since every card left its place */
};

/* ret: of n present cards. ret_holder: of n_recorded, the present card that each is, else
 * IDENTITY_NONE: it is missing. */
void identity_match(const struct identity_card *recorded, size_t n_recorded,
		    const struct identity_card *present, size_t n, struct identity_match *ret,
		    size_t *ret_holder);

bool identity_same_model(const struct pci_ids *a, const struct pci_ids *b);

/* "new", "same" and so on; IDENTITY_UNKNOWN: "". */
extern const char *const identity_words[IDENTITY_AMBIGUOUS + 1];
const char *identity_word(enum identity i);

#endif
