"""The configuration that the OPA server is started with: where the bundle is, who signed it."""

import json
from pathlib import Path

from gateway.adapters.opa_bundle import ALGORITHM
from gateway.adapters.opa_bundle_server import BUNDLE, LONGEST_WAIT_S, PATH

KEY_ID = "datenschleuse-bundle"


def opa_config(
    url: str, ca: Path, certificate: Path, key: Path, bundle_key: str, persistence: Path
) -> str:
    """Return the file for `opa run --server --config-file`; JSON is YAML, too.

    *ca*, *certificate* and *key* are files of the OPA's machine, *bundle_key* is a public key
    as PEM. There is no decision log in it: OPA's would write every input.
    """
    configuration = {
        "services": {
            "gateway": {
                "url": url,
                "tls": {"ca_cert": str(ca), "system_ca_required": False},
                "credentials": {"client_tls": {"cert": str(certificate), "private_key": str(key)}},
            }
        },
        "keys": {KEY_ID: {"algorithm": ALGORITHM, "key": bundle_key}},
        "bundles": {
            BUNDLE: {
                "service": "gateway",
                "resource": PATH.lstrip("/"),
                "persist": True,
                "signing": {"keyid": KEY_ID},
                "polling": {
                    "min_delay_seconds": 1,
                    "max_delay_seconds": 2,
                    "long_polling_timeout_seconds": LONGEST_WAIT_S,
                },
            }
        },
        "persistence_directory": str(persistence),
    }
    return json.dumps(configuration, indent=2) + "\n"
