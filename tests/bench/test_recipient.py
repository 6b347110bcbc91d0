"""The recipient acknowledges what it got, by id and digest, and counts it."""

import json
from hashlib import sha256

from gateway.bench.recipient import COUNTS, DELIVERIES, Taken


def a_delivery(delivery_id="a" * 32, jwe="h.k.i.c.t"):
    return json.dumps({"delivery_id": delivery_id, "jwe": jwe, "receipt": {}}).encode()


def test_a_delivery_is_acknowledged_with_the_digest_of_its_jwe():
    status, members = Taken().answer(DELIVERIES, a_delivery())
    assert status == 200
    assert members == {"delivery_id": "a" * 32, "jwe_sha256": sha256(b"h.k.i.c.t").hexdigest()}


def test_a_delivery_that_comes_again_is_a_repeat():
    taken = Taken()
    for delivery_id in ("a" * 32, "b" * 32, "a" * 32):
        taken.answer(DELIVERIES, a_delivery(delivery_id))
    assert taken.answer(COUNTS, b"")[1] == {"deliveries": 2, "repeats": 1, "others": 0}


def test_anything_else_is_taken_with_the_digest_of_its_body():
    taken = Taken()
    assert taken.answer("/v1/exchanges", b"{}") == (201, {"sha256": sha256(b"{}").hexdigest()})
    assert taken.answer(COUNTS, b"")[1]["others"] == 1
