"""The electrical interface of a vehicle: boxes, connectors, wires, power, buses, and the rules by which they fit."""
