"""One altered bit in a copy of the log, which the auditor must notice."""

from pathlib import Path

from gateway.demo.say import Narrator
from gateway.errors import LogRefused
from gateway.tlog.jwk import PublicKey
from gateway.verify import verify_export


class NotNoticed(Exception):
    """An altered copy was accepted."""


def alter_one_byte(folder: Path, root: PublicKey, say: Narrator) -> None:
    """Alter one bit of the copy in *folder*, show that it is refused, and put it right again.

    Raises:
        NotNoticed: The altered copy verified.
    """
    bundle = next((folder / "tile" / "entries").rglob("000*/*"), None)
    bundle = bundle or folder / "tile" / "entries" / "000"
    good = bundle.read_bytes()
    middle = len(good) // 2
    bundle.write_bytes(good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :])
    try:
        verify_export(folder, root)
    except LogRefused as refusal:
        say.line(
            f"[red]✗[/] Ein Bit in Byte {middle} geändert: abgelehnt. {refusal}",
            "One altered bit: refused, saying where.",
        )
    else:
        raise NotNoticed("an altered copy was accepted")
    finally:
        bundle.write_bytes(good)
    verify_export(folder, root)
