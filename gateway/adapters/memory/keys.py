"""The ports `BucketKeys` and `SubjectKeys` in memory."""

import secrets
from dataclasses import dataclass, field

from gateway.errors import KeysUnavailable

_BYTES = 32


@dataclass(slots=True)
class MemoryKeys:
    """Keys in dictionaries. While `broken`, none can be read or made."""

    broken: bool = False
    _buckets: dict[str, bytes] = field(default_factory=dict, repr=False)
    _subjects: dict[str, bytes] = field(default_factory=dict, repr=False)

    def bucket_key(self, bucket: str) -> bytes:
        return self._get_or_make(self._buckets, bucket)

    def existing_bucket_key(self, bucket: str) -> bytes | None:
        self._work()
        return self._buckets.get(bucket)

    def subject_key(self, controller: str, year: int) -> tuple[str, bytes]:
        key_id = f"{controller}.{year}"
        return key_id, self._get_or_make(self._subjects, key_id)

    def destroy(self, bucket: str) -> None:
        """Remove the key of *bucket*: what it wraps can never be opened again."""
        del self._buckets[bucket]

    def _get_or_make(self, keys: dict[str, bytes], name: str) -> bytes:
        self._work()
        return keys.setdefault(name, secrets.token_bytes(_BYTES))

    def _work(self) -> None:
        if self.broken:
            raise KeysUnavailable("the keys cannot be reached")
