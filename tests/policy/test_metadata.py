from gateway.adapters.rego_parser import parse_modules
from gateway.policy.metadata import Said, read_metadata

ONE = """package a

# METADATA
# title: Purpose missing
# custom:
#   id: GDPR-5-1B
#   reason: purpose_missing
#   de: Es fehlt ein Zweck.
#   en: A purpose is missing.
deny contains "x" if true
"""


def read(source):
    modules, _ = parse_modules([("policies/a/a.rego", source)])
    return read_metadata(modules[0])


def test_a_block_says_id_reason_and_both_sentences():
    (block,), findings = read(ONE)

    assert findings == []
    assert (block.path, block.line, block.title) == ("policies/a/a.rego", 3, "Purpose missing")
    assert block.reasons == (
        Said("GDPR-5-1B", "purpose_missing", "Es fehlt ein Zweck.", "A purpose is missing."),
    )


def test_a_block_may_say_several_reasons():
    source = """package a

# METADATA
# custom:
#   id: A-1
#   reasons:
#     - {reason: one, de: Eins., en: One.}
#     - {reason: two, de: Zwei., en: Two.}
#     - {id: A-2, reason: one, de: Drei., en: Three.}
r := 1
"""
    (block,), findings = read(source)

    assert findings == []
    assert [(said.rule, said.reason) for said in block.reasons] == [
        ("A-1", "one"),
        ("A-1", "two"),
        ("A-2", "one"),
    ]


def test_a_block_without_reason_says_none():
    (block,), findings = read("package a\n\n# METADATA\n# description: Only text.\nr := 1\n")

    assert findings == []
    assert block.reasons == ()


def test_a_sentence_that_is_missing_or_empty_is_a_finding():
    without = ONE.replace("#   en: A purpose is missing.\n", "").replace(
        "Es fehlt ein Zweck.", "''"
    )

    (block,), findings = read(without)

    assert block.reasons == ()
    assert [(f.line, f.de) for f in findings] == [
        (3, "In METADATA fehlt: custom.de."),
        (3, "In METADATA fehlt: custom.en."),
    ]


def test_broken_yaml_is_a_finding_with_its_line():
    broken = ONE.replace("# title: Purpose missing", "# title: Purpose: missing")

    blocks, (finding,) = read(broken)

    assert blocks == []
    assert finding.line == 4


def test_yaml_that_is_no_object_is_a_finding():
    _, (finding,) = read("package a\n\n# METADATA\n# - one\nr := 1\n")

    assert finding.line == 3


def test_yaml_cannot_make_python_objects():
    _, (finding,) = read("package a\n\n# METADATA\n# title: !!python/object:os.system x\nr := 1\n")

    assert "YAML" in finding.de


def test_a_comment_after_a_gap_is_not_part_of_the_block():
    source = ONE.replace("deny contains", "\n# not: part: of: it\ndeny contains")

    blocks, findings = read(source)

    assert findings == []
    assert len(blocks) == 1


def test_two_blocks_in_a_row_are_two():
    blocks, _ = read("package a\n\n# METADATA\n# title: A\n# METADATA\n# title: B\nr := 1\n")

    assert [(block.title, block.line) for block in blocks] == [("A", 3), ("B", 5)]


def test_a_block_inside_a_string_is_none():
    blocks, _ = read("package a\n\nr := `\n# METADATA\n# title: A\n`\n")

    assert blocks == []
