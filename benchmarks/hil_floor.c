/* The least that an exchange costs on this machine: a sample's octets there and a command's back between two processes on one
 * core, with nothing done to them. ping_pong udp|pty SENT ANSWERED EXCHANGES prints exchanges a second. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static char octets[4096];

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int udp(struct sockaddr_in *here)
{
    socklen_t size = sizeof *here;
    const int s = socket(AF_INET, SOCK_DGRAM, 0);
    *here = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (s < 0 || bind(s, (struct sockaddr *)here, size) != 0 || getsockname(s, (struct sockaddr *)here, &size) != 0) {
        fail("udp");
    }
    return s;
}

static void take(int from, long size)
{
    for (long got = 0; got < size;) {
        const ssize_t n = read(from, octets, (size_t)(size - got));
        if (n <= 0) {
            exit(1);
        }
        got += n;
    }
}

static void give(int to, long size)
{
    if (write(to, octets, (size_t)size) != size) {
        exit(1);
    }
}

int main(int argc, char **argv)
{
    int ends[2];
    struct timespec begin, end;
    cpu_set_t one;
    if (argc != 5) {
        return 2;
    }
    const long sent = atol(argv[2]), answered = atol(argv[3]), count = atol(argv[4]);
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    sched_setaffinity(0, sizeof one, &one);
    if (strcmp(argv[1], "udp") == 0) {
        struct sockaddr_in here, there;
        ends[0] = udp(&here), ends[1] = udp(&there);
        if (connect(ends[0], (struct sockaddr *)&there, sizeof there) != 0 || connect(ends[1], (struct sockaddr *)&here, sizeof here) != 0) {
            fail("connect");
        }
    } else {
        struct termios raw;
        if (openpty(&ends[0], &ends[1], NULL, NULL, NULL) != 0 || tcgetattr(ends[1], &raw) != 0) {
            fail("openpty");
        }
        cfmakeraw(&raw);
        tcsetattr(ends[1], TCSANOW, &raw);
    }
    const pid_t other = fork();
    if (other == 0) {
        for (;;) {
            take(ends[1], sent);
            give(ends[1], answered);
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (long i = 0; i < count; i++) {
        give(ends[0], sent);
        take(ends[0], answered);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
    printf("%.0f\n", (double)count / ((double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec)));
    return 0;
}
