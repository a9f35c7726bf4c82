/* The hardware layer on POSIX. */
#define _DEFAULT_SOURCE
#define _POSIX_C_SOURCE 200809L
#include "hal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

enum { LONGEST = 2048 };

static int descriptor = -1;
static int is_serial;
static uint8_t gathered[LONGEST];
static size_t filled;

static int open_udp(const char *text)
{
    char *end;
    const long local = strtol(text, &end, 10);
    const long remote = *end == ':' ? strtol(end + 1, &end, 10) : 0;
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) }, there = here;
    if (local <= 0 || local > 65535 || remote <= 0 || remote > 65535 || *end != '\0') {
        return -1;
    }
    here.sin_port = htons((uint16_t)local);
    there.sin_port = htons((uint16_t)remote);
    descriptor = socket(AF_INET, SOCK_DGRAM, 0);
    if (descriptor < 0 || bind(descriptor, (struct sockaddr *)&here, sizeof here) != 0) {
        return -1;
    }
    return connect(descriptor, (struct sockaddr *)&there, sizeof there);
}

static int open_serial(const char *device)
{
    struct termios line;
    descriptor = open(device, O_RDWR | O_NOCTTY);
    if (descriptor < 0 || tcgetattr(descriptor, &line) != 0) {
        return -1;
    }
    line.c_iflag = line.c_oflag = line.c_lflag = 0;
    line.c_cflag = CS8 | CREAD | CLOCAL;
    line.c_cc[VMIN] = 1;
    line.c_cc[VTIME] = 0;
    cfsetispeed(&line, B115200), cfsetospeed(&line, B115200);
    is_serial = 1;
    return tcsetattr(descriptor, TCSANOW, &line);
}

int hal_open(const char *link)
{
    if (strncmp(link, "udp:", 4) == 0) {
        return open_udp(link + 4);
    }
    if (strncmp(link, "serial:", 7) == 0) {
        return open_serial(link + 7);
    }
    return -1;
}

/* Consistent Overhead Byte Stuffing (Cheshire and Baker 1999): size of the decoded frame, -1 when it is none. */
static long cobs_decode(const uint8_t *in, size_t size, uint8_t *out, size_t capacity)
{
    size_t at = 0, n = 0;
    while (at < size) {
        const size_t run = in[at++];
        if (run == 0 || at + run - 1 > size || n + run > capacity) {
            return -1;
        }
        for (size_t i = 1; i < run; i++) {
            out[n++] = in[at++];
        }
        if (run < 255 && at < size) {
            out[n++] = 0;
        }
    }
    return (long)n;
}

static size_t cobs_encode(const uint8_t *in, size_t size, uint8_t *out)
{
    size_t code = 0, n = 1;
    uint8_t run = 1;
    for (size_t i = 0; i < size; i++) {
        if (in[i] != 0) {
            out[n++] = in[i];
            run++;
        }
        if (in[i] == 0 || run == 255) {
            out[code] = run;
            code = n++;
            run = 1;
        }
    }
    out[code] = run;
    out[n++] = 0;
    return n;
}

static long receive_serial(uint8_t *frame, size_t capacity)
{
    for (;;) {
        const uint8_t *stop = memchr(gathered, 0, filled);
        if (stop != NULL) {
            const size_t size = (size_t)(stop - gathered);
            const long n = size == 0 ? -2 : cobs_decode(gathered, size, frame, capacity);
            filled -= size + 1;
            memmove(gathered, stop + 1, filled);
            if (n != -2) { /* two delimiters in a row are fill */
                return n;
            }
            continue;
        }
        if (filled == sizeof gathered) { /* noise without an end */
            filled = 0;
            return -1;
        }
        const ssize_t n = read(descriptor, gathered + filled, sizeof gathered - filled);
        if (n <= 0) {
            return 0;
        }
        filled += (size_t)n;
    }
}

long hal_receive(uint8_t *frame, size_t capacity)
{
    if (is_serial) {
        return receive_serial(frame, capacity);
    }
    for (;;) {
        const ssize_t n = recv(descriptor, frame, capacity, 0);
        if (n >= 0) {
            return n == 0 ? -1 : (long)n;
        }
        if (errno != ECONNREFUSED && errno != EINTR) { /* nobody at the other end yet */
            return 0;
        }
    }
}

void hal_send(const uint8_t *frame, size_t size)
{
    uint8_t wrapped[LONGEST];
    const uint8_t *out = frame;
    if (is_serial) {
        size = cobs_encode(frame, size, wrapped);
        out = wrapped;
    }
    while (size > 0) {
        const ssize_t n = write(descriptor, out, size);
        if (n < 0 && errno != EINTR && errno != EAGAIN) {
            return; /* the other end will ask again */
        }
        if (n > 0) {
            out += n;
            size -= (size_t)n;
        }
    }
}
