"""Hardware in the loop: the simulated vehicle before a real flight computer. See docs/hil.md."""
