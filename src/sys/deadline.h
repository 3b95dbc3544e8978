/* Work that may never return, done in a child that may be abandoned: a write to `unbind` sleeps
 * for as long as the driver's remove callback does, and a boot must not. */
#ifndef GPUROM_DEADLINE_H
#define GPUROM_DEADLINE_H

/* Runs fn(arg) in a child. Its result (0 or -errno), or -ETIMEDOUT where it took longer than ms
 * milliseconds (the child is killed, and left behind where even that does not end it), or
 * -ECHILD where it died. What fn changes in memory is lost with the child. */
int deadline_run(unsigned ms, int (*fn)(void *arg), void *arg);

/* Microseconds of CLOCK_BOOTTIME: goes on through suspend, the same for every process. */
unsigned long long deadline_now_us(void);

#endif
