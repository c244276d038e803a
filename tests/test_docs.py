"""The documentation is true: every key and verb is told, every default is right, every example loads."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from pathlib import Path

import pytest
import typer

from aggregator import config, errors, kinds
from aggregator.cli.program import VERBS, app
from aggregator.config.sections import (
    AuthSettings,
    DaemonSettings,
    FeedDefaults,
    FeedSettings,
    FetchSettings,
    ProfileTable,
    SiteSettings,
    StoreSettings,
    TargetTable,
    TransformTable,
)
from aggregator.types import Feed

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "config.example.toml"
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text()
CLI = (ROOT / "docs" / "cli.md").read_text()

SECTIONS = {
    "[site]": SiteSettings,
    "[daemon]": DaemonSettings,
    "[store]": StoreSettings,
    "[fetch]": FetchSettings,
    "[defaults]": FeedDefaults,
    "[feeds.NAME]": FeedSettings,
    "[[feeds.NAME.transforms]]": TransformTable,
    "[profiles.NAME]": ProfileTable,
    "[targets.NAME]": TargetTable,
}
KEYS = [(name, key) for name, model in SECTIONS.items() for key in model.model_fields]
VERBS_WITH_DB = [name for verbs in VERBS.values() for name, _, _ in verbs] + ["db backup", "db upgrade", "db check"]


def uncommented() -> str:
    """The example with every commented key in force."""
    return re.sub(r"(?m)^#(?=[a-z_]+ = )", "", EXAMPLE.read_text())


def told(value: object) -> str:
    """A default as the documentation writes it."""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, timedelta):
        units = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
        seconds = int(value.total_seconds())
        if not seconds:
            return '`"0s"`'
        unit, size = next((unit, size) for unit, size in units if seconds % size == 0 and seconds >= size)
        # Weeks and days are told in days, ninety seconds in seconds.
        return f'`"{seconds // size}{unit}"`'
    if isinstance(value, int):
        return f"`{value:_}`" if value >= 10_000 else f"`{value}`"
    if isinstance(value, tuple):
        return "`[]`" if not value else str(value)
    return f'`"{value}"`'


def rows(section: str) -> dict[str, list[str]]:
    """The rows of a section's table by key: type, default, meaning."""
    text = CONFIGURATION.split(f"\n## `{section}`", 1)[1].split("\n## ", 1)[0]
    cells = (line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| `"))
    return {row[0].strip(" `"): [cell.strip() for cell in row[1:]] for row in cells}


def test_the_example_loads():
    loaded = config.load(EXAMPLE)
    assert len(loaded.feed_names) >= 8
    assert all(loaded.feed(name).licence for name in loaded.feed_names)


def test_the_example_loads_with_every_key_in_force(tmp_path, monkeypatch):
    monkeypatch.setenv("EXAMPLE_API_KEY", "k")
    (tmp_path / "example-password").write_text("p")
    path = tmp_path / "config.toml"
    path.write_text(uncommented())
    loaded = config.load(path)
    assert loaded.feed("propublica").auth == ("nestor", "p")


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_the_example_mentions_every_key(section, key):
    assert re.search(rf"(?m)^#?(?:{key} = |\[\[(?:feeds|profiles)\..+\.{key}\]\])", EXAMPLE.read_text()), (
        f"{section} {key}"
    )


@pytest.mark.parametrize("key", [*AuthSettings.model_fields, "env", "file"])
def test_the_example_mentions_the_keys_of_inline_tables(key):
    assert re.search(rf"[{{,] {key} = ", EXAMPLE.read_text())


@pytest.mark.parametrize("key", kinds.load("targets", "site").Options.model_fields)
def test_the_example_mentions_every_option_of_the_embedded_blog(key):
    assert re.search(rf"(?m)^#?{key} = ", EXAMPLE.read_text())


def test_the_example_shows_the_defaults(tmp_path):
    """Commented keys say what holds without them, where they have a default that can be written down."""
    path = tmp_path / "config.toml"
    keys = "listen|workers|processes|stop_timeout|watch|keep_journal|floor|ceiling|host_pause|host_connections"
    keys += "|timeout|connect_timeout|feed_bytes|page_bytes|image_bytes|robots_bytes|redirects|robots|language|timezone|generator|spacing|parallel|order"
    keys += "|per_page|pictures|accent|index|feed_entries|every|rights|permission|extract|max_age|max_new|max_old|future|duplicates|lead|recheck|withdrawn|update|update_note|kind"
    path.write_text(re.sub(rf"(?m)^#(?=(?:{keys}) = )", "", EXAMPLE.read_text()))
    (tmp_path / "plain").mkdir()
    plain = tmp_path / "plain" / "config.toml"
    plain.write_text(EXAMPLE.read_text())
    written, without = config.load(path), config.load(plain)
    assert (written.daemon, written.fetch, written.site) == (without.daemon, without.fetch, without.site)
    assert written.targets == without.targets
    assert [written.feed(n) for n in written.feed_names] == [without.feed(n) for n in without.feed_names]


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_every_key_is_documented(section, key):
    if section == "[feeds.NAME]" and key in FeedDefaults.model_fields:
        section = "[defaults]"
    row = rows(section).get(key)
    assert row is not None, f"{section} {key}"
    assert len(row) == 3
    assert all(row)


@pytest.mark.parametrize("section", SECTIONS)
def test_nothing_is_documented_that_there_is_not(section):
    assert set(rows(section)) <= set(SECTIONS[section].model_fields)


@pytest.mark.parametrize(
    ("section", "model"), [(s, m) for s, m in SECTIONS.items() if "feeds" not in s and s != "[defaults]"]
)
def test_documented_defaults_are_right(section, model):
    for key, field in model.model_fields.items():
        default = rows(section)[key][1]
        if field.is_required():
            assert default == "required"
        elif field.default is None:
            assert default == "none"
        elif field.default == "":
            assert default in ("none", '`""`') or default.startswith("`site.")
        else:
            assert default == told(field.default), key


@pytest.mark.parametrize(
    ("key", "attribute"), [("every", None), ("rights", "rights"), ("permission", "rights_permission"), ("extract", "extract"), ("max_new", "max_new"), ("duplicates", "duplicates"), ("withdrawn", "withdrawn"), ("update", "update"), ("update_note", "update_note")]
)  # fmt: skip
def test_documented_defaults_of_feeds_are_right(key, attribute):
    built_in = Feed(name="a", url="https://a.example/")
    value = built_in.every.interval if attribute is None else getattr(built_in, attribute)
    assert rows("[defaults]")[key][1] == told(value)


@pytest.mark.parametrize(("page", "least"), [("configuration", 4), ("migrating", 3), ("examples/finished-post", 2)])
def test_the_examples_of_a_page_load(tmp_path, monkeypatch, page, least):
    monkeypatch.setenv("EXAMPLE_TOKEN", "t")
    monkeypatch.setenv("WP_PASSWORD", "abcd efgh ijkl mnop qrst uvwx")
    (tmp_path / "example-password").write_text("p")
    found = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / f"{page}.md").read_text(), re.S)
    assert len(found) >= least
    site, target = '[site]\ntitle = "x"\nbase_url = "https://x.example"\n', '[targets.blog]\nkind = "site"\n'
    for number, text in enumerate(found):
        path = tmp_path / f"{number}.toml"
        path.write_text(("" if "[site]" in text else site) + ("" if "[targets." in text else target) + text)
        config.load(path)


