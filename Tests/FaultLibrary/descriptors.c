#define _GNU_SOURCE
#include "descriptors.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DESCRIPTOR_LIMIT = 65536 };

static _Atomic unsigned char kinds[DESCRIPTOR_LIMIT];
static char folder[PATH_MAX];
static size_t folder_length;

void descriptors_watch(const char *path) {
    // /proc names files by their real path, so that is what is compared.
    if (!realpath(path, folder)) snprintf(folder, sizeof folder, "%s", path);
    folder_length = strlen(folder);
}

static bool lies_below(const char *path) {
    return folder_length > 0 && strncmp(path, folder, folder_length) == 0 &&
           (path[folder_length] == '/' || path[folder_length] == 0);
}

static descriptor_kind look(int fd) {
    struct stat status;
    if (fstat(fd, &status) != 0) return DESCRIPTOR_UNKNOWN;
    if (S_ISSOCK(status.st_mode)) return DESCRIPTOR_SOCKET;
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) return DESCRIPTOR_OTHER;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return DESCRIPTOR_OTHER;
    path[length] = 0;
    if (!lies_below(path)) return DESCRIPTOR_OTHER;
    bool is_log = length > 4 && strcmp(path + length - 4, ".log") == 0;
    return is_log ? DESCRIPTOR_LOG : DESCRIPTOR_FILE;
}

descriptor_kind descriptor_kind_of(int fd) {
    if (fd < 0 || fd >= DESCRIPTOR_LIMIT) return DESCRIPTOR_OTHER;
    descriptor_kind kind = atomic_load(&kinds[fd]);
    if (kind == DESCRIPTOR_UNKNOWN) {
        int saved = errno;
        kind = look(fd);
        errno = saved;
        atomic_store(&kinds[fd], kind);
    }
    return kind;
}

void descriptor_forget(int fd) {
    if (fd >= 0 && fd < DESCRIPTOR_LIMIT) atomic_store(&kinds[fd], DESCRIPTOR_UNKNOWN);
}

bool descriptors_cover(const char *path) {
    char absolute[PATH_MAX];
    if (path[0] == '/') return lies_below(path);
    int saved = errno;
    bool is_known = getcwd(absolute, sizeof absolute) != NULL;
    errno = saved;
    size_t length = is_known ? strlen(absolute) : 0;
    if (!is_known || length + strlen(path) + 2 > sizeof absolute) return false;
    absolute[length] = '/';
    strcpy(absolute + length + 1, path);
    return lies_below(absolute);
}
