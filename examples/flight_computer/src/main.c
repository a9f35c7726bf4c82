/* The flight program: a frame in, a frame out. */
#include <stdio.h>

#include "can_frames.h"
#include "computer.h"
#include "hal.h"

int main(int argc, char **argv)
{
    static computer_t fc;
    uint8_t in[2048], out[OSEA_BENCH_COMMAND_SIZE > CAN_COMMAND_FRAME ? OSEA_BENCH_COMMAND_SIZE : CAN_COMMAND_FRAME];
    static osea_bench_sample_t sample;
    long size;
    if (argc != 2 || hal_open(argv[1]) != 0) {
        fprintf(stderr, "usage: flight_computer udp:LOCAL_PORT:REMOTE_PORT | serial:DEVICE | can:INTERFACE | canudp:GROUP:PORT\n");
        return 2;
    }
    computer_begin(&fc);
    while ((size = hal_receive(in, sizeof in)) != 0) {
        const int by_can = hal_is_can();
        const int part = size > 0 && by_can ? can_take(&sample, in, (size_t)size) : 1;
        if (part == 0) {
            continue;
        }
        if (size < 0 || part < 0 || (!by_can && osea_bench_sample_unpack(&sample, in, (size_t)size) != OSEA_BENCH_OK)) {
            computer_damaged(&fc);
            continue;
        }
        osea_bench_command_t command = *computer_step(&fc, &sample);
        command.ccsds_sequence_count = (uint16_t)(sample.tick & 0x3FFFU); /* a sample asked for twice is answered alike */
        if (by_can) {
            hal_send(out, can_command(&command, out));
        } else if (osea_bench_command_pack(&command, out, OSEA_BENCH_COMMAND_SIZE) == OSEA_BENCH_OK) {
            hal_send(out, OSEA_BENCH_COMMAND_SIZE);
        }
        computer_background(&fc);
    }
    return 0;
}
