"""Configuration files, written for one test each."""

import pytest

from aggregator.config import load
from aggregator.errors import ConfigError

HEAD = """\
[site]
title = "Site Nestor"
base_url = "http://127.0.0.1:8080"

[targets.blog]
kind = "config_kinds.shelf"
path = "public"
"""


@pytest.fixture
def write(tmp_path):
    """Writes a file out of a good head and more, and answers its path."""

    def write(more="", *, head=HEAD):
        path = tmp_path / "config.toml"
        content = head + more if isinstance(more, str) else more
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def problems(write):
    """What is wrong with a file: ``{key: "line message (hint)"}``."""

    def problems(more="", *, head=HEAD):
        with pytest.raises(ConfigError) as caught:
            load(write(more, head=head))
        assert all(line.startswith(caught.value.path) for line in str(caught.value).splitlines())
        return {p.key: f"{p.line} {p.message} ({p.hint})" for p in caught.value.problems}

    return problems
