"""The plant as an FMI 3 co-simulation unit: its vehicle, packed, behind the C interface of the standard."""
