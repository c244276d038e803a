"""Commit and push: our files alone, whatever a person does in the same folder and whatever fails on the way."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from conformance import NO_MEDIA
from posting import key_of, make_post

from aggregator.errors import TryLaterError
from aggregator.targets.markdown import MarkdownTarget, Options, build
from aggregator.types import Site

SITE = Site(title="The Night Desk", base_url="https://news.example")
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    **{f"GIT_{who}_{what}": "person" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(folder: Path, *arguments: str) -> str:
    """Runs git as a person does."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A bare repository with one commit of a person's."""
    folder = tmp_path / "remote.git"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(folder))
    work = clone(folder, tmp_path / "first")
    (work / "hugo.toml").write_text("title = 'x'\n")
    (work / "about.md").write_text("About\n")
    git(work, "add", ".")
    git(work, "commit", "--quiet", "-m", "Begin")
    git(work, "push", "--quiet", "origin", "main")
    return folder


@pytest.fixture
def site(tmp_path: Path, remote: Path) -> Path:
    """The clone that we publish from."""
    return clone(remote, tmp_path / "site")


@pytest.fixture
def other(tmp_path: Path, remote: Path) -> Path:
    """The clone of somebody else."""
    return clone(remote, tmp_path / "other")


def clone(remote: Path, folder: Path) -> Path:
    git(remote.parent, "clone", "--quiet", str(remote), str(folder))
    return folder


def make_target(site: Path, **options: object) -> MarkdownTarget:
    chosen = {"profile": "hugo", "path": site.name, "git": options or {}}
    return build("static", Options.model_validate(chosen), site=SITE, folder=site.parent, http=None)  # type: ignore[arg-type]


async def publish(target: MarkdownTarget, *numbers: int, **changes: object) -> None:
    for number in numbers:
        await target.publish(make_post(number, **changes), media=NO_MEDIA, previous=None)
    await target.flush()


def shown(remote: Path) -> Mapping[str, str]:
    """The files at the remote, by path."""
    names = git(remote, "ls-tree", "-r", "--name-only", "main").splitlines()
    return {name: git(remote, "show", f"main:{name}") for name in names}


def subjects(folder: Path, branch: str = "main") -> list[str]:
    return git(folder, "log", "--format=%s", branch).splitlines()


def stories(remote: Path) -> list[str]:
    return sorted(name.split("/")[2].rsplit("-", 1)[0] for name in shown(remote) if name.startswith("content/"))


async def test_a_batch_is_one_commit_with_the_keys_as_trailers(site: Path, remote: Path) -> None:
    await publish(make_target(site), 1, 2)
    assert stories(remote) == ["story-1", "story-2"]
    assert subjects(remote) == ["Publish 2 posts", "Begin"]
    for number in (1, 2):
        assert (
            git(remote, "log", "--format=%s", f"--grep=^Wirecopy-Key: {key_of(number)}$", "main") == "Publish 2 posts"
        )
    assert git(remote, "log", "-1", "--format=%an <%ae>", "main") == "Wirecopy <wirecopy@localhost>"
    assert git(site, "status", "--porcelain") == ""
    assert git(site, "rev-parse", "HEAD") == git(remote, "rev-parse", "main")


async def test_the_same_again_makes_no_commit(site: Path, remote: Path) -> None:
    target = make_target(site)
    await publish(target, 1)
    await publish(target, 1)
    await target.flush()
    assert subjects(remote) == ["Publish " + make_post(1).slug, "Begin"]


async def test_a_withdrawal_is_committed(site: Path, remote: Path) -> None:
    target = make_target(site)
    await publish(target, 1, 2)
    await target.withdraw(make_post(1), None)
    await target.flush()
    assert stories(remote) == ["story-2"]
    assert subjects(remote)[0] == "Withdraw " + make_post(1).slug
    assert git(site, "status", "--porcelain") == ""


