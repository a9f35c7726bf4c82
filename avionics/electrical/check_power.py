"""The power tree: whether all are fed, nothing is overloaded, and faults stay where they are."""

from collections.abc import Iterator

from .index import Index
from .power import Protection, Source
from .power_tree import behind, charge, load_current, source_current, source_signals, voltage_at
from .rules import Said, at_least, at_most, error, ok, rule, unknown, warn
from .tables import tables, wire_current


@rule("power.feed")
def feed(ix: Index) -> Iterator[Said]:
    """Every protection and every load is wired to what feeds it."""
    used: dict[str, str] = {}
    for i, p in enumerate(ix.e.protections):
        path = f"protections.{i}"
        for name in p.inputs:
            above = ix.sources.get(name) or ix.protections[name]
            arrives = above.equipment == p.equipment or (
                p.equipment in ix.boxes_on(above.signal or "", "in")
                if isinstance(above, Protection)
                else any(p.equipment in ix.boxes_on(s.name, "in") for s in source_signals(ix, above))
            )
            text = f"{p.name} in {p.equipment} is fed by {name} in {above.equipment}"
            yield (
                ok(f"{path}.from", text)
                if arrives
                else error(f"{path}.from", f"{text}, and no power signal leads there; wire it or correct the feed")
            )
        if not ix.loads_behind[p.name]:
            yield error(path, f"nothing is fed by {p.name}; remove it, or name it as the feed of a load")
        if p.signal is None:
            if not any(p.name in q.inputs and q.equipment == p.equipment for q in ix.e.protections):
                yield error(f"{path}.signal", f"{p.name} feeds loads by no signal; name the power signal behind it")
            continue
        if ix.signals[p.signal].type != "power" or p.equipment not in ix.boxes_on(p.signal, "out"):
            yield error(
                f"{path}.signal", f"{p.name} feeds {p.signal}, which is no power output of {p.equipment}; correct one"
            )
        elif p.signal in used:
            yield error(
                f"{path}.signal", f"{p.signal} is fed by {used[p.signal]} and {p.name}; give each its own signal"
            )
        else:
            yield ok(f"{path}.signal", f"{p.name} feeds {p.signal}")
        used[p.signal] = p.name
    for i, load in enumerate(ix.e.loads):
        p = ix.protections[load.feed]
        text = f"{load.name} in {load.equipment} is fed by {p.name}"
        fed = p.signal is not None and load.equipment in ix.boxes_on(p.signal, "in")
        if fed or (p.signal is None and p.equipment == load.equipment):
            yield ok(f"loads.{i}.from", text)
        else:
            mend = f"{p.signal or 'it'} does not reach {load.equipment}; correct the feed or the wiring"
            yield error(f"loads.{i}.from", f"{text}, and {mend}")
        if ix.boxes[load.equipment].passive:
            yield error(
                f"loads.{i}.equipment", f"{load.name} draws power in {load.equipment}, which is passive; correct one"
            )
    for signal in ix.e.signals:
        if signal.type != "power":
            continue
        own = any(signal in source_signals(ix, s) for s in ix.e.supplies)
        plug = any(i.type == "arm plug" and i.controller in ix.boxes_on(signal.name) for i in ix.e.inhibits)
        if signal.name not in used and not own and not plug:
            path = f"signals.{list(ix.signals).index(signal.name)}"
            yield error(
                path, f"power signal {signal.name} has no protection and leaves no source; name it as one's 'signal'"
            )
    for i, source in enumerate(ix.e.supplies):
        if not ix.loads_behind[source.name]:
            yield error(f"supplies.{i}", f"{source.name} feeds nothing; remove it or name it as a feed")
        elif not any(p.equipment == source.equipment and source.name in p.inputs for p in ix.e.protections) and not (
            source_signals(ix, source)
        ):
            yield error(
                f"supplies.{i}.equipment", f"no power signal leads from {source.equipment} to what {source.name} feeds"
            )
        else:
            yield ok(f"supplies.{i}.equipment", f"{source.name} feeds {len(ix.loads_behind[source.name])} loads")


@rule("power.coverage")
def coverage(ix: Index) -> Iterator[Said]:
    """Every load has exactly one source in every phase in which it draws power."""
    for i, load in enumerate(ix.e.loads):
        for k, phase in enumerate(ix.e.phases):
            if load.power is None or load.power[k] <= 0.0:
                continue
            feeding = [s for s in ix.sources_of(load.feed) if phase.name in s.phases]
            text = f"{load.name} behind {load.feed} draws {load.power[k]:.4g} W in '{phase.name}'"
            if not feeding:
                names = ", ".join(s.name for s in ix.sources_of(load.feed))
                yield error(
                    f"loads.{i}.power", f"{text}, when none of its sources ({names}) supplies; add the phase to one"
                )
            elif len(feeding) > 1:
                names = " and ".join(s.name for s in feeding)
                yield warn(
                    f"loads.{i}.from", f"{text} from {names} side by side; they share as their voltages will have it"
                )
            else:
                yield ok(f"loads.{i}.power", f"{text} from {feeding[0].name}")
    for i, source in enumerate(ix.e.supplies):
        for name in source.phases:
            if source.phases.count(name) > 1:
                yield error(f"supplies.{i}.phases", f"{source.name} names phase '{name}' twice; name each once")


