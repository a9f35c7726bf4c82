// What a separation vector tells: the osculating orbit, and how sure the vector is.

const MU = 3.986004418e14, RADIUS = 6378137.0;
const INERTIAL = ["GCRF", "EME2000", "TOD", "TEME"];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const norm = (a) => Math.hypot(...a);

// Heights of perigee and apogee [m] and inclination [deg]; null in a frame that turns with the Earth, or unbound.
export function orbit({ frame, position_m: r, velocity_m_s: v }) {
  if (!INERTIAL.includes(frame)) return null;
  const momentum = cross(r, v);
  const energy = norm(v) ** 2 / 2 - MU / norm(r);
  if (energy >= 0) return null;
  const a = -MU / (2 * energy);
  const e = Math.sqrt(Math.max(0, 1 - norm(momentum) ** 2 / (MU * a)));
  return { perigee: a * (1 - e) - RADIUS, apogee: a * (1 + e) - RADIUS, inclination: (Math.acos(momentum[2] / norm(momentum)) * 180) / Math.PI };
}

// Root of the summed variances: position [m], velocity [m/s]; null without a covariance.
export function sigmas({ covariance }) {
  if (!covariance) return null;
  const c = covariance.lower_triangle;
  return { position: Math.sqrt(c[0] + c[2] + c[5]), velocity: Math.sqrt(c[9] + c[14] + c[20]) };
}
