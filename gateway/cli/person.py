"""`datenschleuse person`: keys and cards of the people who govern."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.adapters.durable_file import write_file
from gateway.adapters.key_file import Algorithm, encrypted_pem, new_key, read_key_file
from gateway.cli.change import print_proposed
from gateway.cli.documents import read_document
from gateway.cli.open_governance import open_governance
from gateway.cli.passphrase import PassphraseFile, new_passphrase
from gateway.cli.signing import Key, open_key
from gateway.errors import KeysUnavailable, RegistryRefused
from gateway.model.person import Grant, Person, Role
from gateway.people import canonical_person, parse_person, person_key, scope_of
from gateway.tlog.encoding import decode_base64url

app = typer.Typer(
    help="Personen, die über Regeln und Register entscheiden. The people who govern.",
    no_args_is_help=True,
)
Home = Annotated[Path, typer.Option(help="Ordner des Gateways. The gateway's folder.")]
Reason = Annotated[str, typer.Option(help="Warum; steht im Protokoll. Why; is recorded.")]
_STATUS = {True: "aktiv (active)", False: "beendet (ended)"}
_ROLES = {
    Role.AUTHOR: ("schreibt Entwürfe für", "author for"),
    Role.APPROVER: ("stimmt ab für", "approver for"),
    Role.DPO: ("Datenschutzbeauftragte oder -beauftragter von", "DPO of"),
    Role.AUDITOR: ("prüft für", "auditor for"),
    Role.OFFICIAL: ("handelt für die Stelle", "official of the unit"),
    Role.OPERATOR: ("betreibt das Gateway", "operator"),
}


@app.command("key")
def make_key(
    out: Annotated[Path, typer.Option(help="Neue Datei für den Schlüssel. File to make.")],
    algorithm: Annotated[
        Algorithm, typer.Option(help="Art des Schlüssels. Kind of key.")
    ] = Algorithm.ED25519,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Legt einen Schlüssel unter einer Passphrase an. Makes a key under a passphrase.

    Example: datenschleuse person key --out anna.pem
    """
    if out.exists():
        raise KeysUnavailable(f"{out} gibt es schon (is there already)")
    passphrase = new_passphrase(f"Passphrase für (passphrase for) {out.name}", passphrase_file)
    _write_new(out, encrypted_pem(new_key(algorithm), passphrase), 0o600)
    made = read_key_file(out, lambda _what: passphrase)
    print(f"Der Schlüssel liegt in {out}. The key is in {out}.")
    print(f"  kid {made.kid}")
    print("Niemand kann eine vergessene Passphrase ersetzen. Nobody can replace a forgotten one.")


