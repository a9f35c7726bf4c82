/* CAN frames as python-can's udp_multicast interface sends them, for machines without a CAN bus: a MessagePack map each. */
#ifndef CAN_MULTICAST_H
#define CAN_MULTICAST_H

#include <stddef.h>
#include <stdint.h>

/* Identifier (four octets) and data out of a datagram: their size, -1 for what is no frame. */
long can_multicast_unpack(const uint8_t *in, size_t size, uint8_t *frame, size_t capacity);

/* A datagram of a CAN-FD frame: its size, 0 when there is no room. */
size_t can_multicast_pack(const uint8_t *frame, size_t size, uint8_t *out, size_t capacity);

#endif