@pytest.mark.parametrize("verb", VERBS_WITH_DB)
def test_every_verb_is_documented_with_an_example(verb):
    assert f"\n### `wirecopy {verb}" in CLI
    part = CLI.split(f"\n### `wirecopy {verb}", 1)[1].split("\n### ", 1)[0]
    assert re.search(rf"```\n(?:.*\n)*?(?:.*\| )?(?:sudo )?wirecopy (?:--config \S+ )?{verb}", part), part


@pytest.mark.parametrize("verb", VERBS_WITH_DB)
def test_every_option_of_a_verb_is_documented_and_no_other(verb):
    command = typer.main.get_command(app)
    for name in verb.split():
        command = command.commands[name]
    options = {opt for param in command.params for opt in param.opts if opt.startswith("--")} - {"--help"}
    part = CLI.split(f"\n### `wirecopy {verb}", 1)[1].split("\n### ", 1)[0].split("\n## ", 1)[0]
    prose = re.sub(r"```.*?```", "", part, flags=re.S)
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", prose)) - {"--config", "--verbose"} == options


def test_the_commands_of_the_page_can_be_read():
    for block in re.findall(r"```\n(.*?)```", CLI, re.S):
        for line in block.splitlines():
            assert shlex.split(line.split(" | ")[0].split(" > ")[0].split(" && ")[0])
    assert app.info.name == "wirecopy"


def test_every_exit_code_is_documented():
    assert all(re.search(rf"(?m)^\| {code} \|", CLI) for code in (0, 1, 2, 130))


def test_every_error_stands_in_the_tree_at_the_top_of_its_module():
    names = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.AggregatorError)
    }
    assert all(name in (errors.__doc__ or "") for name in names)


#: The order of the pages of targets; what only one kind has to tell stands between.
SECTIONS_OF_A_TARGET = ["Options", "What is sent", "Once", "The owner's hand", "What it can't do"]


@pytest.mark.parametrize("kind", kinds.names("targets"))
def test_the_page_of_a_target_has_the_order_of_all_and_tells_its_rung(kind):
    page = (ROOT / "docs" / "targets" / f"{kind}.md").read_text()
    headings = [heading for heading in re.findall(r"(?m)^## (.+)$", page) if heading in SECTIONS_OF_A_TARGET]
    assert headings == SECTIONS_OF_A_TARGET
    [rung] = re.findall(r"(?m)^\*\*Rung: (gold|silver|bronze)\b", page)
    index = (ROOT / "docs" / "targets" / "index.md").read_text()
    assert re.search(rf"(?m)^\| \[`{kind}`\]\({kind}\.md\) \| {rung}\b", index)
