"""What the log is measured with is like what a gateway writes."""

import pytest

from gateway.bench.log_home import LEAF_BYTES, a_log_home, stored_bytes
from gateway.model.evidence import Committed, Part
from gateway.tlog.proof import LogProof


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with a_log_home(tmp_path_factory.mktemp("log")) as home:
        yield home


def test_a_decision_has_a_leaf_of_the_usual_length_and_all_that_goes_with_it(home):
    [draft] = home.decisions(1)
    assert abs(len(draft.leaf) - LEAF_BYTES) < 50
    assert set(draft.record.parts) == set(Part)
    assert draft.delivery
    assert draft.claim
    assert draft.subjects
    assert draft.concerns
    assert draft.leaf in stored_bytes(draft)
    assert draft.delivery.jwe in stored_bytes(draft)


def test_no_two_decisions_share_anything_that_is_unique(home):
    one, two = home.decisions(2)
    assert one.entry_id != two.entry_id
    assert one.claim.key != two.claim.key
    assert one.delivery.id != two.delivery.id


def test_it_grows_to_exactly_the_size_that_is_asked_for_and_never_shrinks(tmp_path):
    with a_log_home(tmp_path) as home:
        home.fill(300)
        assert home.reader.head().size == 300
        home.fill(50)
        assert home.reader.head().size == 300


def test_after_growing_proofs_hold_for_old_and_new_entries(home):
    home.fill(1300)
    [draft] = home.decisions(1)
    [fate] = home.appender().append([draft])
    assert isinstance(fate, Committed)
    proof = LogProof(fate.index, fate.proof, fate.checkpoint)
    assert home.check_proofs(draft, proof).size == home.reader.head().size


def test_beginnings_of_the_write_ahead_log_are_counted(home):
    home.appender().append(home.decisions(1))  # so that there is something to begin anew
    before = home.begin_wal()
    home.appender().append(home.decisions(1))
    assert home.wal_restarts() == before
    home.begin_wal()
    home.appender().append(home.decisions(1))
    assert home.wal_restarts() == before + 1
