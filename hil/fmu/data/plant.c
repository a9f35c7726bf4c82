/* FMI 3.0 co-simulation of a bench's plant. The plant itself runs in a process of its own (python -m osea_rocket.hil.fmu.server),
   at the other end of a socket pair: no interpreter is loaded into the importer. Values are doubles in the host's order.

   Ask: one octet, then what it needs.                          Answer: one octet (0 good, 1 refused, 2 the flight is over), then
   'I' begin; double commands[INPUTS]                           double outputs[OUTPUTS]
   'S' step; uint32 count, double commands[INPUTS]              double outputs[OUTPUTS]
   'G' keep the state                                           uint32 number
   'P' go back to a state; uint32 number                        double outputs[OUTPUTS]
   'F' forget a state; uint32 number                            nothing
   A refusal is followed by uint32 length and text. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fmi3Functions.h"
#include "plant_sizes.h" /* INPUTS, OUTPUTS, FIRST_INPUT, FIRST_OUTPUT, STATUS, TIME, STEP, TOKEN */

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

typedef struct {
    fmi3InstanceEnvironment environment;
    fmi3LogMessageCallback log;
    char *resources;
    pid_t child;
    int line;
    int begun, over;
    double start, time;
    double commands[INPUTS], outputs[OUTPUTS];
} Plant;

typedef struct {
    uint32_t number;
    Plant kept;
} State;

static const double START[INPUTS] = START_VALUES;

static fmi3Status fail(Plant *p, const char *format, ...) {
    char text[1024];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    if (p->log) p->log(p->environment, fmi3Error, "logStatusError", text);
    return fmi3Error;
}

