/* The reference flight computer: one sample in, one command out. It sees sensors alone. No allocation, no clock of its own. */
#ifndef COMPUTER_H
#define COMPUTER_H

#include <stdint.h>

#include "control.h"
#include "descent.h"
#include "guidance.h"
#include "navigation.h"
#include "osea_bench.h"

typedef enum {
    STATE_START = 0,   /* nothing received yet */
    STATE_HOLD = 1,    /* on the pad */
    STATE_ASCENT = 2,  /* first stage, by the table */
    STATE_STAGING = 3, /* engines off, separation, coast */
    STATE_UPPER = 4,   /* upper stage, by the table */
    STATE_EXPLICIT = 5, /* upper stage, explicit guidance */
    STATE_ORBIT = 6,   /* done */
    STATE_SAFE = 7,    /* given up: engines off */
    STATE_TURN = 8,    /* a booster after separation, turning about */
    STATE_BOOST_BACK = 9,
    STATE_COAST = 10,  /* before its entry burn */
    STATE_ENTRY = 11,  /* entry burn */
    STATE_FALL = 12,   /* aerodynamic descent, steered by grid fins */
    STATE_LANDING = 13, /* landing burn */
    STATE_STANDING = 14, /* on its legs, engines off */
    STATE_LANDED = 15  /* done */
} state_t;

/* Faults found, one bit each: `health` in the command. */
enum {
    FAULT_IMU = 1u << 0,       /* no inertial samples */
    FAULT_FIX = 1u << 1,       /* no satellite fixes */
    FAULT_FIX_REFUSED = 1u << 2, /* a fix was not credible */
    FAULT_POWER = 1u << 3,     /* bus voltage low */
    FAULT_THRUST = 1u << 4,    /* less acceleration than planned */
    FAULT_GIMBAL = 1u << 5,    /* a gimbal does not follow */
    FAULT_ATTITUDE = 1u << 6,  /* attitude lost */
    FAULT_LINK = 1u << 7,      /* samples missed, repeated or damaged */
    FAULT_DRY = 1u << 8,       /* propellant gone before the target */
    FAULT_TIME = 1u << 9       /* the sample's clock contradicts its count */
};

typedef struct {
    state_t state;
    uint32_t health;
    int phase;
    double phase_begin, time;
    uint32_t tick;
    uint32_t samples; /* since lift-off */
    uint16_t fixes;
    double fix_time;
    navigation_t nav;
    guidance_t guidance;
    control_t control;
    double turn[3], push, span;      /* gathered since the last run of the control */
    double last_turn[3], last_push[3];
    double rates[3], reciprocal;     /* body rates; filtered 1 / sensed acceleration */
    double silent, gimbal_off, low_power, astray; /* how long the inertial unit, a gimbal, the bus, the attitude has been out [s] */
    double last_gimbal[2];
    double last_error; /* of the attitude, and whether it grows */
    bool grows;
    double guided_at;
    descent_t descent;
    bool over; /* the descent's phase is to end */
    osea_bench_command_t command;
} computer_t;

void computer_begin(computer_t *fc);

/* Returns the command that answers the sample. */
const osea_bench_command_t *computer_step(computer_t *fc, const osea_bench_sample_t *sample);

/* What takes long, to be run once the sample is answered. It shares computer_t with computer_step and takes no lock: never both
 * at a time, and a machine that runs it as a task of lower priority has to guard what is asked of it and its plan. */
void computer_background(computer_t *fc);

/* A frame that was no sample. */
void computer_damaged(computer_t *fc);

#endif
