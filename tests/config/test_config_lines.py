"""Where a key stands, in every form that TOML has."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from aggregator.config.lines import key_at, locate

TEXT = '''\
# a comment with [brackets] and "quotes
top = 1
"quoted key" = 2

[table]   # a comment
a.b = "x # no comment"
text = """
[not.a.table]
k = 1 \\""" still
"""
raw = \'\'\'
[nor.this] \'\'
\'\'\'

[ spaced . "dotted.name" ]
list = [
  1, # one
  { x = 1,   y = [ 2 ] },
  "]",
]
date = 1979-05-27 07:32:00

[[many]]
n = 1
[many.inner]
k = 1
[[many]]
n = 2
[[many.deep]]
z = true
'''


def test_tables_keys_and_elements_have_their_lines():
    assert locate(TEXT) == {
        ("top",): 2,
        ("quoted key",): 3,
        (): 2,
        ("table",): 5,
        ("table", "a"): 6,
        ("table", "a", "b"): 6,
        ("table", "text"): 7,
        ("table", "raw"): 11,
        ("spaced",): 15,
        ("spaced", "dotted.name"): 15,
        ("spaced", "dotted.name", "list"): 16,
        ("spaced", "dotted.name", "list", 0): 17,
        ("spaced", "dotted.name", "list", 1): 18,
        ("spaced", "dotted.name", "list", 1, "x"): 18,
        ("spaced", "dotted.name", "list", 1, "y"): 18,
        ("spaced", "dotted.name", "list", 1, "y", 0): 18,
        ("spaced", "dotted.name", "list", 2): 19,
        ("spaced", "dotted.name", "date"): 21,
        ("many",): 23,
        ("many", 0): 23,
        ("many", 0, "n"): 24,
        ("many", 0, "inner"): 25,
        ("many", 0, "inner", "k"): 26,
        ("many", 1): 27,
        ("many", 1, "n"): 28,
        ("many", 1, "deep"): 29,
        ("many", 1, "deep", 0): 29,
        ("many", 1, "deep", 0, "z"): 30,
    }


def test_the_paths_are_those_that_the_reader_of_toml_sees():
    def paths(value, path=()):
        yield path
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, part in inner:
            yield from paths(part, (*path, key))

    assert set(paths(tomllib.loads(TEXT))) == set(locate(TEXT))


@given(st.text(alphabet="[]{}=.,#\"'\\ab\n 1", max_size=60))
def test_any_text_is_survived(text):
    assert all(line >= 1 for line in locate(text).values())
    key_at(text, 1)


def test_the_key_of_a_broken_line_is_found():
    assert key_at("[feeds.a]\nurl = 'x'\nevery = 1h", 3) == "feeds.a.every"
    assert key_at("[feeds.a]\n[feeds.b\n", 2) == "feeds.b"
    assert key_at("", 1) == ""
