"""Building: once for a batch, and a post that breaks it neither stops the site nor is lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from conformance import NO_MEDIA
from posting import make_post

from aggregator.errors import BlockedError, PublishError, TryLaterError
from aggregator.targets.markdown import MarkdownTarget, Options
from aggregator.targets.markdown.finishing import PATIENCE
from aggregator.targets.markdown.pending import Change, Pending
from aggregator.types import Publication, Site

SITE = Site(title="The Night Desk", base_url="https://news.example")
#: A generator: it shows a page for each post, counts its runs, and stumbles over a word, telling where or not.
GENERATOR = """
printf x >> runs.txt
bad=$(grep -l stumble content/posts/*/index.html 2>/dev/null)
if [ -n "$bad" ]; then
    if [ "$1" = tell ]; then echo "can't read $bad" >&2; else echo "can't go on" >&2; fi
    exit 1
fi
if [ -e broken-theme ]; then echo "the theme is broken" >&2; exit 1; fi
: > shown.txt
for post in content/posts/*/index.html; do
    post=${post%/index.html}
    echo "${post##*/}" >> shown.txt
done
"""


class Blog:
    """A site with a generator of a few lines, and a clock that stands still unless told."""

    def __init__(self, folder: Path, *arguments: str, **options: object) -> None:
        self.folder = folder
        (folder / "hugo.toml").touch()
        (folder / "generate.sh").write_text(GENERATOR)
        command = ["sh", "generate.sh", *arguments]
        self.options = Options.model_validate({"profile": "hugo", "path": ".", "build": command, **options})
        self.time = 0.0
        self.target = self.open()

    def open(self) -> MarkdownTarget:
        """The target as a new life of the program would build it."""
        return MarkdownTarget("static", self.options, site=SITE, root=self.folder, clock=lambda: self.time)

    async def publish(self, *numbers: int, text: str = "fine", previous: Publication | None = None) -> Publication:
        for number in numbers:
            post = make_post(number, body=f"<p>{text}</p>")
            published = await self.target.publish(post, media=NO_MEDIA, previous=previous)
        return published

    @property
    def runs(self) -> int:
        """How often it was built."""
        path = self.folder / "runs.txt"
        return len(path.read_text()) if path.exists() else 0

    @property
    def shown(self) -> list[str]:
        """The posts that the built site shows."""
        return [name.rsplit("-", 1)[0] for name in (self.folder / "shown.txt").read_text().split()]

    def leftovers(self) -> list[str]:
        """What waits beside the posts."""
        return sorted(path.name for path in self.folder.glob("content/posts/*/.*"))


@pytest.fixture(params=[(), ("tell",)], ids=["silent", "telling"])
def blog(request: pytest.FixtureRequest, tmp_path: Path) -> Blog:
    return Blog(tmp_path, *request.param)


async def test_a_batch_is_built_once_and_nothing_new_not_at_all(blog: Blog) -> None:
    await blog.publish(1, 2, 3)
    await blog.target.flush()
    await blog.target.flush()
    assert blog.runs == 1
    assert blog.shown == ["story-1", "story-2", "story-3"]
    assert blog.leftovers() == []


async def test_a_post_that_breaks_the_build_is_named_and_the_others_are_shown(blog: Blog) -> None:
    await blog.publish(1, 2, 4, 5)
    await blog.publish(3, text="stumble")
    with pytest.raises(TryLaterError, match=make_post(3).slug):
        await blog.target.flush()
    assert blog.shown == ["story-1", "story-2", "story-4", "story-5"]
    assert blog.leftovers() == [".index.html.aside"]


async def test_several_posts_that_break_the_build_are_all_found(blog: Blog) -> None:
    await blog.publish(1, 3, 5)
    await blog.publish(2, 4, text="stumble")
    with pytest.raises(TryLaterError) as caught:
        await blog.target.flush()
    assert all(make_post(number).slug in str(caught.value) for number in (2, 4))
    assert blog.shown == ["story-1", "story-3", "story-5"]


async def test_what_broke_the_build_is_there_again_once_it_can_be_built(blog: Blog) -> None:
    await blog.publish(1)
    await blog.publish(2, text="stumble")
    with pytest.raises(TryLaterError):
        await blog.target.flush()
    generator = blog.folder / "generate.sh"
    generator.write_text(generator.read_text().replace("stumble", "no-such-word"))
    blog.time += PATIENCE[0]
    await blog.target.flush()
    assert blog.shown == ["story-1", "story-2"]
    assert blog.leftovers() == []


async def test_a_corrected_post_is_built_at_once(blog: Blog) -> None:
    first = await blog.publish(2, text="stumble")
    await blog.publish(1)
    with pytest.raises(TryLaterError):
        await blog.target.flush()
    await blog.publish(2, text="corrected", previous=first)
    await blog.target.flush()
    assert blog.shown == ["story-1", "story-2"]


async def test_a_failure_is_told_again_without_building_until_its_time_comes(blog: Blog) -> None:
    await blog.publish(1, text="stumble")
    with pytest.raises(TryLaterError) as first:
        await blog.target.flush()
    before = blog.runs
    with pytest.raises(TryLaterError) as second:
        await blog.target.flush()
    assert str(first.value) == str(second.value)
    assert blog.runs == before
    blog.time += PATIENCE[0]
    with pytest.raises(TryLaterError):
        await blog.target.flush()
    assert blog.runs > before


async def test_new_posts_are_built_while_a_bad_one_waits(blog: Blog) -> None:
    await blog.publish(1, text="stumble")
    with pytest.raises(TryLaterError):
        await blog.target.flush()
    before = blog.runs
    await blog.publish(2)
    with pytest.raises(TryLaterError, match=make_post(1).slug):
        await blog.target.flush()
    assert blog.runs == before + 1
    assert blog.shown == ["story-2"]


async def test_an_update_that_breaks_the_build_leaves_the_former_version_shown(blog: Blog) -> None:
    first = await blog.publish(1, text="the first version")
    await blog.target.flush()
    second = await blog.publish(1, text="stumble", previous=first)
    with pytest.raises(TryLaterError, match=make_post(1).slug):
        await blog.target.flush()
    assert "the first version" in (blog.folder / first.remote_id).read_text()
    found = await blog.target.find(make_post(1))
    assert found is not None
    assert found.pushed_hash == second.pushed_hash
    third = await blog.publish(1, text="the third version", previous=second)
    await blog.target.flush()
    assert "the third version" in (blog.folder / third.remote_id).read_text()
    assert blog.leftovers() == []


async def test_a_bad_post_that_is_withdrawn_is_gone_and_forgotten(blog: Blog) -> None:
    first = await blog.publish(1, text="stumble")
    await blog.publish(2)
    with pytest.raises(TryLaterError):
        await blog.target.flush()
    await blog.target.withdraw(make_post(1), first)
    await blog.target.flush()
    assert blog.shown == ["story-2"]
    assert [path.name for path in (blog.folder / "content/posts").iterdir()] == [make_post(2).slug]


async def test_a_site_that_is_broken_without_us_keeps_its_posts(blog: Blog) -> None:
    (blog.folder / "broken-theme").touch()
    await blog.publish(1, 2)
    with pytest.raises(TryLaterError, match=r"not even without the new posts.*the theme is broken"):
        await blog.target.flush()
    assert blog.leftovers() == []
    (blog.folder / "broken-theme").unlink()
    blog.time += PATIENCE[0]
    await blog.target.flush()
    assert blog.shown == ["story-1", "story-2"]


async def test_what_a_crash_left_unbuilt_is_built_by_the_next_life(blog: Blog) -> None:
    await blog.publish(1)
    blog.target = blog.open()
    await blog.target.flush()
    assert blog.shown == ["story-1"]


async def test_a_note_that_a_crash_cut_short_is_no_obstacle(blog: Blog) -> None:
    await blog.publish(1, 2)
    notes = blog.folder / ".wirecopy/static.jsonl"
    notes.write_text(notes.read_text()[:-20])
    blog.target = blog.open()
    await blog.publish(3)
    blog.target = blog.open()
    await blog.target.flush()
    assert blog.shown == ["story-1", "story-2", "story-3"]
    assert not notes.exists()


async def test_a_note_cut_short_hides_no_later_one(tmp_path: Path) -> None:
    pending = Pending(tmp_path, "static")
    changes = [Change(key=key, slug=key, file=key, paths=(key,), revision="1") for key in ("a", "b", "c")]
    for change in changes:
        pending.add(change)
    notes = tmp_path / ".wirecopy/static.jsonl"
    notes.write_text(notes.read_text()[:-20])
    Pending(tmp_path, "static").add(changes[0])
    assert list(Pending(tmp_path, "static").changes.values()) == [changes[1], changes[0]]


async def test_a_build_that_takes_too_long_is_ended_with_all_it_started(tmp_path: Path) -> None:
    blog = Blog(tmp_path, build=["sh", "-c", "sleep 60 & sleep 60"], timeout="1s")
    blog.options = blog.options.model_copy(update={"timeout": blog.options.timeout / 50})
    blog.target = blog.open()
    await blog.publish(1)
    with pytest.raises(TryLaterError, match="not done in time"):
        await blog.target.flush()


async def test_a_build_under_way_is_ended_when_the_target_is_closed(tmp_path: Path) -> None:
    blog = Blog(tmp_path, build=["sh", "-c", "touch begun; sleep 60"])
    await blog.publish(1)
    flushing = asyncio.ensure_future(blog.target.flush())
    while not (tmp_path / "begun").exists():
        await asyncio.sleep(0)
    await blog.target.close()
    with pytest.raises(TryLaterError, match="stopped"):
        await flushing
    assert (tmp_path / ".wirecopy/static.jsonl").exists()


async def test_a_program_that_is_not_there_blocks_the_target(tmp_path: Path) -> None:
    blog = Blog(tmp_path, build="no-such-generator --minify")
    assert await blog.target.check() == ["there is no program no-such-generator for the build"]
    await blog.publish(1)
    with pytest.raises(BlockedError, match="no-such-generator can't be run"):
        await blog.target.flush()


async def test_a_build_command_is_no_shell_line(tmp_path: Path) -> None:
    blog = Blog(tmp_path, build="touch 'one file; touch two'")
    await blog.publish(1)
    await blog.target.flush()
    assert (tmp_path / "one file; touch two").exists()
    assert not (tmp_path / "two").exists()


async def test_the_end_of_a_long_output_is_told(tmp_path: Path) -> None:
    blog = Blog(tmp_path, build=["sh", "-c", "yes filler | head -c 3000000; echo the last line; exit 3"])
    await blog.publish(1)
    with pytest.raises(PublishError, match=r"exit code 3(.|\n)*the last line") as caught:
        await blog.target.flush()
    assert len(str(caught.value)) < 3_000


async def test_a_build_gets_little_of_our_environment_and_what_is_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WP_PASSWORD", "sesame")
    blog = Blog(tmp_path, build=["sh", "-c", "env > seen"], environment={"NODE_ENV": "production"})
    await blog.publish(1)
    await blog.target.flush()
    seen = dict(line.split("=", 1) for line in (tmp_path / "seen").read_text().splitlines() if "=" in line)
    assert seen["NODE_ENV"] == "production"
    assert set(seen) <= {"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "NODE_ENV", "PWD", "SHLVL", "_", "OLDPWD"}


async def test_the_secrets_of_a_build_are_not_told_with_its_output(tmp_path: Path) -> None:
    blog = Blog(tmp_path, build=["sh", "-c", "echo $API_TOKEN; exit 3"], environment={"API_TOKEN": "sesame"})
    await blog.publish(1)
    with pytest.raises(PublishError, match=r"\*\*\*") as caught:
        await blog.target.flush()
    assert "sesame" not in str(caught.value)
