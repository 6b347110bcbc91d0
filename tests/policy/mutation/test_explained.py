import pytest

from gateway.policy.mutation.explained import ExplanationsUnusable, read_explained

ROW = """[[survivor]]
path = "policies/a/a.rego"
where = "deny"
change = "dropped"
before = "input.x"
why = "It is asked again below."
"""


def test_a_row_is_found_by_what_was_changed(tmp_path):
    file = tmp_path / "x.toml"
    file.write_text(ROW)

    assert read_explained(file) == {
        ("policies/a/a.rego", "deny", "dropped", "input.x"): "It is asked again below."
    }


def test_a_file_without_rows_explains_nothing(tmp_path):
    file = tmp_path / "x.toml"
    file.write_text("# nothing\n")

    assert read_explained(file) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROW.replace("It is asked again below.", " "), "es fehlt why"),
        (ROW.replace('before = "input.x"\n', ""), "es fehlt before"),
        (ROW.replace('"dropped"', '"deleted"'), "`deleted` ist keine Änderung"),
        ("[[survivor", "nicht lesbar"),
    ],
)
def test_a_row_that_lacks_something_is_refused(tmp_path, text, said):
    file = tmp_path / "x.toml"
    file.write_text(text)

    with pytest.raises(ExplanationsUnusable, match=said):
        read_explained(file)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ExplanationsUnusable, match="nicht lesbar"):
        read_explained(tmp_path / "none.toml")
