"""Keeps invented exchanges out of a log that has real ones."""

from collections.abc import Collection, Mapping

from gateway.errors import StartRefused
from gateway.model.unit import Unit
from gateway.synthetic.keys import DemoKeys


def refuse_a_real_gateway(
    units: Mapping[str, Unit], concerned: Collection[str], keys: Mapping[str, DemoKeys]
) -> None:
    """Refuse a registry with a unit that is none of ours, or a log that concerns another one.

    Raises:
        StartRefused: It says which unit it is.
    """
    others = sorted(
        unit_id
        for unit_id in {*units, *concerned}
        if unit_id not in keys
        or (unit_id in units and units[unit_id].signing_key.kid != keys[unit_id].signer.kid)
    )
    if others:
        raise StartRefused(
            f"Dieses Gateway kennt andere Stellen als die erfundenen ({others[0]}): erfundene "
            "Vorgänge kommen nie in ein echtes Protokoll. (This gateway knows units other than "
            "the invented ones: invented exchanges never go into a real log.)"
        )
