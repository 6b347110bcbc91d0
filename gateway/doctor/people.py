"""Examines who may decide: whether enough people can vote, for every controller that sends."""

from collections.abc import Iterator

from gateway.doctor.diagnosis import Diagnosis, bad, note, well
from gateway.lifecycle.votes import VOTES
from gateway.model.person import Role
from gateway.model.unit import RegistrySnapshot


def examine_people(registry: RegistrySnapshot) -> Iterator[Diagnosis]:
    """Look for controllers for which nobody, or one person alone, may vote.

    One vote is an author's or a lost key away from none: what releases more of that controller's
    data could then never be decided.
    """
    voters = [person for person in registry.people.values() if person.holds(Role.APPROVER)]
    if len(voters) < VOTES:
        yield bad(
            "people",
            f"Es dürfen {len(voters)} abstimmen; ohne {VOTES} wird nichts beschlossen.",
            f"{len(voters)} may vote; without {VOTES} nothing is decided.",
            "Die Datenbank aus der Sicherung zurückholen lassen: unter zwei sinkt ihre Zahl nie "
            "durch eine Änderung.",
            "Have the database restored from its backup: no change makes them fewer than two.",
        )
        return
    controllers = sorted({unit.controller for unit in registry.units.values()})
    speaking = {
        name: sum(name in person.of(Role.APPROVER) for person in voters) for name in controllers
    }
    without = [name for name, count in speaking.items() if not count]
    single = [name for name, count in speaking.items() if count == 1]
    if without:
        yield note(
            "people",
            f"Niemand stimmt ab für: {', '.join(without)}.",
            f"Nobody votes for: {', '.join(without)}.",
            "Eine Freigebende oder einen Freigebenden eintragen lassen (`datenschleuse person "
            "enrol`); vorher gibt niemand mehr von ihren Daten frei.",
            "Have an approver enrolled (`datenschleuse person enrol`); until then nobody releases "
            "more of their data.",
        )
    if single:
        yield note(
            "people",
            f"Nur ein Mensch stimmt ab für: {', '.join(single)}.",
            f"One person alone votes for: {', '.join(single)}.",
            "Einen zweiten Menschen eintragen lassen: wer vorschlägt, stimmt nicht ab, und ein "
            "Schlüssel geht verloren.",
            "Have a second person enrolled: whoever proposes does not vote, and keys get lost.",
        )
    if not without and not single:
        yield well(
            "people",
            f"{len(voters)} Menschen dürfen abstimmen, für jeden Verantwortlichen zwei.",
            f"{len(voters)} people may vote, two for each controller.",
        )
