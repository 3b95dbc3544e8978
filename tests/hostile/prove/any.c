// SPDX-License-Identifier: GPL-2.0-or-later
/* oprom_any_at, as oprom_image_at in image.c. */
#define IMAGE_AT oprom_any_at
#include "image.c"