async def test_a_persons_changes_stay_where_they_are(site: Path, remote: Path) -> None:
    (site / "about.md").write_text("Changed, not staged\n")
    (site / "staged.md").write_text("staged\n")
    git(site, "add", "staged.md")
    (site / "content/posts/mine").mkdir(parents=True)
    (site / "content/posts/mine/index.md").write_text("untracked, in our folder\n")
    await publish(make_target(site), 1)
    assert set(shown(remote)) == {"about.md", "hugo.toml", f"content/posts/{make_post(1).slug}/index.html"}
    assert shown(remote)["about.md"] == "About"
    assert git(site, "status", "--porcelain").splitlines() == ["M about.md", "A  staged.md", "?? content/posts/mine/"]


async def test_a_remote_that_moved_on_gets_the_post_on_top(site: Path, remote: Path, other: Path) -> None:
    target = make_target(site)
    await publish(target, 1)
    git(other, "pull", "--quiet")
    (other / "about.md").write_text("Moved on\n")
    git(other, "commit", "--quiet", "-am", "Move on")
    git(other, "push", "--quiet")
    await publish(target, 2)
    assert stories(remote) == ["story-1", "story-2"]
    assert shown(remote)["about.md"] == "Moved on"
    assert (site / "about.md").read_text() == "Moved on\n"
    assert git(site, "status", "--porcelain") == ""


async def test_a_push_that_loses_a_race_is_made_again_on_the_new_tip(site: Path, remote: Path, other: Path) -> None:
    (other / "race.md").write_text("first\n")
    git(other, "add", ".")
    git(other, "commit", "--quiet", "-m", "Race")
    hook = site / ".git/hooks/pre-push"  # just before our push, once, somebody else's arrives
    hook.write_text(f"#!/bin/sh\nrm -f {hook}\nenv -u GIT_DIR git -C {other} push --quiet origin main\n")
    hook.chmod(0o755)
    await publish(make_target(site), 1)
    assert subjects(remote) == ["Publish " + make_post(1).slug, "Race", "Begin"]
    assert git(site, "status", "--porcelain") == ""


async def test_a_push_whose_answer_is_lost_is_not_made_twice(site: Path, remote: Path) -> None:
    hook = remote / "hooks/post-receive"  # the commit has arrived; its sender never learns
    hook.write_text(f"#!/bin/sh\nrm -f {hook}\nkill -9 $(ps -o ppid= -p $PPID) $PPID\n")
    hook.chmod(0o755)
    target = make_target(site)
    with pytest.raises(TryLaterError, match="push failed"):
        await publish(target, 1)
    assert stories(remote) == ["story-1"]
    await make_target(site).flush()
    assert subjects(remote) == ["Publish " + make_post(1).slug, "Begin"]
    assert git(site, "status", "--porcelain") == ""
    assert git(site, "rev-parse", "HEAD") == git(remote, "rev-parse", "main")


async def test_what_a_crash_left_uncommitted_is_committed_by_the_next_life(site: Path, remote: Path) -> None:
    await make_target(site).publish(make_post(1), media=NO_MEDIA, previous=None)
    assert stories(remote) == []
    await make_target(site).flush()
    assert stories(remote) == ["story-1"]


async def test_a_persons_commits_that_were_never_pushed_stay_theirs(site: Path, remote: Path) -> None:
    (site / "draft.md").write_text("not yet\n")
    git(site, "add", "draft.md")
    git(site, "commit", "--quiet", "-m", "A draft")
    target = make_target(site)
    await publish(target, 1)
    await publish(target, 2)
    assert stories(remote) == ["story-1", "story-2"]
    assert "draft.md" not in shown(remote)
    assert "A draft" in subjects(site)
    assert git(site, "status", "--porcelain") == ""
    git(site, "pull", "--quiet", "--rebase")
    git(site, "push", "--quiet")
    assert subjects(remote)[0] == "A draft"
    assert git(site, "status", "--porcelain") == ""


