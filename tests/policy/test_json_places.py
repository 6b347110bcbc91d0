import json

from gateway.policy.json_places import lines_of

TEXT = """{
  "a": {"b": [1, "x",
    {"c": null}]},
  "d\\"e": -2.5e3,
  "f": [],

  "g": true
}
"""


def test_each_member_and_element_has_the_line_on_which_it_begins():
    assert lines_of(TEXT) == {
        (): 1,
        ("a",): 2,
        ("a", "b"): 2,
        ("a", "b", "0"): 2,
        ("a", "b", "1"): 2,
        ("a", "b", "2"): 3,
        ("a", "b", "2", "c"): 3,
        ('d"e',): 4,
        ("f",): 5,
        ("g",): 7,
    }


def test_what_is_written_in_one_line_has_that_line():
    text = json.dumps({"a": [{"b": 1}, 2]})

    assert set(lines_of(text).values()) == {1}
    assert ("a", "0", "b") in lines_of(text)


def test_of_a_text_that_is_no_json_the_places_before_the_fault_are_known():
    assert lines_of('{\n"a": 1,\n"b": ?')[("a",)] == 2
    assert lines_of("") == {(): 1}
