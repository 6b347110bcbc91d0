"""The hashes that a proof asks for are those of the level, and no more than there are."""

from gateway.adapters.sql_hashes import hash_reader
from gateway.tlog.merkle import leaf_hash, node_hash
from tests.gateways import FIRST_ENTRIES, SqlGateway


async def test_level_0_is_the_hashes_of_the_entries(sql_gateway: SqlGateway) -> None:
    with sql_gateway.database.begin() as connection:
        read = hash_reader(connection)
        leaves = [leaf_hash(entry.leaf) for entry in sql_gateway.reader.entries(0, FIRST_ENTRIES)]
        assert read(0, 1, 3) == leaves[1:3]
        assert read(0, 0, 256) == leaves


async def test_higher_levels_are_whole_tiles_of_the_level_below(sql_gateway: SqlGateway) -> None:
    for draft in await sql_gateway.drafts(260):
        await sql_gateway.ports.log.append(draft)
    nodes = [leaf_hash(entry.leaf) for entry in sql_gateway.reader.entries(0, 256)]
    while len(nodes) > 1:
        nodes = [node_hash(*nodes[pair : pair + 2]) for pair in range(0, len(nodes), 2)]
    with sql_gateway.database.begin() as connection:
        read = hash_reader(connection)
        assert read(1, 0, 256) == nodes
        assert read(1, 256, 512) == read(2, 0, 256) == []
