"""An autopilot on MAVLink HIL by pymavlink, as PX4 behaves: it answers only after some samples of rising time."""

from common import Link, Log, arguments, law
from pymavlink.dialects.v20 import common as mavlink

kind, local, remote, path = arguments()
link, log = Link(kind, local, remote), Log(path)
mav = mavlink.MAVLink(None, srcSystem=1, srcComponent=1)
mav.robust_parsing = True
samples, last, gps, state, sim = 0, 0, None, None, None
while data := link.receive():
    for m in mav.parse_buffer(data) or ():
        name = m.get_type()
        if name == "HIL_GPS":
            gps = m
        elif name == "HIL_STATE_QUATERNION":
            state = m
        elif name == "SIM_STATE":
            sim = m
        elif name == "HIL_SENSOR" and m.time_usec > last:
            last, samples = m.time_usec, samples + 1
            y, z, throttle = law(m.ygyro, m.xacc)
            controls = [y / 0.0872664626, z / 0.0872664626, 0.0, throttle, *[0.0] * 12]
            log(
                time=m.time_usec * 1e-6, rate_y=m.ygyro, acceleration_x=m.xacc, pressure=m.abs_pressure * 100.0,
                gps_vn=gps.vn * 0.01 if gps else None, gps_lat=gps.lat * 1e-7 if gps else None, fix=gps.fix_type if gps else None,
                q_w=state.attitude_quaternion[0] if state else None, sim_ve=sim.ve if sim else None,
                state_vn=state.vx * 0.01 if state else None,
            )  # fmt: skip
            if samples == 2:
                link.send(mav.heartbeat_encode(2, 12, 0, 0, 3).pack(mav))
            if samples > 3:
                link.send(mav.hil_actuator_controls_encode(m.time_usec, controls, 129, 1).pack(mav))
