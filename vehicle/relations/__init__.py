"""Mass-estimating relations: coefficients as data with their source, range and scatter; a registry by kind and name."""
