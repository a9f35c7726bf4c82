"""Working fluids: real-fluid equations of state, kerosene, combustion gases; one interface, temperature and density."""
