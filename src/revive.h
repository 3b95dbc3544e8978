/* Cards that claim or settle gave up on, and that have come free since: a driver that let go after
 * all, a settle that was ended. Their hand-over is finished late rather than never. */
#ifndef GPUROM_REVIVE_H
#define GPUROM_REVIVE_H

#include "root.h"

/* Marks them held again, for capture. How many; -errno of the report. */
int revive(const struct root *root);

#endif
