// The promise: no 204 leaves before the sync that holds its request.
//
// A marked request names a job `proof-<eight digits>`. It is followed by its number: asked (its request line was read
// from a socket), written (its name went into the log), synced (a sync of that log, begun later, went well). When the
// answer 204 is written to that socket, the number must be synced.
//
// Connections with marked requests carry no others: the nth answer belongs to the nth marked request.
#ifndef FAULT_PROMISES_H
#define FAULT_PROMISES_H

#include <stddef.h>
#include <stdint.h>

#include "fault_page.h"

void promises_report_to(fault_page *page);
void promises_socket_was_read(int fd, const char *bytes, size_t count);
// Call it before the bytes leave.
void promises_socket_is_written(int fd, const char *bytes, size_t count);
void promises_log_was_written(int fd, const char *bytes, size_t count);
// A sync takes with it what was written when it began: call the second with what the first returned.
uint64_t promises_sync_begins(void);
void promises_sync_went_well(int fd, uint64_t until);
void promises_descriptor_begins(int fd);

#endif
