"""The configuration for the OPA server."""

import json
from pathlib import Path

from gateway.adapters.opa_bundle_server import LONGEST_WAIT_S
from gateway.adapters.opa_config import opa_config

CONFIG = json.loads(
    opa_config(
        "https://gateway:8444", Path("/ca"), Path("/crt"), Path("/key"), "PEM", Path("/kept")
    )
)


def test_only_a_bundle_with_the_right_signature_is_taken():
    (bundle,) = CONFIG["bundles"].values()
    assert CONFIG["keys"][bundle["signing"]["keyid"]] == {"algorithm": "ES256", "key": "PEM"}


def test_the_bundle_comes_over_mutual_tls_from_the_private_authority_alone():
    (service,) = CONFIG["services"].values()
    assert service["url"] == "https://gateway:8444"
    assert service["tls"] == {"ca_cert": "/ca", "system_ca_required": False}
    assert service["credentials"]["client_tls"] == {"cert": "/crt", "private_key": "/key"}


def test_there_is_no_decision_log_since_it_would_hold_inputs():
    assert CONFIG.keys() == {"services", "keys", "bundles", "persistence_directory"}


def test_new_rules_are_waited_for_as_long_as_the_gateway_lets_one_wait():
    (bundle,) = CONFIG["bundles"].values()
    assert bundle["polling"]["long_polling_timeout_seconds"] == LONGEST_WAIT_S
