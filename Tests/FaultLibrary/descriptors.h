// What a file descriptor stands for, as far as faults are concerned.
#ifndef FAULT_DESCRIPTORS_H
#define FAULT_DESCRIPTORS_H

#include <stdbool.h>

typedef enum descriptor_kind {
    DESCRIPTOR_UNKNOWN,  // not looked at yet
    DESCRIPTOR_OTHER,
    DESCRIPTOR_SOCKET,
    DESCRIPTOR_FILE,     // a file or folder below the folder under test
    DESCRIPTOR_LOG,      // one of them that ends in .log: the store's write-ahead log
} descriptor_kind;

// Names the folder under test; a copy is kept.
void descriptors_watch(const char *folder);
// Looked up once and remembered; forgotten when the number is given out anew.
descriptor_kind descriptor_kind_of(int fd);
void descriptor_forget(int fd);
static inline bool descriptor_is_file(int fd) { return descriptor_kind_of(fd) >= DESCRIPTOR_FILE; }
// Whether `path` lies below the folder under test.
bool descriptors_cover(const char *path);

#endif
