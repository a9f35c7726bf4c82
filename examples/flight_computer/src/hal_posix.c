/* The hardware layer on POSIX. */
#define _DEFAULT_SOURCE
#define _POSIX_C_SOURCE 200809L
#include "hal.h"

#include "can_multicast.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#ifdef __linux__
#include <linux/can.h>
#include <linux/can/raw.h>
#include <net/if.h>
#include <sys/ioctl.h>
#endif
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

enum { LONGEST = 2048 };

static int descriptor = -1;
static enum { BY_UDP, BY_SERIAL, BY_CAN, BY_MULTICAST } way = BY_UDP;
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
    way = BY_SERIAL;
    return tcsetattr(descriptor, TCSANOW, &line);
}

/* SocketCAN: the frame's identifier and data as the kernel has them. */
static int open_can(const char *name)
{
#ifdef __linux__
    const int on = 1;
    struct ifreq request;
    struct sockaddr_can here;
    memset(&request, 0, sizeof request), memset(&here, 0, sizeof here);
    if (strlen(name) >= sizeof request.ifr_name) {
        return -1;
    }
    strcpy(request.ifr_name, name);
    descriptor = socket(PF_CAN, SOCK_RAW, CAN_RAW);
    if (descriptor < 0 || setsockopt(descriptor, SOL_CAN_RAW, CAN_RAW_FD_FRAMES, &on, sizeof on) != 0
        || ioctl(descriptor, SIOCGIFINDEX, &request) != 0) {
        return -1;
    }
    here.can_family = AF_CAN, here.can_ifindex = request.ifr_ifindex;
    way = BY_CAN;
    return bind(descriptor, (struct sockaddr *)&here, sizeof here);
#else
    (void)name;
    return -1;
#endif
}

static struct sockaddr_in group;

static int open_multicast(const char *text)
{
    char address[64];
    const char *colon = strchr(text, ':');
    const int on = 1;
    const unsigned char hops = 0; /* on this machine alone */
    if (colon == NULL || (size_t)(colon - text) >= sizeof address) {
        return -1;
    }
    memcpy(address, text, (size_t)(colon - text));
    address[colon - text] = '\0';
    group = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(colon + 1)) };
    struct ip_mreq joined;
    memset(&joined, 0, sizeof joined);
    if (inet_pton(AF_INET, address, &group.sin_addr) != 1) {
        return -1;
    }
    joined.imr_multiaddr = group.sin_addr;
    descriptor = socket(AF_INET, SOCK_DGRAM, 0);
    way = BY_MULTICAST;
    if (descriptor < 0 || setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
        || bind(descriptor, (struct sockaddr *)&group, sizeof group) != 0
        || setsockopt(descriptor, IPPROTO_IP, IP_MULTICAST_TTL, &hops, sizeof hops) != 0) {
        return -1;
    }
    return setsockopt(descriptor, IPPROTO_IP, IP_ADD_MEMBERSHIP, &joined, sizeof joined);
}

int hal_is_can(void) { return way == BY_CAN || way == BY_MULTICAST; }

int hal_open(const char *link)
{
    if (strncmp(link, "can:", 4) == 0) {
        return open_can(link + 4);
    }
    if (strncmp(link, "canudp:", 7) == 0) {
        return open_multicast(link + 7);
    }
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

static long receive_can(uint8_t *frame, size_t capacity)
{
#ifdef __linux__
    struct canfd_frame in;
    ssize_t n;
    while ((n = read(descriptor, &in, sizeof in)) < 0 && errno == EINTR) {
    }
    if (n <= 0) {
        return 0;
    }
    if ((n != CAN_MTU && n != CANFD_MTU) || in.can_id & (CAN_ERR_FLAG | CAN_RTR_FLAG) || in.len > 64 || in.len + 4U > capacity) {
        return -1;
    }
    const uint32_t id = in.can_id & CAN_EFF_FLAG ? (in.can_id & CAN_EFF_MASK) | 1u << 31 : in.can_id & CAN_SFF_MASK;
    for (int i = 0; i < 4; i++) {
        frame[i] = (uint8_t)(id >> (24 - 8 * i));
    }
    memcpy(frame + 4, in.data, in.len);
    return 4 + (long)in.len;
#else
    (void)frame, (void)capacity;
    return 0;
#endif
}

static long receive_multicast(uint8_t *frame, size_t capacity)
{
    uint8_t in[1024];
    ssize_t n;
    while ((n = recv(descriptor, in, sizeof in, 0)) < 0 && errno == EINTR) {
    }
    return n < 0 ? 0 : can_multicast_unpack(in, (size_t)n, frame, capacity);
}

long hal_receive(uint8_t *frame, size_t capacity)
{
    if (way == BY_SERIAL) {
        return receive_serial(frame, capacity);
    }
    if (way == BY_CAN) {
        return receive_can(frame, capacity);
    }
    if (way == BY_MULTICAST) {
        return receive_multicast(frame, capacity);
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
    if (way == BY_MULTICAST) {
        size = can_multicast_pack(frame, size, wrapped, sizeof wrapped);
        (void)!sendto(descriptor, wrapped, size, 0, (struct sockaddr *)&group, sizeof group);
        return;
    }
#ifdef __linux__
    if (way == BY_CAN) {
        struct canfd_frame sent;
        memset(&sent, 0, sizeof sent);
        sent.can_id = (uint32_t)frame[0] << 24 | (uint32_t)frame[1] << 16 | (uint32_t)frame[2] << 8 | frame[3];
        sent.can_id = sent.can_id & 1u << 31 ? (sent.can_id & CAN_EFF_MASK) | CAN_EFF_FLAG : sent.can_id;
        sent.len = (uint8_t)(size - 4);
        memcpy(sent.data, frame + 4, size - 4);
        (void)!write(descriptor, &sent, sizeof sent); /* a full queue: the other end will ask again */
        return;
    }
#endif
    if (way == BY_SERIAL) {
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