@app.command("card")
def write_card(
    key: Key,
    id: Annotated[str, typer.Option(help="Kennung: Kleinbuchstaben, Ziffern, Bindestriche. Id.")],
    name: Annotated[str, typer.Option(help="Name, wie er im Protokoll steht. Name.")],
    role: Annotated[
        list[str],
        typer.Option(
            metavar="ROLE[:FOR]",
            help="author, approver, dpo, auditor je mit :VERANTWORTLICHER (controller), "
            "official:STELLE (unit), operator; mehrfach möglich. Repeatable.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Neue Datei für die Karte. File to make.")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Schreibt die Karte einer Person: Name, Rollen, öffentlicher Schlüssel. Writes a card.

    The key signs once, so that nobody is enrolled with a key that does not work.

    Example: datenschleuse person card --key anna.pem --id anna --name "Anna Muster"
    --role approver:stadt --out anna.json
    """
    signer = open_key(key, passphrase_file)
    document = {
        "id": id,
        "name": name,
        "status": "active",
        "roles": [_role(text) for text in role],
        "key": {"kind": "key", "jwk": dict(signer.public_jwk)},
    }
    signer.sign(canonical_person(document))
    text = json.dumps(document, ensure_ascii=False, indent=2)
    _write_new(out, f"{text}\n".encode(), 0o644)
    print(f"Die Karte liegt in {out}. The card is in {out}.")
    _print_person(document)


@app.command("show")
def show_card(file: Path, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Zeigt eine Karte mit Prüfzahlen zum Vorlesen. Shows a card, to compare by telephone.

    Example: datenschleuse person show anna.json
    """
    document = read_document(file)
    if as_json:
        print(json.dumps({"sha256": _digest(document), "kid": parse_person(document).key.kid}))
        return
    _print_person(document)


@app.command()
def enrol(
    file: Path, home: Home, key: Key, reason: Reason, passphrase_file: PassphraseFile = None
) -> None:
    """Schlägt vor, eine Person aufzunehmen oder ihre Karte zu ersetzen. Proposes to enrol a person.

    It is in force when two others have agreed: `change sign`, then `change activate`. Compare
    the numbers of the card with the person before you vote (`person show`).

    Example: datenschleuse person enrol anna.json --home ./gateway --key me.pem
    --reason "Neue Freigabe für die Stadt"
    """
    document = read_document(file)
    person = parse_person(document)
    with open_governance(home) as opened:
        change = opened.governance.propose_registry(
            {person_key(person.id): document},
            open_key(key, passphrase_file),
            title=f"{person.name} aufnehmen oder Karte ersetzen",
            reason=reason,
        )
        print_proposed(opened.governance, change)


@app.command()
def end(
    person_id: str, home: Home, key: Key, reason: Reason, passphrase_file: PassphraseFile = None
) -> None:
    """Beendet die Rollen einer Person sofort. Ends a person at once; one alone may do this.

    What they signed before and is not in force yet counts no more. Two who may vote must remain.

    Example: datenschleuse person end anna --home ./gateway --key me.pem --reason "Ausgeschieden"
    """
    with open_governance(home) as opened:
        known = opened.governance.log.documents().get(person_key(person_id))
        if known is None:
            raise RegistryRefused(f"{person_id}: keine solche Person (no such person)")
        index = opened.governance.alone(
            {person_key(person_id): {**json.loads(known), "status": "ended"}},
            open_key(key, passphrase_file),
            title=f"{person_id} beenden",
            reason=reason,
        )
    print(f"{person_id} ist beendet (Eintrag {index}). {person_id} has ended.")


@app.command("list")
def list_people(home: Home, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Zeigt, wer über Regeln und Register entscheidet. Lists the people who govern.

    Example: datenschleuse person list --home ./gateway
    """
    with open_governance(home) as opened:
        people = sorted(opened.governance.people().values(), key=lambda person: person.id)
    if as_json:
        print(json.dumps([_row(person) for person in people], ensure_ascii=False))
        return
    for person in people:
        print(f"{person.id}: {_legible(person.name)}, {_STATUS[person.active]}")
        _print_roles(person)


def _row(person: Person) -> dict[str, Any]:
    roles = [{"role": it.role.value, "of": it.of} for it in sorted(person.grants, key=_order)]
    return {"id": person.id, "active": person.active, "kid": person.key.kid, "roles": roles}


def _write_new(path: Path, data: bytes, mode: int) -> None:
    """Write a new file durably.

    Raises:
        KeysUnavailable: It is there already, or cannot be written.
    """
    try:
        write_file(path, data, mode)
    except FileExistsError as error:
        raise KeysUnavailable(f"{path} gibt es schon (is there already)") from error
    except OSError as error:
        raise KeysUnavailable(
            f"{path}: kann nicht geschrieben werden (cannot be written): {error.strerror}"
        ) from error


def _role(text: str) -> dict[str, str]:
    role, colon, of = text.partition(":")
    if role not in list(Role):
        raise RegistryRefused(f"--role {text}: {', '.join(Role)}")
    scope = scope_of(Role(role))
    if (scope is None) is bool(colon):
        wanted = role if scope is None else f"{role}:{scope.upper()}"
        raise RegistryRefused(f"--role {text}: gemeint ist (is written) {wanted}")
    return {"role": role} if scope is None else {"role": role, scope: of}


def _digest(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_person(document)).hexdigest()


def _print_person(document: Mapping[str, Any]) -> None:
    digest, person = _digest(document), parse_person(document)
    print(f"{_legible(person.name)} [{person.id}], {_STATUS[person.active]}")
    _print_roles(person)
    print("Am Telefon vergleichen (compare by telephone):")
    _print_number("Karte (card)", digest)
    number = decode_base64url(person.key.kid, RegistryRefused).hex()
    _print_number(f"davon der Schlüssel (the key in it), kid {person.key.kid}", number)


def _print_roles(person: Person) -> None:
    for grant in sorted(person.grants, key=_order):
        de, en = _ROLES[grant.role]
        print(f"  {de} ({en})" if grant.of is None else f"  {de} ({en}): {grant.of}")


def _legible(text: str) -> str:
    """Escape what a terminal would obey or hide: a card may come from anyone."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def _order(grant: Grant) -> tuple[int, str]:
    return list(Role).index(grant.role), grant.of or ""


def _print_number(what: str, digits: str) -> None:
    """Print 64 hex digits in groups of four, as they are read aloud."""
    print(f"  {what}")
    groups = [digits[at : at + 4] for at in range(0, len(digits), 4)]
    for line in (groups[:8], groups[8:]):
        print(f"    {' '.join(line)}")
