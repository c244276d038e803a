"""The program as a whole: help, exit codes, errors without tracebacks."""

import os
import subprocess
import sys

import pytest

from aggregator import __version__
from aggregator.cli.program import VERBS

ALL = sorted({name for verbs in VERBS.values() for name, _, _ in verbs} | {"db"})


def test_the_verbs_are_those_that_were_promised():
    assert (
        sorted(
            "run once demo check feeds entries posts outbox explain preview parse extract discover add import export"
            " release retry withdraw db service story merge split diff".split()
        )
        == ALL
    )


@pytest.mark.parametrize("verb", [*ALL, "db backup", "db upgrade", "db check"])
def test_the_help_of_each_verb_says_what_it_does_and_shows_examples(wirecopy, verb):
    ended = wirecopy(*verb.split(), "--help")
    assert ended.code == 0
    assert "Examples" in ended.out
    assert f"wirecopy {verb}" in " ".join(ended.out.split()) or f"{verb.split()[0]}" in ended.out


def test_help_comes_at_once_since_nothing_heavy_is_imported():
    code = """
import contextlib, io, sys
from aggregator.cli import main
said = io.StringIO()
with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
    main(["--help"])
assert "wirecopy" in said.getvalue()
heavy = "PIL alembic apscheduler babel feedparser httpx jinja2 lxml nh3 pydantic sqlalchemy starlette trafilatura uvicorn"
print(sorted(set(heavy.split()) & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def test_the_version_is_told(wirecopy):
    ended = wirecopy("--version")
    assert (ended.code, ended.out) == (0, f"wirecopy {__version__}\n")


@pytest.mark.parametrize(
    "arguments", [["frobnicate"], ["entries", "--bogus"], ["explain"], ["entries", "--limit", "x"]]
)
def test_wrong_usage_ends_with_2(wirecopy, config, arguments):
    ended = wirecopy(*arguments)
    assert ended.code == 2
    assert ended.err


def test_a_missing_configuration_ends_with_2_and_says_what_to_do(wirecopy):
    ended = wirecopy("check")
    assert ended.code == 2
    assert ended.err.startswith("config.toml: there is no such configuration file")
    assert ended.out == ""


def test_every_problem_of_a_configuration_stands_on_a_line_of_its_own(wirecopy, config):
    config.write_text(config.read_text() + "evry = '1h'\n[feeds.b]\nurl = 7\n")
    ended = wirecopy("check")
    assert ended.code == 2
    assert ended.err.splitlines() == [
        'config.toml: line 19: feeds.gazette.evry: unknown key (did you mean "every"?)',
        "config.toml: line 21: feeds.b.url: must be text in quotes, not a whole number",
    ]


@pytest.mark.parametrize("content", [b"\x00\xff\xfe" * 40, b"[feeds\nurl = ", b"", b"feeds = 7\npublish = [1,2]\n"])
@pytest.mark.parametrize("verb", ["run", "once", "check", "entries"])
def test_a_broken_configuration_ends_each_verb_with_2(wirecopy, tmp_path, content, verb):
    (tmp_path / "config.toml").write_bytes(content)
    ended = wirecopy(verb)
    assert ended.code == 2
    assert all(line.startswith("config.toml: ") for line in ended.err.splitlines())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["config.toml"]


def test_the_configuration_is_named_by_option_or_environment(wirecopy, config, tmp_path, monkeypatch):
    other = config.rename(tmp_path / "other.toml")
    assert wirecopy("--config", other, "export").code == 0
    assert wirecopy("-c", other, "export").code == 0
    monkeypatch.setenv("WIRECOPY_CONFIG", str(other))
    assert wirecopy("export").code == 0


def test_a_store_that_can_not_be_used_ends_with_1(wirecopy, config, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "wirecopy.db").write_bytes(b"this is no database, not at all" * 100)
    ended = wirecopy("entries")
    assert ended.code == 1
    assert ended.err.startswith("wirecopy: ")
    assert "Traceback" not in ended.err


def test_a_closed_pipe_is_no_error_worth_a_traceback(config, store):
    code = f"{sys.executable} -m aggregator entries --json | head -c 1"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(code, shell=True, capture_output=True, cwd=config.parent, env=environment, check=False)
    assert done.stdout == b"{"
    assert b"Traceback" not in done.stderr
