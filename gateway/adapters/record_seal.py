"""Encrypts the parts of a record, so that erasing a key erases the record (DESIGN 5.6).

AES-256-GCM under a fresh key for each record; the nonce is the number of the part, which is
safe because the key is used for one record only. The record's key is wrapped (AES-256-GCM,
random nonce) by the key of its bucket: controller, log class and month of erasure.
"""

import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.errors import KeysUnavailable
from gateway.model.evidence import Part, SealedRecord
from gateway.ports import BucketKeys

_KEY_BYTES = 32
_NONCE_BYTES = 12
_NUMBER = {part: number for number, part in enumerate(Part)}


class RecordSeal:
    """Seals and opens records with the bucket keys of a vault."""

    def __init__(self, keys: BucketKeys) -> None:
        self._keys = keys

    def seal(self, entry_id: str, bucket: str, parts: Mapping[Part, str]) -> SealedRecord:
        """Encrypt disclosures; the entry's id and the part's name are authenticated with them.

        Raises:
            KeysUnavailable: The bucket's key can be neither read nor made.
        """
        fresh = secrets.token_bytes(_KEY_BYTES + _NONCE_BYTES)
        key, nonce = fresh[:_KEY_BYTES], fresh[_KEY_BYTES:]
        cipher = AESGCM(key)
        wrapper = _cipher(self._keys.bucket_key(bucket))
        return SealedRecord(
            bucket=bucket,
            wrapped_key=nonce + wrapper.encrypt(nonce, key, _context(entry_id, bucket)),
            parts={
                part: cipher.encrypt(_nonce(part), text.encode(), _context(entry_id, part.value))
                for part, text in parts.items()
            },
        )

    def open(
        self, entry_id: str, bucket: str, wrapped_key: bytes, parts: Mapping[Part, bytes]
    ) -> dict[Part, str]:
        """Decrypt *parts*; an empty result means that the bucket's key was destroyed.

        Raises:
            KeysUnavailable: A key or a part was altered.
        """
        bucket_key = self._keys.existing_bucket_key(bucket)
        if bucket_key is None:
            return {}
        try:
            key = AESGCM(bucket_key).decrypt(
                wrapped_key[:_NONCE_BYTES], wrapped_key[_NONCE_BYTES:], _context(entry_id, bucket)
            )
            cipher = AESGCM(key)
            return {
                part: cipher.decrypt(_nonce(part), sealed, _context(entry_id, part.value)).decode()
                for part, sealed in parts.items()
            }
        except (InvalidTag, ValueError) as error:  # ValueError: cut off
            raise KeysUnavailable(f"the record of entry {entry_id} does not open") from error


def _cipher(key: bytes) -> AESGCM:
    try:
        return AESGCM(key)
    except ValueError as error:
        raise KeysUnavailable("a bucket's key does not have its length") from error


def _nonce(part: Part) -> bytes:
    return _NUMBER[part].to_bytes(_NONCE_BYTES)


def _context(entry_id: str, name: str) -> bytes:
    return f"datenschleuse-record-v1\n{entry_id}\n{name}".encode()
