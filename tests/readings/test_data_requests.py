"""What a requester is told depends on the time alone; pages go on where the last one ended."""

from gateway.adapters.clock import moment_at
from gateway.readings.data_requests import answer_at, list_requests
from tests.asking import asked
from tests.builders import NOW, a_caller, the_policies
from tests.gateways import SqlGateway, a_memory_gateway


def test_before_its_time_there_is_no_answer_and_then_always_the_same() -> None:
    policies = the_policies()
    said = [answer_at(NOW, moment_at(NOW + after), policies) for after in (-1, 0, 1, 10**7)]

    assert said[0] == {"state": "open", "answer": None}
    assert said[1:] == [{"state": "answered", "answer": policies.data["neutral"]["answer"]}] * 3


async def test_a_page_begins_after_the_one_before() -> None:
    gateway = await a_memory_gateway()
    ids = [(await asked(gateway, "polizei", holder="ordnungsamt")).exchange_id for _ in range(3)]
    await gateway.submit()

    first = await list_requests(a_caller(), -1, 2, gateway.ports, the_policies())
    rest = await list_requests(a_caller(), first["next"], 2, gateway.ports, the_policies())

    found = [row["request"]["request_id"] for row in (*first["requests"], *rest["requests"])]
    assert (found, first["more"], rest["more"]) == (ids, True, False)


async def test_a_request_whose_record_is_gone_says_so(sql_gateway: SqlGateway) -> None:
    await asked(sql_gateway, "polizei", holder="ordnungsamt")
    for key in (sql_gateway.home / "keys" / "buckets").iterdir():
        key.unlink()

    listed = await list_requests(a_caller(), -1, 50, sql_gateway.ports, the_policies())

    assert [row.get("erased") for row in listed["requests"]] == [True]
