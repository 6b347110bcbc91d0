"""The signed bundle that an OPA server pulls: built from a policy set, always the same bytes.

The form is OPA's (openpolicyagent.org/docs/management-bundles): a tar.gz with the modules, one
data document, a manifest whose revision is the policy digest, and the signature of all of them.
The bundle's root is the whole document tree: no other bundle and no call of OPA's API can put a
rule or a table beside it.
"""

import gzip
import io
import json
import tarfile
from hashlib import sha256
from typing import Any

from gateway.policy.policy_set import PolicySet
from gateway.ports import Signer
from gateway.tlog.encoding import encode_base64url

Json = Any

ALGORITHM = "ES256"
_MANIFEST, _DATA, _SIGNATURES = ".manifest", "data.json", ".signatures.json"
_REGO_VERSION = 1


def build_bundle(policy_set: PolicySet, signer: Signer) -> bytes:
    """Return the bundle of *policy_set*, signed with the P-256 key of *signer*."""
    manifest = {"revision": policy_set.digest, "rego_version": _REGO_VERSION, "roots": [""]}
    modules = {
        path.removeprefix("policies/"): source.encode()
        for path, source in sorted(policy_set.modules.items())
    }
    documents = {_DATA: hashed_form(dict(policy_set.data)), _MANIFEST: hashed_form(manifest)}
    files = {**documents, **modules}
    claims = {
        "files": [
            {"name": name, "hash": sha256(content).hexdigest(), "algorithm": "SHA-256"}
            for name, content in files.items()
        ]
    }
    signatures = json.dumps({"signatures": [_jwt(claims, signer)]}).encode()
    return _archive({**files, _SIGNATURES: signatures})


def hashed_form(document: Json) -> bytes:
    """Return the form of a JSON document over which OPA hashes it: compact, sorted, Go's escapes.

    The file in the bundle has the same bytes, so that the hash holds for both.
    """
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()


def _jwt(claims: Json, signer: Signer) -> str:
    parts = [encode_base64url(hashed_form(part)) for part in ({"alg": ALGORITHM}, claims)]
    signed = ".".join(parts)
    return f"{signed}.{encode_base64url(signer.sign(signed.encode('ascii')))}"


def _archive(files: dict[str, bytes]) -> bytes:
    """Pack *files* in their order, with nothing of this machine or this hour in it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)