@rule("power.string")
def string(ix: Index) -> Iterator[Said]:
    """Loads of a string are fed from it alone."""
    for i, load in enumerate(ix.e.loads):
        own, box = load.string, ix.boxes[load.equipment].string
        if own != box:
            text = f"{load.name} is of string {own or 'none'}, its box {load.equipment} of {box or 'none'}; correct one"
            yield error(f"loads.{i}.string", text)
        wrong = [s.name for s in ix.sources_of(load.feed) if s.string != own]
        text = f"{load.name} is of string {own or 'none'}"
        if wrong:
            yield error(
                f"loads.{i}.from", f"{text} and fed from {', '.join(wrong)} of another one; feed it from its own"
            )
        else:
            yield ok(f"loads.{i}.from", f"{text} and fed from it alone")
    for i, source in enumerate(ix.e.supplies):
        box = ix.boxes[source.equipment].string
        if box != source.string and not ix.boxes[source.equipment].ground:
            text = (
                f"{source.name} is of string {source.string or 'none'}, its box {source.equipment} of {box or 'none'}"
            )
            yield error(f"supplies.{i}.string", f"{text}; correct one")


@rule("power.current")
def stated(ix: Index) -> Iterator[Said]:
    """The stated current of a power signal covers the loads behind it."""
    for p in ix.e.protections:
        if p.signal is None or ix.signals[p.signal].current is None:
            continue
        current, signal = behind(ix, p), ix.signals[p.signal]
        if current is not None and signal.current is not None:
            text = f"{signal.name} is stated for {signal.current:.3g} A, loads behind {p.name} draw {current:.3g} A"
            path = f"signals.{list(ix.signals).index(signal.name)}.current"
            yield at_least(path, signal.current, current, text, "state their sum at the lowest voltage")
    for source in ix.e.supplies:
        currents = [source_current(ix, source, k) for k in range(len(ix.e.phases))]
        if None in currents:
            continue
        worst = max(c for c in currents if c is not None)
        for signal in source_signals(ix, source):
            if signal.current is not None:
                text = f"{signal.name} is stated for {signal.current:.3g} A, {source.name} gives {worst:.3g} A"
                path = f"signals.{list(ix.signals).index(signal.name)}.current"
                yield at_least(path, signal.current, worst, text, "state the most that it gives")


@rule("power.voltage")
def voltage(ix: Index) -> Iterator[Said]:
    """Loads bear the highest voltage of their sources, and the range of a power signal holds that of its sources."""
    for i, load in enumerate(ix.e.loads):
        for source in ix.sources_of(load.feed):
            if load.voltage and source.voltage:
                text = f"{load.name} bears {load.voltage[1]:.4g} V, {source.name} gives up to {source.voltage[1]:.4g} V"
                yield at_least(
                    f"loads.{i}.voltage",
                    load.voltage[1],
                    source.voltage[1],
                    text,
                    "limit the source or change the load",
                )
    for p in ix.e.protections:
        signal = ix.signals.get(p.signal or "")
        if signal is not None:
            yield from _holds(ix, signal.name, [s.name for s in ix.sources_of(p.name)])
    for source in ix.e.supplies:
        for signal in source_signals(ix, source):
            yield from _holds(ix, signal.name, [source.name])


def _holds(ix: Index, name: str, sources: list[str]) -> Iterator[Said]:
    signal = ix.signals[name]
    given = [v for s in sources if (v := ix.sources[s].voltage)]
    if signal.voltage is None or not given:
        return
    low, high = min(v[0] for v in given), max(v[1] for v in given)
    text = f"{name} is {signal.voltage[0]:.4g} to {signal.voltage[1]:.4g} V, {', '.join(sources)} {low:.4g} to {high:.4g} V"
    path = f"signals.{list(ix.signals).index(name)}.voltage"
    if signal.voltage[0] <= low and high <= signal.voltage[1]:
        yield ok(path, text)
    else:
        yield error(path, f"{text}; state a range that holds them")


