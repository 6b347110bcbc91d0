from gateway.policy.data_places import DataPlaces, dotted

FILES = {
    "policies/necessity/NOTE/data.json": b'{\n "OFFICE": {\n  "text": {"need": "needed"}\n }\n}',
    "policies/norms/data.json": b'{"LAW-1": {}}',
}
PLACES = DataPlaces(FILES)


def test_a_place_has_the_file_that_it_came_from_and_its_line():
    where = ("necessity", "NOTE", "OFFICE", "text", "need")

    assert PLACES.of(where) == ("policies/necessity/NOTE/data.json", 3)
    assert PLACES.of(("norms", "LAW-1")) == ("policies/norms/data.json", 1)


def test_what_is_not_there_has_the_line_of_the_nearest_above_it():
    assert PLACES.of(("necessity", "NOTE", "OFFICE", "x", "y")) == (
        "policies/necessity/NOTE/data.json",
        2,
    )


def test_a_table_that_no_file_has_stands_in_the_folder():
    assert PLACES.of(("members", "NOTE")) == ("policies", 0)


def test_a_place_is_written_as_rules_write_it():
    assert dotted(("norms", "LAW-1")) == "data.norms.LAW-1"
