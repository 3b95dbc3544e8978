#include "record/boot-card.h"

const char *card_state_text(enum card_state s)
{
	switch (s) {
	case CARD_LEFT:
		return "left";
	case CARD_SELECTED:
		return "selected";
	case CARD_HELD:
		return "held";
	case CARD_BOUND:
		return "bound";
	case CARD_DRIVERLESS:
		return "driverless";
	case CARD_RELEASED:
		return "released";
	case CARD_STUCK:
		return "stuck";
	}
	return "unknown";
}