async def test_changes_of_a_person_that_are_in_the_way_are_named_and_kept(
    site: Path, remote: Path, other: Path
) -> None:
    (other / "about.md").write_text("Theirs\n")
    git(other, "commit", "--quiet", "-am", "Theirs")
    git(other, "push", "--quiet")
    (site / "about.md").write_text("Mine, uncommitted\n")
    target = make_target(site)
    with pytest.raises(TryLaterError, match="pushed, but the branch"):
        await publish(target, 1)
    assert stories(remote) == ["story-1"]
    assert (site / "about.md").read_text() == "Mine, uncommitted\n"
    git(site, "checkout", "--quiet", "about.md")
    await make_target(site).flush()
    assert git(site, "status", "--porcelain") == ""
    assert git(site, "rev-parse", "HEAD") == git(remote, "rev-parse", "main")


async def test_a_remote_that_is_away_loses_nothing(site: Path, remote: Path) -> None:
    away = remote.rename(remote.with_name("away.git"))
    target = make_target(site)
    with pytest.raises(TryLaterError, match="fetch failed"):
        await publish(target, 1)
    away.rename(remote)
    await publish(target, 2)
    assert stories(remote) == ["story-1", "story-2"]


async def test_an_empty_remote_gets_its_first_commit(tmp_path: Path) -> None:
    remote, site = tmp_path / "empty.git", tmp_path / "site"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(site))
    git(site, "remote", "add", "origin", str(remote))
    target = make_target(site)
    await publish(target, 1)
    await publish(target, 2)
    assert stories(remote) == ["story-1", "story-2"]
    assert git(site, "status", "--porcelain") == ""


async def test_without_push_commits_stay_here(site: Path, remote: Path) -> None:
    (site / "staged.md").write_text("staged\n")
    git(site, "add", "staged.md")
    await publish(make_target(site, push=False), 1)
    assert stories(remote) == []
    assert subjects(site)[0] == "Publish " + make_post(1).slug
    assert git(site, "status", "--porcelain") == "A  staged.md"


async def test_credentials_of_the_remote_are_not_told(site: Path) -> None:
    git(site, "remote", "set-url", "origin", "https://user:hunter2@127.0.0.1:1/x.git")
    with pytest.raises(TryLaterError) as caught:
        await publish(make_target(site), 1)
    assert "hunter2" not in str(caught.value)


async def test_a_check_tells_what_is_missing(site: Path, tmp_path: Path) -> None:
    assert await make_target(site).check() == []
    assert await make_target(site, remote="upstream").check() == ["the repository has no remote named upstream"]
    git(site, "checkout", "--quiet", "--detach")
    assert "no branch is checked out" in (await make_target(site).check())[0]
    bare = tmp_path / "no-repository"
    bare.mkdir()
    (bare / "hugo.toml").touch()
    assert "is in no git repository" in (await make_target(bare).check())[0]


async def test_a_site_below_the_repositorys_root_is_committed_there(site: Path, remote: Path, tmp_path: Path) -> None:
    (site / "www").mkdir()
    (site / "www/hugo.toml").touch()
    options = Options.model_validate({"profile": "hugo", "path": "site/www", "git": {}})
    target = build("static", options, site=SITE, folder=tmp_path, http=None)  # type: ignore[arg-type]
    await publish(target, 1)
    assert f"www/content/posts/{make_post(1).slug}/index.html" in shown(remote)


async def test_git_and_its_hooks_get_little_of_our_environment(
    site: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WP_PASSWORD", "sesame")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/keys")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    hook = site / ".git/hooks/pre-push"
    hook.write_text(f"#!/bin/sh\nenv > {tmp_path}/seen\n")
    hook.chmod(0o755)
    await publish(make_target(site, environment={"GIT_SSH_COMMAND": "ssh -i key"}), 1)
    seen = (tmp_path / "seen").read_text()
    assert "sesame" not in seen
    assert "SSH_AUTH_SOCK=/run/keys\n" in seen
    assert "GIT_SSH_COMMAND=ssh -i key\n" in seen
