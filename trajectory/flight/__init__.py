"""Six-degree-of-freedom flight: rigid body, actuators, sensors, navigation, guidance and control. See docs/flight.md.

What others build on, and what stays as it is:

    case.Phase, case.assemble -> case.Case     a flight packed into vectors, by the names of `layout.PhaseLayout`
    case.parameter_index, Case.parameters      every uncertain number of it, by name
    kernel.fly_many, kernel.fly_one            many flights at once: parameters and seeds in, results out
    plant.Flight                               one flight under the built-in computer: advance, snapshot, restore, history
    plant.Plant                                the vehicle alone, for a computer outside: ``commands[:] = …; step(dt)``, then
                                               ``state``, ``memory``, ``sense()``, ``fix(out)``; no allocation in a step
    guidance.Guidance, guidance.fly_with       guidance as a plug-in; the built-in attitude control turns gimbals, jets and
                                               grid fins to the attitude that it asks for

Frames, units and what each number means stand in `layout`. SI, radians, body axes x forward.
"""
