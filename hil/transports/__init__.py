"""How octets reach a flight computer: UDP, TCP, serial lines, CAN."""