static int put(Plant *p, const void *data, size_t size) {
    const char *at = data;
    while (size) {
        ssize_t n = send(p->line, at, size, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return 0;
        at += n;
        size -= (size_t)n;
    }
    return 1;
}

static int take(Plant *p, void *data, size_t size) {
    char *at = data;
    while (size) {
        ssize_t n = recv(p->line, at, size, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return 0;
        at += n;
        size -= (size_t)n;
    }
    return 1;
}

static fmi3Status lost(Plant *p) {
    return fail(p, "the plant's process is gone; is osea-rocket installed for the interpreter that OSEA_PYTHON names?");
}

/* Ask, and take the answer's head; 0 good, 2 over, -1 refused or lost (told). */
static int ask(Plant *p, char what, const void *more, size_t size) {
    unsigned char head;
    if (p->line < 0 || !put(p, &what, 1) || !put(p, more, size) || !take(p, &head, 1)) {
        lost(p);
        return -1;
    }
    if (head == 1) {
        uint32_t length;
        char text[960];
        if (!take(p, &length, 4) || length >= sizeof text || !take(p, text, length)) {
            lost(p);
            return -1;
        }
        text[length] = 0;
        fail(p, "%s", text);
        return -1;
    }
    return head;
}

static fmi3Status outputs(Plant *p) { return take(p, p->outputs, sizeof p->outputs) ? fmi3OK : lost(p); }

static void stop(Plant *p) {
    if (p->line >= 0) close(p->line);
    p->line = -1;
    if (p->child > 0) waitpid(p->child, NULL, 0); /* it ends when its line closes */
    p->child = 0;
}

/* The interpreter: OSEA_PYTHON, else the one that made the unit. */
static int interpreter(Plant *p, char *path, size_t room) {
    const char *named = getenv("OSEA_PYTHON");
    char file[4096];
    FILE *f;
    if (named && *named) return snprintf(path, room, "%s", named) < (int)room;
    snprintf(file, sizeof file, "%s/python.txt", p->resources);
    f = fopen(file, "r");
    if (!f) return 0;
    if (!fgets(path, (int)room, f)) path[0] = 0;
    fclose(f);
    path[strcspn(path, "\r\n")] = 0;
    return path[0] != 0;
}

static fmi3Status start(Plant *p) {
    int ends[2];
    char path[4096], number[16];
    if (!interpreter(p, path, sizeof path)) return fail(p, "no interpreter: set OSEA_PYTHON to a Python with osea-rocket");
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) return fail(p, "no socket pair: %s", strerror(errno));
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    snprintf(number, sizeof number, "%d", ends[1]);
    p->child = fork();
    if (p->child < 0) return fail(p, "no new process: %s", strerror(errno));
    if (p->child == 0) {
        dup2(2, 1); /* what it prints is no answer */
        execlp(path, path, "-P", "-m", /* -P: nothing out of the importer's folder */
               "osea_rocket.hil.fmu.server", p->resources, number, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    p->line = ends[0];
    return fmi3OK;
}

const char *fmi3GetVersion(void) { return "3.0"; }

fmi3Status fmi3SetDebugLogging(fmi3Instance instance, fmi3Boolean on, size_t n, const fmi3String categories[]) {
    (void)instance, (void)on, (void)n, (void)categories;
    return fmi3OK;
}

fmi3Instance fmi3InstantiateCoSimulation(
    fmi3String name, fmi3String token, fmi3String resources, fmi3Boolean visible, fmi3Boolean logging, fmi3Boolean events,
    fmi3Boolean early, const fmi3ValueReference required[], size_t n, fmi3InstanceEnvironment environment,
    fmi3LogMessageCallback log, fmi3IntermediateUpdateCallback update) {
    Plant *p = calloc(1, sizeof *p);
    (void)name, (void)visible, (void)logging, (void)early, (void)required, (void)n, (void)update;
    if (!p) return NULL;
    p->environment = environment;
    p->log = log;
    p->line = -1;
    memcpy(p->commands, START, sizeof START);
    p->resources = resources ? strdup(resources) : NULL;
    if (!token || strcmp(token, TOKEN)) fail(p, "this is another unit: its token is not that of the description");
    else if (events) fail(p, "there is no event mode here");
    else if (!p->resources) fail(p, "the path of the resources is needed");
    else if (start(p) == fmi3OK) return p;
    fmi3FreeInstance(p);
    return NULL;
}

void fmi3FreeInstance(fmi3Instance instance) {
    Plant *p = instance;
    if (!p) return;
    stop(p);
    free(p->resources);
    free(p);
}

fmi3Status fmi3EnterInitializationMode(
    fmi3Instance instance, fmi3Boolean has_tolerance, fmi3Float64 tolerance, fmi3Float64 begin, fmi3Boolean has_stop, fmi3Float64 end) {
    Plant *p = instance;
    (void)has_tolerance, (void)tolerance, (void)has_stop, (void)end;
    p->start = p->time = begin;
    return fmi3OK;
}

fmi3Status fmi3ExitInitializationMode(fmi3Instance instance) {
    Plant *p = instance;
    int head = ask(p, 'I', p->commands, sizeof p->commands);
    if (head < 0) return fmi3Error;
    p->begun = 1;
    p->over = head == 2;
    return outputs(p);
}

fmi3Status fmi3Terminate(fmi3Instance instance) {
    (void)instance;
    return fmi3OK;
}

fmi3Status fmi3Reset(fmi3Instance instance) {
    Plant *p = instance;
    stop(p);
    memcpy(p->commands, START, sizeof START);
    p->begun = p->over = 0;
    return start(p);
}

fmi3Status fmi3GetFloat64(
    fmi3Instance instance, const fmi3ValueReference references[], size_t n, fmi3Float64 values[], size_t count) {
    Plant *p = instance;
    size_t i;
    if (n != count) return fail(p, "every variable here is a scalar");
    for (i = 0; i < n; i++) {
        uint32_t r = references[i];
        if (r == TIME) values[i] = p->time;
        else if (r - FIRST_INPUT < INPUTS) values[i] = p->commands[r - FIRST_INPUT];
        else if (r - FIRST_OUTPUT < OUTPUTS - 1) {
            if (!p->begun) return fail(p, "outputs are known when initialization is over");
            values[i] = p->outputs[r - FIRST_OUTPUT];
        } else return fail(p, "there is no Float64 of reference %u", r);
    }
    return fmi3OK;
}

fmi3Status fmi3SetFloat64(
    fmi3Instance instance, const fmi3ValueReference references[], size_t n, const fmi3Float64 values[], size_t count) {
    Plant *p = instance;
    size_t i;
    if (n != count) return fail(p, "every variable here is a scalar");
    for (i = 0; i < n; i++) {
        if (references[i] - FIRST_INPUT >= INPUTS) return fail(p, "reference %u is no input", references[i]);
        if (!isfinite(values[i])) return fail(p, "the input of reference %u is not finite", references[i]);
        p->commands[references[i] - FIRST_INPUT] = values[i];
    }
    return fmi3OK;
}

fmi3Status fmi3GetInt32(
    fmi3Instance instance, const fmi3ValueReference references[], size_t n, fmi3Int32 values[], size_t count) {
    Plant *p = instance;
    size_t i;
    for (i = 0; i < n && i < count; i++) {
        if (references[i] != STATUS) return fail(p, "there is no Int32 of reference %u", references[i]);
        values[i] = (fmi3Int32)p->outputs[OUTPUTS - 1];
    }
    return fmi3OK;
}

fmi3Status fmi3DoStep(
    fmi3Instance instance, fmi3Float64 now, fmi3Float64 size, fmi3Boolean no_return, fmi3Boolean *event, fmi3Boolean *terminate,
    fmi3Boolean *early, fmi3Float64 *last) {
    Plant *p = instance;
    double steps = floor(size / STEP + 0.5);
    struct { uint32_t count; double commands[INPUTS]; } asked;
    char packed[4 + sizeof asked.commands];
    int head;
    (void)no_return;
    if (event) *event = fmi3False;
    if (early) *early = fmi3False;
    if (terminate) *terminate = fmi3False;
    if (last) *last = p->time;
    if (!p->begun) return fail(p, "initialize before the first step");
    if (p->over) return fail(p, "the flight is over (status %d)", (int)p->outputs[OUTPUTS - 1]);
    if (fabs(now - p->time) > 0.25 * STEP) return fail(p, "a step from %.9g s was asked for, the plant is at %.9g s", now, p->time);
    if (steps < 1.0 || steps > 1e6 || fabs(steps * STEP - size) > 1e-3 * STEP)
        return fail(p, "a step of %.9g s is no whole number of the plant's steps of %.9g s", size, STEP);
    asked.count = (uint32_t)steps;
    memcpy(packed, &asked.count, 4);
    memcpy(packed + 4, p->commands, sizeof p->commands);
    head = ask(p, 'S', packed, sizeof packed);
    if (head < 0) return fmi3Error;
    if (outputs(p) != fmi3OK) return fmi3Error;
    p->time = now + size;
    p->over = head == 2;
    if (terminate) *terminate = p->over ? fmi3True : fmi3False;
    if (last) *last = p->time;
    return fmi3OK;
}

fmi3Status fmi3GetFMUState(fmi3Instance instance, fmi3FMUState *kept) {
    Plant *p = instance;
    State *s = *kept ? *kept : calloc(1, sizeof *s);
    uint32_t old = *kept ? s->number : 0;
    if (!s) return fail(p, "no memory");
    if (ask(p, 'G', NULL, 0) < 0 || !take(p, &s->number, 4)) {
        if (!*kept) free(s);
        return fmi3Error;
    }
    if (old) ask(p, 'F', &old, 4);
    s->kept = *p;
    *kept = s;
    return fmi3OK;
}

fmi3Status fmi3SetFMUState(fmi3Instance instance, fmi3FMUState kept) {
    Plant *p = instance;
    const State *s = kept;
    if (!s) return fail(p, "this is no state");
    if (ask(p, 'P', &s->number, 4) < 0 || outputs(p) != fmi3OK) return fmi3Error;
    p->begun = s->kept.begun;
    p->over = s->kept.over;
    p->start = s->kept.start;
    p->time = s->kept.time;
    memcpy(p->commands, s->kept.commands, sizeof p->commands);
    return fmi3OK;
}

fmi3Status fmi3FreeFMUState(fmi3Instance instance, fmi3FMUState *kept) {
    State *s = kept ? *kept : NULL;
    if (!s) return fmi3OK;
    ask(instance, 'F', &s->number, 4);
    free(s);
    *kept = NULL;
    return fmi3OK;
}
