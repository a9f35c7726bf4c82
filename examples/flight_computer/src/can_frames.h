/* The bench's messages on CAN-FD (can.yaml): frames here are an identifier in four octets, then data. */
#ifndef CAN_FRAMES_H
#define CAN_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "osea_bench.h"

enum { CAN_COMMAND = 0x101, CAN_SLOW = 0x110, CAN_FAST = 0x111, CAN_COMMAND_FRAME = 4 + 48 };

/* Take a frame of a sample: 1 when the sample is whole, 0 when more is to come, -1 for what is no frame of it. */
int can_take(osea_bench_sample_t *sample, const uint8_t *frame, size_t size);

/* A command as a frame of CAN_COMMAND_FRAME octets: its size, 0 when it does not fit. */
size_t can_command(const osea_bench_command_t *command, uint8_t *frame);

#endif
