"""The options of files for generators: what can't be is told, what can be is documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conformance import NO_MEDIA
from posting import make_post
from pydantic import BaseModel, ValidationError

from aggregator import config
from aggregator.targets.markdown import GitOptions, MarkdownTarget, Options, build
from aggregator.targets.markdown.profiles import PROFILES
from aggregator.types import Site

PAGE = (Path(__file__).parents[2] / "docs/targets/markdown.md").read_text()
SITE = Site(title="The Night Desk", base_url="https://news.example")


def make_target(folder: Path, profile: str, **options: object) -> MarkdownTarget:
    """A target over a folder that looks like a Hugo site."""
    (folder / "hugo.toml").touch()
    chosen = Options.model_validate({"profile": profile, "path": ".", **options})
    return build("static", chosen, site=SITE, folder=folder, http=lambda _: pytest.fail("no network is needed"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"posts": "../elsewhere"},
        {"posts": "/etc"},
        {"permalink": "/posts/"},
        {"permalink": "posts/{slug}/"},
        {"permalink": "/../{slug}/"},
        {"permalink": "/{title}/{slug}/"},
        {"permalink": "/{slug}/?x"},
        {"build": "hugo 'unclosed"},
        {"build": 3},
        {"front_matter": {"bad key": 1}},
        {"front_matter": {"a": {"b": 1}}},
        {"git": {"author": "no mail"}},
        {"git": {"remote": "--upload-pack=evil"}},
        {"profile": "zola"},
        {"no_such_option": 1},
    ],
)
def test_options_that_can_not_be_are_told(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Options.model_validate({"profile": "hugo", "path": ".", **wrong})


async def test_categories_and_further_fields_stand_in_the_front_matter(tmp_path: Path) -> None:
    target = make_target(tmp_path, "hugo", categories=["News", "{source}"], front_matter={"type": "wire", "toc": False})
    published = await target.publish(make_post(1), media=NO_MEDIA, previous=None)
    text = (tmp_path / published.remote_id).read_text()
    assert '\ncategories:\n- "News"\n- "The Paper"\n' in text
    assert '\ntype: "wire"\ntoc: false\n' in text


@pytest.mark.parametrize(
    ("name", "settings", "told"),
    [
        ("hugo.toml", "title = 'x'", True),
        ("hugo.toml", "[markup.goldmark.renderer]\nunsafe = true", False),
        ("config.yaml", "markup: {goldmark: {renderer: {unsafe: true}}}", False),
        ("config/_default/markup.json", '{"goldmark": {"renderer": {"unsafe": true}}}', False),
    ],
)
async def test_a_hugo_that_would_leave_html_out_is_told(tmp_path: Path, name: str, settings: str, told: bool) -> None:
    target = make_target(tmp_path, "hugo", content="markdown")
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(settings)
    assert bool(await target.check()) == told
    assert await make_target(tmp_path, "hugo").check() == []


async def test_a_folder_that_is_no_site_is_told(tmp_path: Path) -> None:
    target = make_target(tmp_path, "hugo")
    (tmp_path / "hugo.toml").unlink()
    assert await target.check() == [f"{tmp_path} does not look like a site of hugo: there is no hugo.toml"]


@pytest.mark.parametrize(("model", "part"), [(Options, "## Options"), (GitOptions, "## git")])
def test_every_option_is_documented_and_no_other(model: type[BaseModel], part: str) -> None:
    text = PAGE.split(f"\n{part}\n", 1)[1].split("\n## ", 1)[0].split("| Profile |", 1)[0]
    assert set(re.findall(r"(?m)^\| `(\w+)` \|", text)) == set(model.model_fields)


def test_every_profile_is_documented_as_it_is() -> None:
    rows = dict(re.findall(r"(?m)^\| `(\w+)` \| `([^`]+)` \| `", PAGE.split("| Profile |", 1)[1].split("\n\n", 1)[0]))
    assert rows == {name: profile.posts for name, profile in PROFILES.items()}
    assert all(f"`{profile.permalink}`" in PAGE for profile in PROFILES.values())


def test_the_examples_of_the_page_load(tmp_path: Path) -> None:
    examples = [text for text in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL) if "[targets.news]" in text]
    assert len(examples) == 6
    for text in examples:
        path = tmp_path / "config.toml"
        path.write_text('[site]\ntitle = "x"\nbase_url = "https://x.example"\n' + text)
        assert config.load(path).targets["news"].kind == "markdown"
