"""Six-degree-of-freedom flight: rigid body, actuators, sensors, navigation, guidance and control. See docs/flight.md."""
