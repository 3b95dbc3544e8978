/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One vfio-user connection: QEMU's messages about one function, answered (QEMU's
 * docs/interop/vfio-user.rst, protocol 0.0). Guest memory and interrupts are accepted and unused:
 * no synthetic function does DMA or ever has something to signal.
 */
#ifndef TESTS_VM_SESSION_H
#define TESTS_VM_SESSION_H

#include "card.h"

/*
 * Reads one message from the socket and answers it. 0; -ECONNRESET when the other side has gone;
 * other -errno when the stream cannot be followed any more. A request that cannot be met is
 * answered with its error and is no failure here.
 */
int session_serve_one(int socket, struct card_function *fn);

#endif
