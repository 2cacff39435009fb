// The keeper: the small process between a host and an app that the host started, so that nothing of the app outlives
// the host, however that ends.
#ifndef MAINSPRING_KEEPER_H
#define MAINSPRING_KEEPER_H

#include <signal.h>
#include <sys/types.h>

// Tells a keeper to kill all that is below it at once; the kernel sends it too when the host dies.
enum { KEEPER_KILL = SIGUSR1 };

// The descriptor on which a keeper tells its host, in lines: `started PID`, then `ended STATUS` or `killed SIGNAL`.
enum { KEEPER_CONTROL = 3 };

// Becomes the keeper of a command, which is found as a shell finds it. Call it first thing, while there is one thread.
//
// `host` is the process that must be this one's parent. Answers the exit status once nothing is left below it.
int keeper_run(pid_t host, char *const command[]);

#endif