@rule("power.drop")
def drop(ix: Index) -> Iterator[Said]:
    """At the lowest voltage of the source, hot and with every load on, enough arrives."""
    for i, load in enumerate(ix.e.loads):
        for source in ix.sources_of(load.feed):
            found = voltage_at(ix, load, source)
            if load.voltage is None or found is None or load.power is None:
                continue
            volts, steps = found
            lost = ", ".join(f"{name} {v:.2f}" for name, v in steps if v >= 0.005)
            text = (
                f"{load.name} gets {volts:.2f} V from {source.name} at its lowest, needs "
                f"{load.voltage[0]:.4g} V (lost: {lost} V)"
            )
            yield at_least(f"loads.{i}.voltage", volts, load.voltage[0], text, "use thicker or shorter wires")


@rule("fuse.derating")
def derating(ix: Index) -> Iterator[Said]:
    """A fuse carries half of its rating, a limiter four fifths of its class."""
    for i, p in enumerate(ix.e.protections):
        current = behind(ix, p)
        if p.rating is None or current is None:
            continue
        share = tables().fuse_derating if p.type == "fuse" else tables().limiter_derating
        text = f"{p.type} {p.name} of {p.rating:.4g} A carries {current:.3g} A, {p.rating * share:.3g} A are allowed"
        yield at_most(f"protections.{i}.rating", current, p.rating * share, text, "use a larger one, or part the loads")


@rule("fuse.wire")
def wire(ix: Index) -> Iterator[Said]:
    """The wires behind a fuse carry its rating, behind a limiter what it lets through."""
    for i, p in enumerate(ix.e.protections):
        if p.rating is None or p.signal is None:
            continue
        passes = p.rating * (tables().limiter_clips if p.type == "limiter" else 1.0)
        for k in ix.wires_of[p.signal]:
            w = ix.wire(k)
            kind, bundle = ix.wire_types[w.type], ix.bundles.get(w.bundle or "")
            if bundle is None or bundle.temperature is None or bundle.environment is None or kind.temperature is None:
                continue
            vacuum = bundle.environment == "vacuum"
            one = wire_current(kind.gauge, kind.material, kind.temperature, bundle.temperature, 1, vacuum)
            if one is None:
                continue
            limit = one * ix.parallel(k)
            text = (
                f"{p.type} {p.name} lets {passes:.3g} A through, wire {w.name} (AWG {kind.gauge} x "
                f"{ix.parallel(k)}) carries {limit:.3g} A alone"
            )
            yield at_most(f"protections.{i}.rating", passes, limit, text, "use a smaller rating or a thicker wire")


@rule("fuse.coordination")
def coordination(ix: Index) -> Iterator[Said]:
    """The protection nearest to the fault opens first."""
    ratio = tables().fuse_ratio
    for i, p in enumerate(ix.e.protections):
        for name in p.inputs:
            above = ix.protections.get(name)
            if above is None or p.rating is None or above.rating is None:
                continue
            text = f"{above.type} {name} of {above.rating:.4g} A is above {p.type} {p.name} of {p.rating:.4g} A"
            path = f"protections.{i}.rating"
            yield at_least(path, above.rating, ratio * p.rating, text, f"a ratio of {ratio:g} is needed")
            times = _opens(above, p)
            if times is None:
                continue
            slow, fast = times
            text = f"{name} holds a fault behind {p.name} for {1e3 * slow:.3g} ms, which opens in {1e3 * fast:.3g} ms"
            yield at_least(
                path,
                slow,
                tables().selectivity * fast,
                text,
                "twice as long is needed: choose a slower one above or a faster one below",
            )


def _opens(above: Protection, below: Protection) -> tuple[float, float] | None:
    """How long [s] the upper one holds, and the lower one takes to open, in a fault that the lower one sees alone."""
    fault = _fault(above, below)
    times = []
    for p in (above, below):
        if p.type == "limiter":
            if p.trip is None:
                return None
            times.append(p.trip)
        elif p.melting is None:
            return None
        else:
            times.append(p.melting / fault**2)
    return times[0], times[1]


def _fault(above: Protection, below: Protection) -> float:
    """Current [A]: what the limiters let through, else ten times the lower rating."""
    clips = [tables().limiter_clips * (p.rating or 0.0) for p in (above, below) if p.type == "limiter"]
    return min([*clips, 10.0 * (below.rating or 0.0)])


