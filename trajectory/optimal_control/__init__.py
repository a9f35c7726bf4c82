"""Multi-phase optimal control by collocation at Legendre-Gauss-Radau points."""
