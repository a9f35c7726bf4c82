#include "can_frames.h"

#include <string.h>

#include "osea_bench_can.h"

int can_take(osea_bench_sample_t *s, const uint8_t *frame, size_t size)
{
    static uint32_t begun;
    static int has_begun;
    if (size < 4) {
        return -1;
    }
    const uint32_t id = (uint32_t)frame[0] << 24 | (uint32_t)frame[1] << 16 | (uint32_t)frame[2] << 8 | frame[3];
    if (id == CAN_SLOW) {
        osea_bench_can_can_slow_t m;
        if (osea_bench_can_can_slow_unpack(&m, frame + 4, size - 4) != OSEA_BENCH_CAN_OK) {
            return -1;
        }
        memcpy(s->position, m.position, sizeof s->position);
        memcpy(s->velocity, m.velocity, sizeof s->velocity);
        s->fix_count = m.fix_count, s->phase = m.phase, s->stage = m.stage, s->pressure = m.pressure;
        s->altimeter_range = m.altimeter_range, s->propellant = m.propellant, s->throttle = m.throttle;
        begun = m.tick, has_begun = 1;
        return 0;
    }
    if (id == CAN_FAST) {
        osea_bench_can_can_fast_t m;
        if (osea_bench_can_can_fast_unpack(&m, frame + 4, size - 4) != OSEA_BENCH_CAN_OK) {
            return -1;
        }
        s->tick = m.tick, s->time = m.time;
        memcpy(s->delta_angle, m.delta_angle, sizeof s->delta_angle);
        memcpy(s->delta_velocity, m.delta_velocity, sizeof s->delta_velocity);
        memcpy(s->gimbal, m.gimbal, sizeof s->gimbal);
        s->engine_level = m.engine_level, s->bus_voltage = m.bus_voltage;
        s->imu_valid = m.imu_valid, s->fix_valid = m.fix_valid, s->altimeter_valid = m.altimeter_valid;
        s->lifted = m.lifted, s->landed = m.landed;
        return has_begun && begun == m.tick ? 1 : -1; /* halves of two samples make none */
    }
    return 0; /* others' frames on the bus, our own among them */
}

size_t can_command(const osea_bench_command_t *c, uint8_t *frame)
{
    osea_bench_can_can_command_t m;
    memset(&m, 0, sizeof m);
    m.answered_tick = c->answered_tick, m.throttle = c->throttle, m.roll_torque = c->roll_torque;
    m.bank_angle = c->bank_angle, m.next_phase = c->next_phase, m.cut_off = c->cut_off, m.state = c->state, m.health = c->health;
    memcpy(m.gimbal, c->gimbal, sizeof m.gimbal);
    memcpy(m.fin, c->fin, sizeof m.fin);
    memcpy(m.jet, c->jet, sizeof m.jet);
    frame[0] = 0, frame[1] = 0, frame[2] = CAN_COMMAND >> 8, frame[3] = CAN_COMMAND & 0xFF;
    return osea_bench_can_can_command_pack(&m, frame + 4, CAN_COMMAND_FRAME - 4) == OSEA_BENCH_CAN_OK ? CAN_COMMAND_FRAME : 0;
}