@rule("fuse.inrush")
def inrush(ix: Index) -> Iterator[Said]:
    """Switching a load on opens nothing."""
    for i, load in enumerate(ix.e.loads):
        p = ix.protections[load.feed]
        steady = load_current(ix, load)
        if load.inrush is None or load.inrush_time is None or p.rating is None:
            continue
        path, text = (
            f"loads.{i}.inrush",
            f"{load.name} draws {load.inrush:.3g} A for {1e3 * load.inrush_time:.3g} ms at first",
        )
        if steady is not None and load.inrush < steady:
            yield error(path, f"{text}, less than its steady {steady:.3g} A; correct one")
        elif p.type == "fuse" and p.melting is not None:
            limit = tables().inrush_share * p.melting
            value = load.inrush**2 * load.inrush_time
            text += f": {value:.3g} A²s, fuse {p.name} bears {limit:.3g} A²s"
            yield at_most(path, value, limit, text, "use a slower fuse or limit the inrush")
        elif p.type == "limiter" and p.trip is not None:
            took = load.inrush_time * max(load.inrush / p.rating, 1.0) if load.inrush > p.rating else 0.0
            text += f", limited to {p.rating:.3g} A for {1e3 * took:.3g} ms; {p.name} trips after {1e3 * p.trip:.3g} ms"
            yield at_most(path, took, p.trip, text, "use a larger class, or one that trips later")


@rule("fuse.melting")
def melting(ix: Index) -> Iterator[Said]:
    """A fuse's integral fits its rating, and only fuses have one; only limiters trip by time."""
    for i, p in enumerate(ix.e.protections):
        if p.type == "fuse" and p.trip is not None:
            yield error(f"protections.{i}.trip", f"{p.name} is a fuse and has a trip time; a fuse has 'melting'")
        if p.type == "limiter" and p.melting is not None:
            yield error(
                f"protections.{i}.melting", f"{p.name} is a limiter and has a melting integral; a limiter has 'trip'"
            )
        if p.type == "fuse" and p.melting is not None and p.rating:
            seconds = p.melting / p.rating**2
            text = f"{p.name}: {p.melting:.3g} A²s is {1e3 * seconds:.3g} ms at its rating of {p.rating:.3g} A, squared"
            low, high = tables().fuse_time
            if low <= seconds <= high:
                yield ok(f"protections.{i}.melting", text)
            else:
                yield error(
                    f"protections.{i}.melting",
                    f"{text}; {1e3 * low:g} to {1e3 * high:g} ms are usual for slow fuses: correct one",
                )
        if p.type == "limiter" and p.trip is not None:
            text = f"{p.name} trips after {1e3 * p.trip:.3g} ms"
            low, high = tables().limiter_trip
            if low <= p.trip <= high:
                yield ok(f"protections.{i}.trip", text)
            else:
                yield error(
                    f"protections.{i}.trip",
                    f"{text}; latching limiters trip after {1e3 * low:g} to {1e3 * high:g} ms: correct it",
                )


@rule("battery.energy")
def energy(ix: Index) -> Iterator[Said]:
    """A battery holds out to the last phase, within its depth of discharge."""
    for i, source in enumerate(ix.e.supplies):
        path = f"supplies.{i}.capacity"
        if source.type != "battery":
            for field in ("capacity", "depth_of_discharge"):
                if getattr(source, field) is not None:
                    yield error(
                        f"supplies.{i}.{field}", f"{source.name} is a ground supply and has a {field}; leave it out"
                    )
            continue
        taken = charge(ix, source)
        if taken is None:
            yield unknown(path, f"{source.name}: a load or the voltage is not stated, so the charge taken is not known")
        elif source.capacity is not None and source.depth_of_discharge is not None:
            limit = source.capacity * source.depth_of_discharge
            text = f"{source.name} gives {taken / 3600:.3g} A h over all phases, may give {limit / 3600:.3g} A h"
            text += (
                f" ({100 * source.depth_of_discharge:.0f} % of {source.capacity / 3600:.3g} A h), most of "
                f"it in '{_longest(ix, source)}'"
            )
            yield at_most(path, taken, limit, text, "use a larger battery, or stay longer on ground power")


def _longest(ix: Index, source: Source) -> str:
    """The phase that takes most of a source's charge."""
    taken = {p.name: (source_current(ix, source, k) or 0.0) * p.duration for k, p in enumerate(ix.e.phases)}
    return max(taken, key=lambda name: taken[name])


@rule("source.overload")
def overload(ix: Index) -> Iterator[Said]:
    """No source gives more than it can in any phase."""
    for i, source in enumerate(ix.e.supplies):
        if source.current is None:
            continue
        for k, phase in enumerate(ix.e.phases):
            current = source_current(ix, source, k)
            if current is None:
                yield unknown(
                    f"supplies.{i}.current", f"{source.name} in '{phase.name}': a load or the voltage is not stated"
                )
            elif phase.name in source.phases:
                text = f"{source.name} gives {current:.3g} A in '{phase.name}', can give {source.current:.3g} A"
                yield at_most(
                    f"supplies.{i}.current", current, source.current, text, "part the loads or use a larger source"
                )
