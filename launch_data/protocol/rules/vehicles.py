"""Rules of vehicle types, items, flight logs and recoveries."""

from ....core.findings import Severity
from ..examples import DELETE
from ..launches import Launch
from ..places import LandingZone
from ..vehicles import FlightUnitLog, OrbitClass, RecoveryRecord, VehicleItem, VehicleType
from .engine import Package, Problems, in_order, instant, rule, unique
from .places import distance

_ROW = "vehicle-type/performance/0"
MASS_TOLERANCE = 0.05  # of the lift-off mass, between a type's parts and its sum


@rule(
    "LD-VTY-001",
    VehicleType,
    says="a type's stages have different orders",
    fails={"vehicle-type/stages/1/name": "upper", "vehicle-type/stages/1/order": 1},
)
def _orders(record: VehicleType, package: Package) -> Problems:
    core = [s.order for s in record.stages if s.order > 0]  # order 0 is for strap-ons, of which there are several
    if (twice := unique(core)) is not None:
        yield "stages", f"two stages have order {twice}"


@rule("LD-VTY-002", VehicleType, says="stages count from 1 without a gap", fails={"vehicle-type/stages/1/order": 3})
def _gap(record: VehicleType, package: Package) -> Problems:
    core = sorted({s.order for s in record.stages if s.order > 0})
    if core and core != list(range(1, len(core) + 1)):
        yield "stages", f"the stages have orders {', '.join(map(str, core))}; they count from 1"


@rule(
    "LD-VTY-003",
    VehicleType,
    says="stages and payload weigh no more than the vehicle",
    fails={"vehicle-type/lift_off_mass_kg": 300000.0},
)
def _sum(record: VehicleType, package: Package) -> Problems:
    known = [(s.dry_mass_kg or 0.0) + (s.propellant_mass_kg or 0.0) for s in record.stages]
    if record.lift_off_mass_kg is not None and sum(known) > record.lift_off_mass_kg * (1.0 + MASS_TOLERANCE):
        yield "lift_off_mass_kg", f"the stages weigh {sum(known):.0f} kg, the vehicle {record.lift_off_mass_kg:.0f} kg"


@rule(
    "LD-VTY-004",
    VehicleType,
    says="an expendable flight carries no less than one that saves the stage",
    fails={f"{_ROW}/payload_kg": 11000.0},
)
def _recovery_costs(record: VehicleType, package: Package) -> Problems:
    expendable = {(_orbit(r.orbit), r.site): r.payload_kg for r in record.performance if r.recovery_mode == "expend"}
    for i, row in enumerate(record.performance):
        most = expendable.get((_orbit(row.orbit), row.site))
        if most is not None and row.payload_kg > most:
            yield (
                f"performance/{i}/payload_kg",
                f"{row.payload_kg:g} kg with recovery {row.recovery_mode}, {most:g} kg without; recovery costs payload",
            )


@rule("LD-VTY-005", VehicleType, says="a payload is lighter than the vehicle", fails={f"{_ROW}/payload_kg": 600000.0})
def _lighter(record: VehicleType, package: Package) -> Problems:
    for i, row in enumerate(record.performance):
        if record.lift_off_mass_kg is not None and row.payload_kg > 0.2 * record.lift_off_mass_kg:
            yield (
                f"performance/{i}/payload_kg",
                f"{row.payload_kg:g} kg is more than a fifth of the lift-off mass; is the unit right?",
            )


@rule(
    "LD-VTY-006",
    VehicleType,
    says="an orbit's perigee is not above its apogee",
    fails={f"{_ROW}/orbit/perigee_height_m": 900000.0},
)
def _perigee(record: VehicleType, package: Package) -> Problems:
    for i, row in enumerate(record.performance):
        low, high = row.orbit.perigee_height_m, row.orbit.apogee_height_m
        if low is not None and high is not None and low > high:
            yield f"performance/{i}/orbit", f"perigee {low:g} m lies above apogee {high:g} m"


@rule(
    "LD-VTY-007",
    VehicleType,
    says="an orbit lies above the atmosphere",
    fails={f"{_ROW}/orbit/perigee_height_m": 750.0},
)
def _above_the_air(record: VehicleType, package: Package) -> Problems:
    for i, row in enumerate(record.performance):
        low = row.orbit.perigee_height_m
        if low is not None and row.orbit.name != "escape" and low < 100e3:
            yield (
                f"performance/{i}/orbit/perigee_height_m",
                f"{low:g} m is no perigee of an orbit; kilometres in place of metres?",
            )


@rule(
    "LD-VTY-008",
    VehicleType,
    says="a sun-synchronous orbit is retrograde, as its height asks",
    fails={f"{_ROW}/orbit/inclination_deg": 51.6},
)
def _sun_synchronous(record: VehicleType, package: Package) -> Problems:
    for i, row in enumerate(record.performance):
        if (
            row.orbit.name == "SSO"
            and row.orbit.inclination_deg is not None
            and not 95.5 <= row.orbit.inclination_deg <= 104.0
        ):
            yield (
                f"performance/{i}/orbit/inclination_deg",
                f"{row.orbit.inclination_deg:g} deg is no inclination of a sun-synchronous orbit",
            )


