/* All that this program needs of the machine it runs on: frames in and out. To move it, write this file's functions again. */
#ifndef HAL_H
#define HAL_H

#include <stddef.h>
#include <stdint.h>

/* Open a link by its text: `udp:LOCAL_PORT:REMOTE_PORT` (both on 127.0.0.1), `serial:DEVICE` (COBS frames), `can:INTERFACE`
 * (SocketCAN, CAN-FD) or `canudp:GROUP:PORT` (CAN as python-can sends it over UDP multicast). 0 when open. */
int hal_open(const char *link);

/* Whether frames are CAN frames: an identifier in four octets, then data. */
int hal_is_can(void);

/* Wait for a frame; its size, 0 when the link is closed for good, -1 when what came was damaged. */
long hal_receive(uint8_t *frame, size_t capacity);

void hal_send(const uint8_t *frame, size_t size);

#endif
