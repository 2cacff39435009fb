// A stand-in for a host, as small as it can be, that keeps its promise or breaks it: what the FaultLibrary must tell
// apart before its word on the real host counts.
//
//   FaultProbe FOLDER honest|hasty|forgetful NUMBER…
//
// For each number it takes a marked request from a socket, writes it to FOLDER/1.log and answers 204: after the sync
// (honest), before it (hasty), or without one (forgetful). A failed write or sync is answered 503.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **arguments) {
    char path[4096], request[256], record[256], answer[256];
    int pair[2];
    if (count < 3) return 2;
    snprintf(path, sizeof path, "%s/1.log", arguments[1]);
    int log = open(path, O_CREAT | O_WRONLY | O_APPEND, 0600);
    if (log < 0) return perror(path), 1;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return perror("socketpair"), 1;
    const char *mode = arguments[2];
    for (int i = 3; i < count; i++) {
        int length = snprintf(request, sizeof request, "POST /v1.0/jobs/proof-%08d HTTP/1.1\r\n\r\n", atoi(arguments[i]));
        if (write(pair[0], request, (size_t)length) != length) return perror("request"), 1;
        if (read(pair[1], request, sizeof request) != length) return perror("read"), 1;
        int size = snprintf(record, sizeof record, "put proof-%08d\n", atoi(arguments[i]));
        int is_kept = write(log, record, (size_t)size) == size;
        if (strcmp(mode, "honest") == 0) is_kept = is_kept && fdatasync(log) == 0;
        length = snprintf(answer, sizeof answer, "HTTP/1.1 %s\r\n\r\n", is_kept ? "204 No Content" : "503 Unavailable");
        if (write(pair[1], answer, (size_t)length) != length) return perror("answer"), 1;
        if (strcmp(mode, "hasty") == 0 && fdatasync(log) != 0) return perror("fdatasync"), 1;
        if (read(pair[0], answer, sizeof answer) != length) return perror("read"), 1;
        printf("%.12s\n", answer);
    }
    return 0;
}
