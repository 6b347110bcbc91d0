"""A partner has itself tested: the gateway looks, asks a sealed question, sends a trial."""

import json
from collections.abc import AsyncIterator
from typing import Any

from gateway.client.sender import Sender, SentAnswer
from gateway.errors import DependencyFailed
from gateway.sealing import PrivateKey, SealingFailed, unseal

Json = Any
Check = dict[str, Json]
_PATH = "/v1/self-test"


async def self_test(
    sender: Sender, decryption_key: PrivateKey | None, *, trial: bool
) -> AsyncIterator[Check]:
    """Give the gateway's checks, one after the other.

    With *decryption_key* its sealed question is answered; with *trial* it is asked to push a
    delivery to the unit's own endpoint.

    Raises:
        DependencyFailed: No answer came, or one that is no self-test.
    """
    found = await sender.get(_PATH)
    said = found.json()
    if not isinstance(said.get("checks"), list):
        raise DependencyFailed(f"instead of a self-test status {found.status} came")
    for check in said["checks"]:
        yield check
    question = said.get("challenge")
    if isinstance(question, dict) and decryption_key is not None:
        yield await _decryption(sender, question, decryption_key)
    if trial and found.status == 200:
        yield _check(await _post(sender, f"{_PATH}/delivery", {}))


async def _decryption(sender: Sender, question: dict[str, Json], key: PrivateKey) -> Check:
    try:
        opened = json.loads(unseal(str(question["jwe"]).encode("ascii"), key))
        answer = {"expires": question["expires"], "answer": opened["answer"]}
    except (SealingFailed, ValueError, KeyError, TypeError) as error:
        return {
            "check": "decryption",
            "ok": False,
            "de": f"Der eigene Schlüssel öffnet die Frage nicht: {error}.",
            "en": f"The own key does not open the question: {error}.",
            "todo": "Den öffentlichen Teil dieses Schlüssels eintragen lassen.",
            "todo_en": "Have the public part of this key registered.",
        }
    return _check(await _post(sender, str(question["answer_to"]), answer))


async def _post(sender: Sender, path: str, members: dict[str, Json]) -> SentAnswer:
    body = json.dumps(members).encode()
    return await sender.send_bytes(body, sender.sign(body, path=path), path)


def _check(answer: SentAnswer) -> Check:
    said = answer.json()
    if answer.status == 200 and "check" in said:
        return said
    raise DependencyFailed(f"status {answer.status}: {said.get('title_en', 'no check')}")
