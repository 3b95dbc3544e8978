// SPDX-License-Identifier: GPL-2.0-or-later
/* storelook STORE OLD NEW [new]: whether a store shows what it did before a commit (the folder OLD)
 * or what it does after (NEW), whole; with "new", whether it shows the latter. Says "old" or "new",
 * by cards.json; what is wrong goes to the standard error, and the exit status is 1 then. */
#include "look.h"

#include <string.h>

int main(int argc, char **argv)
{
	struct look_wish w = {0};

	if (argc < 4 || argc > 5 || (argc == 5 && strcmp(argv[4], "new") != 0)) {
		fprintf(stderr, "usage: storelook STORE OLD NEW [new]\n");
		return 125;
	}
	w.old = argv[2];
	w.new = argv[3];
	w.be_new = argc == 5;
	printf("%s\n", look_is_new(argv[1], w.new) ? "new" : "old");
	return look(argv[1], &w, stderr) > 0;
}
