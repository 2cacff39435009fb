// Starts a process that never outlives the one that started it, not even when that is killed.
#ifndef SPAWN_LEASHED_H
#define SPAWN_LEASHED_H

#include <sys/types.h>

typedef struct spawn_request {
    const char *path;
    char *const *arguments;    // ends with NULL, starts with the program's name
    char *const *environment;  // ends with NULL
    const char *folder;        // where it runs; NULL: here
    int output, errors;        // descriptors that become its standard output and error
} spawn_request;

// Returns the process id, or -1 with errno set. A program that cannot be run ends at once with status 127.
pid_t spawn_leashed(const spawn_request *request);

#endif
