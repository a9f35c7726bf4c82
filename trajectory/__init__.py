"""Environment, equations of motion, optimal control, ascent."""