@rule("LD-VTY-009", VehicleType, says="an escape orbit states its C3", fails={f"{_ROW}/orbit/name": "escape"})
def _escape(record: VehicleType, package: Package) -> Problems:
    for i, row in enumerate(record.performance):
        if row.orbit.name == "escape" and row.orbit.c3_m2_s2 is None:
            yield f"performance/{i}/orbit/c3_m2_s2", "escape without c3_m2_s2"


@rule(
    "LD-VTY-010",
    VehicleType,
    says="a bound orbit states perigee and apogee",
    fails={f"{_ROW}/orbit/apogee_height_m": DELETE},
)
def _bound(record: VehicleType, package: Package) -> Problems:
    for i, row in enumerate(record.performance):
        if row.orbit.name != "escape" and (row.orbit.perigee_height_m is None or row.orbit.apogee_height_m is None):
            yield (
                f"performance/{i}/orbit",
                f"{row.orbit.name} without perigee_height_m and apogee_height_m; a name alone is no orbit",
            )


@rule(
    "LD-VTY-011",
    VehicleType,
    says="a stage is recovered only where one is reusable",
    fails={"vehicle-type/stages/0/reusable": False},
    severity=Severity.WARN,
)
def _reusable(record: VehicleType, package: Package) -> Problems:
    if any(r.recovery_mode not in ("expend", "none") for r in record.performance) and not any(
        s.reusable for s in record.stages
    ):
        yield "stages", "the performance has rows with recovery, and no stage is reusable"


@rule(
    "LD-ITM-001",
    VehicleItem,
    says="an item has a serial number, and no other of its type has the same",
    fails={"vehicle-item/serial": "TBD"},
)
def _serial(record: VehicleItem, package: Package) -> Problems:
    same = {
        i.id
        for i in package.all(VehicleItem)
        if (i.serial, i.vehicle_type, i.kind) == (record.serial, record.vehicle_type, record.kind)
    }
    if len(same) > 1:
        yield "serial", f"{len(same)} items of this type and kind have the serial {record.serial}"
    if not record.serial.strip() or record.serial.lower() in ("unknown", "tbd", "n/a"):
        yield "serial", f"{record.serial!r} is no serial number"


@rule(
    "LD-ITM-002",
    VehicleItem,
    says="an item is not installed in itself",
    fails={"vehicle-item/installed_in": "urn:osea:example:vehicle-item:1"},
)
def _itself(record: VehicleItem, package: Package) -> Problems:
    if record.installed_in == record.id:
        yield "installed_in", "an item cannot be installed in itself"


in_order(
    "LD-ITM-003",
    VehicleItem,
    "built/value",
    "issued_at",
    "an item's record is not older than the item",
    {"vehicle-item/built": {"value": "2029-01-01T00:00:00Z", "precision": "year", "kind": "actual"}},
)


@rule(
    "LD-LOG-001",
    FlightUnitLog,
    says="an item's allowance is not used up",
    fails={"flight-unit-log/life": [{"limit": "flights", "used": 11.0, "allowed": 10.0, "rule": "r"}]},
)
def _allowance(record: FlightUnitLog, package: Package) -> Problems:
    for i, life in enumerate(record.life):
        if life.used > life.allowed:
            yield f"life/{i}/used", f"{life.used:g} of {life.allowed:g} {life.limit} are used; the item must not fly on"


@rule("LD-LOG-002", FlightUnitLog, says="an item flew on a launch that lists it", fails={"launch/items": []})
def _listed(record: FlightUnitLog, package: Package) -> Problems:
    launch = package.find(record.launch)
    if isinstance(launch, Launch) and record.item not in launch.items:
        yield "item", "the launch does not list this item"


@rule(
    "LD-LOG-003",
    FlightUnitLog,
    says="an item lifts off at the launch's T-0",
    fails={"flight-unit-log/lifted_off_at": "2027-03-01T20:00:00Z"},
)
def _lift_off(record: FlightUnitLog, package: Package) -> Problems:
    launch = package.find(record.launch)
    if (
        isinstance(launch, Launch)
        and launch.t0.kind == "actual"
        and abs(instant(launch.t0.value) - instant(record.lifted_off_at)) > 10_000_000_000
    ):
        yield "lifted_off_at", f"{record.lifted_off_at} is not the launch's T-0, {launch.t0.value}"


@rule("LD-LOG-004", FlightUnitLog, says="what burned was started", fails={"flight-unit-log/starts": 0})
def _starts(record: FlightUnitLog, package: Package) -> Problems:
    if record.burn_time_s > 0.0 and record.starts == 0:
        yield "starts", f"{record.burn_time_s:g} s of burning without a start"


@rule(
    "LD-RCV-001",
    RecoveryRecord,
    says="what was not attempted has no touchdown and no success",
    fails={"recovery/attempted": False},
)
def _not_attempted(record: RecoveryRecord, package: Package) -> Problems:
    if not record.attempted and (record.touchdown is not None or record.outcome not in ("not-attempted", "unknown")):
        yield "attempted", "a recovery that was not attempted has no touchdown, and its outcome is not-attempted"


