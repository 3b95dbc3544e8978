/* Standard input, output and error, before anything else is opened. */
#ifndef GPUROM_SYS_STANDARDFILES_H
#define GPUROM_SYS_STANDARDFILES_H

/* A daemon's child may come with any of them closed; a file of ours must not take their place:
 * those lead to /dev/null from here on. */
void standardfiles_open(void);

#endif
