"""Examines what decides: rules in force, confirmed norms, registered units, stops, the engine."""

import time
from collections.abc import Iterator, Mapping

from sqlalchemy import Engine

from gateway.adapters.sql_nodes import SqlNodes
from gateway.adapters.sql_policy_sets import SqlPolicySets
from gateway.doctor.diagnosis import Diagnosis, bad, note, well
from gateway.engines import engine_for
from gateway.errors import DependencyFailed, PolicySetRefused, PolicyUnavailable, StartRefused
from gateway.model.stop import Stop
from gateway.model.unit import Unit
from gateway.policy.confirmations import confirmed_of, demo_of, unread_norms
from gateway.policy.loading import policy_set_of
from gateway.policy.policy_set import PolicySet
from gateway.settings import Settings
from gateway.stops import scope_words


def examine_rules(engine: Engine, in_force: str) -> tuple[PolicySet | None, Diagnosis]:
    """Load the rules that the head of the log names, as they are stored."""
    try:
        policy_set = policy_set_of(SqlPolicySets(engine).read(in_force))
    except (PolicySetRefused, DependencyFailed) as error:
        return None, bad(
            "rules",
            f"In Kraft ist das Regelwerk {in_force[:12]}…; es wird nicht geladen: {error}",
            f"In force is the policy set {in_force[:12]}…; it is not loaded: {error}",
            "Die Datenbank aus der Sicherung zurückholen lassen: ein Regelwerk wird beschlossen, "
            "nicht hineinkopiert.",
            "Have the database restored from its backup: a policy set is voted on, not copied in.",
        )
    return policy_set, well(
        "rules",
        f"In Kraft ist das Regelwerk {in_force[:12]}…; es ist unverändert gespeichert.",
        f"In force is the policy set {in_force[:12]}…; it is stored unaltered.",
    )


def examine_nodes(engine: Engine, in_force: str) -> Iterator[Diagnosis]:
    """Say by which rules each running process decides."""
    nodes = SqlNodes(engine).live()
    late = [node.process for node in nodes if node.active != in_force]
    if late:
        yield bad(
            "nodes",
            f"Diese Prozesse haben die Regeln, die gelten, nicht geladen und lehnen alles ab: "
            f"{', '.join(late)}.",
            f"These processes have not loaded the rules in force, and refuse everything: "
            f"{', '.join(late)}.",
            "Im technischen Protokoll des Prozesses nach policy_set_not_loaded sehen; er versucht "
            "es von selbst wieder.",
            "Look for policy_set_not_loaded in the technical log of the process; it tries again "
            "by itself.",
        )
        return
    yield well(
        "nodes",
        f"{len(nodes)} Prozesse entscheiden, alle nach den Regeln, die gelten.",
        f"{len(nodes)} processes decide, all by the rules in force.",
    )


def examine_norms(policy_set: PolicySet, units: Mapping[str, Unit]) -> Iterator[Diagnosis]:
    """Look for legal bases that nobody has read in full for a controller, or only for a demo."""
    norms = policy_set.data["norms"]
    confirmed, unread = confirmed_of(norms), unread_norms(policy_set.data)
    controllers = sorted({unit.controller for unit in units.values() if unit.active})
    missing = {
        name: [
            f"{norm} ({unread[norm]})"
            for norm in sorted(unread.keys() - confirmed.get(name, {}).keys())
        ]
        for name in controllers
    }
    demo = {name: found for name, found in demo_of(norms).items() if name in controllers}
    if any(missing.values()):
        said = _listed(missing)
        yield note(
            "norms",
            f"Nicht im Wortlaut bestätigt, und deshalb keine Rechtsgrundlage: {said}.",
            f"Wording not confirmed, and so no legal basis: {said}.",
            "Den Wortlaut lesen und die Bestätigung in policies/norms/confirmations eintragen "
            "lassen, oder es dabei belassen: dann wird abgelehnt.",
            "Read the wording and have the confirmation entered in policies/norms/confirmations, "
            "or leave it: then it is denied.",
        )
    if demo:
        yield note(
            "norms",
            f"Bestätigungen, die nur für die Vorführung gelten: {_listed(demo)}.",
            f"Confirmations that are for the demonstration only: {_listed(demo)}.",
            "Vor dem echten Betrieb durch Bestätigungen der Verantwortlichen ersetzen.",
            "Replace them by confirmations of the controllers before real use.",
        )
    if not demo and not any(missing.values()):
        yield well(
            "norms", "Jede Rechtsgrundlage ist bestätigt.", "Every legal basis is confirmed."
        )


