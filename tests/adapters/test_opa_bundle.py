"""The signed bundle: the same bytes for the same rules, and every file under the signature."""

import io
import json
import tarfile
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jws
from joserfc.jwk import ECKey

from gateway.adapters.file_signer import FileSigner
from gateway.adapters.opa_bundle import build_bundle, hashed_form
from tests.policy.sets import a_policy_set

SIGNER = FileSigner(ec.generate_private_key(ec.SECP256R1()))
DIGEST = "7" * 64


class FixedSigner:
    """ES256 draws a number each time; this signer does not, so that bytes can be compared."""

    kid = "fixed"
    public_jwk = SIGNER.public_jwk

    def sign(self, data):
        return sha256(data).digest() * 2


def files_in(bundle):
    with tarfile.open(fileobj=io.BytesIO(bundle), mode="r:gz") as archive:
        return {entry.name: archive.extractfile(entry).read() for entry in archive}


def claims_in(files):
    (token,) = json.loads(files[".signatures.json"])["signatures"]
    verified = jws.deserialize_compact(
        token, ECKey.import_key(dict(SIGNER.public_jwk)), algorithms=["ES256"]
    )
    return json.loads(verified.payload)


def test_the_revision_is_the_policy_digest_and_the_root_is_everything():
    manifest = json.loads(files_in(build_bundle(a_policy_set(digest=DIGEST), SIGNER))[".manifest"])

    assert manifest == {"revision": DIGEST, "rego_version": 1, "roots": [""]}


def test_every_file_but_the_signature_is_signed_with_its_hash():
    files = files_in(build_bundle(a_policy_set(data={"ü": ["🚓", 1]}), SIGNER))
    signatures = {".signatures.json": files[".signatures.json"]}

    signed = {row["name"]: (row["hash"], row["algorithm"]) for row in claims_in(files)["files"]}

    assert signed == {
        name: (sha256(content).hexdigest(), "SHA-256")
        for name, content in files.items()
        if name not in signatures
    }
    assert set(signed) == {".manifest", "data.json", "exchange/main/main.rego"}


def test_no_rego_test_is_in_the_bundle():
    a_set = a_policy_set(tests={"policies/exchange/main/main_test.rego": "package x_test"})

    assert "exchange/main/main_test.rego" not in files_in(build_bundle(a_set, SIGNER))


def test_the_same_rules_give_the_same_bytes():
    first, second = (build_bundle(a_policy_set(), FixedSigner()) for _ in range(2))

    assert first == second


@pytest.mark.parametrize(
    ("document", "form"),
    [
        ({"b": 1, "a": [True, None, "ä"]}, '{"a":[true,null,"ä"],"b":1}'),
        ("<&>", '"<&>"'),
        ("\u2028\u2029", '"\\u2028\\u2029"'),
        ('"\\\n\x01', '"\\"\\\\\\n\\u0001"'),
        ({"ä": 1, "z": 2, "🚓": 3, "\uffff": 4}, '{"z":2,"ä":1,"\uffff":4,"🚓":3}'),
    ],
)
def test_documents_are_hashed_in_the_form_of_opa(document, form):
    assert hashed_form(document) == form.encode()
