"""The machine's facts say what figures depend on."""

import json

from gateway.bench.machine import machine_facts
from gateway.bench.processes import Cores


def test_facts_are_json_and_name_cores_versions_and_file_system(tmp_path):
    facts = json.loads(json.dumps(machine_facts(Cores(1, 0), tmp_path)))
    assert facts["core_measured"] == 1
    assert facts["core_beside"] == 0
    assert facts["python"].startswith("3.")
    assert facts["file_system"]
    assert all(facts["packages"].values())