def _listed(norms: Mapping[str, list[str]]) -> str:
    return "; ".join(f"{name}: {', '.join(found)}" for name, found in norms.items() if found)


def examine_units(units: Mapping[str, Unit]) -> Iterator[Diagnosis]:
    """Look for units that should receive, and cannot."""
    without = sorted(
        unit.id
        for unit in units.values()
        if unit.active and unit.may_receive and unit.encryption_key is None
    )
    if without:
        yield note(
            "units",
            f"Sollen empfangen und haben keinen Schlüssel: {', '.join(without)}.",
            f"Should receive and have no encryption key: {', '.join(without)}.",
            "Den öffentlichen Schlüssel der Stelle eintragen (`datenschleuse unit add`).",
            "Register the unit's public key (`datenschleuse unit add`).",
        )
        return
    active = sum(unit.active for unit in units.values())
    yield well("units", f"{active} Stellen sind aktiv.", f"{active} units are active.")


def examine_stops(stops: Mapping[str, Stop]) -> Iterator[Diagnosis]:
    """Name what people have halted: nothing of it is decided or delivered."""
    for stop in sorted(stops.values(), key=lambda stop: (stop.since, stop.id)):
        german, english = scope_words(stop)
        yield note(
            "stops",
            f"Angehalten von {stop.by}: {german}. Grund: {stop.reason}",
            f"Stopped by {stop.by}: {english}. Reason: {stop.reason}",
            f"`datenschleuse stop --lift {stop.id[:12]}` schlägt vor, es aufzuheben; zwei "
            "Menschen stimmen zu.",
            f"`datenschleuse stop --lift {stop.id[:12]}` proposes to lift it; two people agree.",
        )
    if not stops:
        yield well("stops", "Nichts ist angehalten.", "Nothing is stopped.")


async def examine_engine(policy_set: PolicySet, settings: Settings) -> Diagnosis:
    """Start an engine with the rules, and let it decide once."""
    try:
        engine = engine_for(settings, serves=False)
    except StartRefused as error:
        return bad(
            "engine",
            f"Die Einstellungen der Regelmaschine passen nicht: {error}.",
            f"The settings of the policy engine do not fit: {error}.",
            "deploy/runbooks/opa-server.md befolgen.",
            "Follow deploy/runbooks/opa-server.md.",
        )
    try:
        await engine.start(policy_set)
        begun = time.perf_counter()
        await engine.decide(policy_set.digest, {})
        took_ms = round((time.perf_counter() - begun) * 1000, 1)
    except PolicyUnavailable as error:
        return bad(
            "engine",
            f"Die Regelmaschine entscheidet nicht: {error}.",
            f"The policy engine does not decide: {error}.",
            "`datenschleuse policy check` ausführen; ist das Regelwerk gut, die Installation der "
            "Maschine prüfen (make setup) oder den OPA-Server (deploy/runbooks/opa-server.md).",
            "Run `datenschleuse policy check`; if the rules are good, check the installation of "
            "the engine (make setup) or the OPA server (deploy/runbooks/opa-server.md).",
        )
    finally:
        await engine.close()
    return well(
        "engine",
        f"Die Regelmaschine {engine.name} entscheidet ({took_ms} ms).",
        f"The policy engine {engine.name} decides ({took_ms} ms).",
    )
