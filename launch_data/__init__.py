"""Launch-service records and CCSDS files."""