@rule(
    "LD-RCV-002",
    RecoveryRecord,
    says="a success tells how it touched down",
    fails={"recovery/touchdown": DELETE},
    severity=Severity.WARN,
)
def _touchdown(record: RecoveryRecord, package: Package) -> Problems:
    if record.outcome == "success" and record.mode in ("rtls", "ship", "net") and record.touchdown is None:
        yield "touchdown", "a success without the state at touchdown, which life and certification need"


@rule("LD-RCV-003", RecoveryRecord, says="a success has evidence", fails={"recovery/evidence": DELETE})
def _evidence(record: RecoveryRecord, package: Package) -> Problems:
    if record.outcome == "success" and record.evidence is None:
        yield "evidence", "a success without evidence; say what shows it"


@rule("LD-RCV-004", RecoveryRecord, says="a touchdown goes down", fails={"recovery/touchdown/vertical_speed_m_s": 1.8})
def _down(record: RecoveryRecord, package: Package) -> Problems:
    if record.touchdown is not None and record.touchdown.vertical_speed_m_s > 0.0:
        yield "touchdown/vertical_speed_m_s", f"{record.touchdown.vertical_speed_m_s:g} m/s is upward; down is negative"


@rule("LD-RCV-005", RecoveryRecord, says="a success stands", fails={"recovery/touchdown/tilt_deg": 80.0})
def _stands(record: RecoveryRecord, package: Package) -> Problems:
    if record.outcome == "success" and record.touchdown is not None and record.touchdown.tilt_deg > 45.0:
        yield "touchdown/tilt_deg", f"a success that lies on its side ({record.touchdown.tilt_deg:g} deg)"


@rule(
    "LD-RCV-006",
    RecoveryRecord,
    says="a touchdown on a pad is as far from the zone as it says",
    fails={
        "recovery/touchdown/position": {"latitude_deg": 20.0, "longitude_deg": 111.5},
        "landing-zone/kind": "pad",
        "landing-zone/moves": False,
    },
)
def _where(record: RecoveryRecord, package: Package) -> Problems:
    zone = package.find(record.zone)
    touch = record.touchdown
    if isinstance(zone, LandingZone) and not zone.moves and touch is not None and touch.position is not None:
        far = distance(zone.location, touch.position)
        if abs(far - touch.distance_m) > 50.0 + 0.01 * far:
            yield (
                "touchdown/distance_m",
                f"the touchdown lies {far:.0f} m from the zone, and distance_m says {touch.distance_m:g}",
            )


@rule(
    "LD-RCV-007",
    RecoveryRecord,
    says="who releases an item for flight is named",
    fails={"recovery/released_by": DELETE},
)
def _released(record: RecoveryRecord, package: Package) -> Problems:
    if (record.released_at is None) != (record.released_by is None):
        yield "released_by", "a release has a time and a name; give both or neither"


@rule(
    "LD-RCV-008", RecoveryRecord, says="only what came back is released for flight", fails={"recovery/outcome": "lost"}
)
def _lost(record: RecoveryRecord, package: Package) -> Problems:
    if record.outcome in ("lost", "not-attempted") and record.released_at is not None:
        yield "released_at", f"an item whose outcome is {record.outcome} is released for flight"


in_order(
    "LD-RCV-009",
    RecoveryRecord,
    "touchdown/at",
    "released_at",
    "an item is released after it came back",
    {"recovery/released_at": "2027-03-01T22:00:00Z"},
)


@rule(
    "LD-RCV-010",
    RecoveryRecord,
    says="an item comes down after it went up",
    fails={"recovery/touchdown/at": "2027-03-01T21:00:00Z"},
)
def _after_lift_off(record: RecoveryRecord, package: Package) -> Problems:
    launch = package.find(record.launch)
    if (
        isinstance(launch, Launch)
        and record.touchdown is not None
        and instant(record.touchdown.at) <= instant(launch.t0.value)
    ):
        yield "touchdown/at", f"{record.touchdown.at} is before T-0, {launch.t0.value}"


@rule("LD-RCV-011", RecoveryRecord, says="what lands on a ship or a pad names it", fails={"recovery/zone": DELETE})
def _names_zone(record: RecoveryRecord, package: Package) -> Problems:
    if record.attempted and record.mode in ("ship", "rtls", "net") and record.zone is None:
        yield "zone", f"recovery by {record.mode} without its zone"


@rule(
    "LD-RCV-012",
    RecoveryRecord,
    says="a lost item's state says so",
    fails={"recovery/outcome": "lost", "recovery/released_at": DELETE, "recovery/released_by": DELETE},
)
def _item_state(record: RecoveryRecord, package: Package) -> Problems:
    item = package.find(record.item)
    if (
        record.outcome == "lost"
        and isinstance(item, VehicleItem)
        and item.state in ("active", "refurbishing", "stored")
    ):
        yield "outcome", f"the item is lost, and its record says {item.state}; issue a revision of it"


def _orbit(orbit: OrbitClass) -> tuple:
    return (orbit.name, orbit.perigee_height_m, orbit.apogee_height_m, orbit.inclination_deg, orbit.c3_m2_s2)
