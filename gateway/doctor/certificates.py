"""Examines the certificates of TLS: dates, chain, name, key."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from gateway.doctor.diagnosis import Diagnosis, bad, note, well
from gateway.settings import Settings

_SOON_S = 30 * 86_400
_RENEW = (
    "Neues Zertifikat ausstellen lassen und eintragen; danach die Prozesse neu starten.",
    "Have a new certificate issued and set; then start the processes again.",
)


def examine_certificates(settings: Settings, now: int) -> Iterator[Diagnosis]:
    """Look at the gateway's own certificate, and at the authorities that it trusts."""
    try:
        chain = _read(settings.tls_certificate)
        key = load_pem_private_key(settings.tls_key.read_bytes(), password=None).public_key()
    except (OSError, ValueError, TypeError) as error:
        yield bad(
            "tls",
            f"Zertifikat oder Schlüssel sind nicht zu lesen: {type(error).__name__}.",
            f"Certificate or key cannot be read: {type(error).__name__}.",
            "tls_certificate und tls_key in gateway.toml prüfen (PEM, Zertifikat zuerst).",
            "Check tls_certificate and tls_key in gateway.toml (PEM, certificate first).",
        )
    else:
        yield _own(chain, now)
        yield _chain(chain)
        yield _name(chain[0], settings.public_url)
        spki = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        if chain[0].public_key().public_bytes(*spki) != key.public_bytes(*spki):
            yield bad(
                "tls_key",
                "Der Schlüssel gehört nicht zum Zertifikat.",
                "The key does not belong to the certificate.",
                *_RENEW,
            )
    for name, file in (("client_ca", settings.client_ca), ("partner_ca", settings.partner_ca)):
        yield _authorities(name, file, now)


def _own(chain: list[x509.Certificate], now: int) -> Diagnosis:
    begins = max(int(one.not_valid_before_utc.timestamp()) for one in chain)
    ends = min(int(one.not_valid_after_utc.timestamp()) for one in chain)
    day = datetime.fromtimestamp(ends, UTC).date().isoformat()
    german, english = (
        f"Das Zertifikat (mit seiner Kette) gilt bis {day}.",
        f"The certificate (with its chain) is valid until {day}.",
    )
    if not begins <= now < ends:
        return bad("tls", german, english, *_RENEW)
    if ends - now < _SOON_S:
        return note("tls", german, english, *_RENEW)
    return well("tls", german, english)


def _chain(chain: list[x509.Certificate]) -> Diagnosis:
    for one, issuer in pairwise(chain):
        try:
            one.verify_directly_issued_by(issuer)
        except (InvalidSignature, ValueError, TypeError):
            return bad(
                "tls_chain",
                "In der Kette stammt ein Zertifikat nicht von dem, das danach steht.",
                "In the chain a certificate is not issued by the one after it.",
                "tls_certificate neu zusammenstellen: das eigene Zertifikat, dann sein Aussteller.",
                "Put tls_certificate together anew: the own certificate, then its issuer.",
            )
    return well(
        "tls_chain",
        f"Zertifikate in der Kette: {len(chain)}, jedes vom nächsten ausgestellt.",
        f"Certificates in the chain: {len(chain)}, each issued by the next.",
    )


def _name(certificate: x509.Certificate, public_url: str) -> Diagnosis:
    host = urlsplit(public_url).hostname or ""
    names = _names(certificate)
    wildcard = f"*.{host.partition('.')[2]}"
    if host in names or wildcard in names:
        return well(
            "tls_name",
            f"Das Zertifikat gilt für {host}.",
            f"The certificate is valid for {host}.",
        )
    return bad(
        "tls_name",
        f"Das Zertifikat gilt nicht für {host}, unter dem die Partner die Datenschleuse rufen.",
        f"The certificate is not valid for {host}, by which partners call the gateway.",
        *_RENEW,
    )


def _names(certificate: x509.Certificate) -> set[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    addresses = {str(address) for address in found.get_values_for_type(x509.IPAddress)}
    return {*found.get_values_for_type(x509.DNSName), *addresses}


def _authorities(name: str, file: Path, now: int) -> Diagnosis:
    try:
        found = _read(file)
    except (OSError, ValueError) as error:
        return bad(
            name,
            f"{name} ist nicht zu lesen: {type(error).__name__}.",
            f"{name} cannot be read: {type(error).__name__}.",
            f"{name} in gateway.toml prüfen: eine PEM-Datei mit den Ausstellern der Partner.",
            f"Check {name} in gateway.toml: a PEM file with the issuers of the partners.",
        )
    over = [one for one in found if int(one.not_valid_after_utc.timestamp()) <= now]
    if len(over) == len(found):
        return bad(
            name,
            f"Alle Aussteller in {name} sind abgelaufen.",
            f"All issuers in {name} have expired.",
            "Die neuen Aussteller der Partner eintragen.",
            "Set the new issuers of the partners.",
        )
    if over:
        return note(
            name,
            f"{len(over)} von {len(found)} Ausstellern in {name} sind abgelaufen.",
            f"{len(over)} of {len(found)} issuers in {name} have expired.",
            "Abgelaufene Aussteller entfernen.",
            "Remove the expired ones.",
        )
    return well(
        name, f"{name} nennt {len(found)} gültige Aussteller.", f"{name}: {len(found)} issuers."
    )


def _read(file: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(file.read_bytes())
