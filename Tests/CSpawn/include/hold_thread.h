// Keeps one thread of a child still while the others run on.
#ifndef HOLD_THREAD_H
#define HOLD_THREAD_H

#include <sys/types.h>

// Stops one thread of a child; returns 0, or the number of what went wrong.
//
// The thread that calls must also release it, and nobody else may trace the child.
int hold_thread(pid_t thread);

// Lets a thread that is held go on; returns 0, or the number of what went wrong.
int release_thread(pid_t thread);

#endif
