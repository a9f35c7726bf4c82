/* The flight program: a frame in, a frame out. */
#include <stdio.h>

#include "computer.h"
#include "hal.h"

int main(int argc, char **argv)
{
    static computer_t fc;
    uint8_t in[2048], out[OSEA_BENCH_COMMAND_SIZE];
    osea_bench_sample_t sample;
    long size;
    if (argc != 2 || hal_open(argv[1]) != 0) {
        fprintf(stderr, "usage: flight_computer udp:LOCAL_PORT:REMOTE_PORT | serial:DEVICE\n");
        return 2;
    }
    computer_begin(&fc);
    while ((size = hal_receive(in, sizeof in)) != 0) {
        if (size < 0 || osea_bench_sample_unpack(&sample, in, (size_t)size) != OSEA_BENCH_OK) {
            computer_damaged(&fc);
            continue;
        }
        osea_bench_command_t command = *computer_step(&fc, &sample);
        command.ccsds_sequence_count = (uint16_t)(sample.tick & 0x3FFFU); /* a sample asked for twice is answered alike */
        if (osea_bench_command_pack(&command, out, sizeof out) == OSEA_BENCH_OK) {
            hal_send(out, sizeof out);
        }
    }
    return 0;
}
