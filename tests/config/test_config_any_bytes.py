"""Whatever a file holds, it is a configuration or a list of complaints."""

from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.config import load, warnings
from aggregator.errors import ConfigError

EXAMPLE = (Path(__file__).parents[2] / "config.example.toml").read_text()
KEYS = st.sampled_from(
    "site feeds targets groups defaults fetch store daemon a url kind transforms headers auth every".split()
)
VALUES = st.recursive(
    st.one_of(
        st.sampled_from(
            ["7", "-1", "1.5", "nan", "true", "1979-05-27", "'x'", "''", "'1h'", "'https://a.example/'", "'site'"]
        ),
        st.text("ab {}[]'\"\\\n\u202e\x00=#", max_size=5).map(repr),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
        st.dictionaries(KEYS, inner, max_size=3).map(
            lambda d: "{" + ", ".join(f"{k} = {v}" for k, v in d.items()) + "}"
        ),
    ),
    max_leaves=6,
)


def survives(path, content):
    path.write_bytes(content)
    with suppress(ConfigError):
        warnings(load(path))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(KEYS, VALUES), max_size=6), st.booleans())
def test_any_values_at_any_keys(tmp_path, pairs, good):
    lines = [f"{key} = {value}" for key, value in dict(pairs).items()]
    head = "[feeds.a]\nurl = 'https://b.example/'\n" if good else ""
    survives(tmp_path / "config.toml", (head + "\n".join(lines)).encode())


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(EXAMPLE)), st.integers(0, 40), st.binary(max_size=8))
def test_any_damage_to_a_good_file(tmp_path, at, length, other):
    content = EXAMPLE.encode()
    survives(tmp_path / "config.toml", content[:at] + other + content[at + length :])
