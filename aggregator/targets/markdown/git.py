"""Commits and pushes the files of our posts, and nothing else, whatever a person is doing in the same folder.

A commit is made of the tip of the branch at the remote with our files put into it, by an index of its own; so there
is nothing to merge, and no change of a person's, committed or not, goes along. When the remote has moved on
meanwhile, the same is done again on its new tip. Whether an earlier push has arrived is seen there: then nothing is
left to commit. Afterwards the checked-out branch follows, as far as a person's own changes let it.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aggregator.errors import BlockedError, TryLaterError
from aggregator.targets.markdown.pending import Change
from aggregator.targets.markdown.programs import Programs
from aggregator.targets.shared import programs
from aggregator.targets.shared.programs import Ended, Environment

TRIES = 5  #: pushes, each on a newer tip
TRAILER = "Wirecopy-Key"
#: What git needs of our environment besides what every program gets: keys, settings and the way out. What one of its
#: own hooks would have set (GIT_DIR, GIT_INDEX_FILE …) is not among it.
INHERITED = (
    *("SSH_AUTH_SOCK", "XDG_CONFIG_HOME", "https_proxy", "HTTPS_PROXY", "http_proxy", "no_proxy", "NO_PROXY"),
    *("GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_ASKPASS", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"),
    *("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH"),
)
_CREDENTIALS = re.compile(r"//[^/@\s]*@")
_REFUSED = ("[rejected]", "[remote rejected]", "fetch first", "non-fast-forward")
#: A reference of our own: what a person fetches, or has told git to fetch, stays apart from it.
_UPSTREAM = "refs/wirecopy/upstream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """Where commits go and who makes them."""

    name: str
    push: bool
    author: str
    mail: str
    environment: Environment  #: further variables, as configured
    timeout: timedelta  #: for each command


class Repository:
    """The repository that the site's folder is in."""

    def __init__(self, target: str, root: Path, remote: Remote, programs: Programs) -> None:
        self._target = target
        self._root = root
        self._remote = remote
        self._programs = programs

    def faults(self) -> list[str]:
        """What keeps commits from being made, in sentences for a person."""
        try:
            branch = self._branch()
            if self._remote.push and not self._git("remote", "get-url", self._remote.name).good:
                return [f"the repository has no remote named {self._remote.name}"]
            if self._remote.push:
                self._fetch(branch)
        except (BlockedError, TryLaterError) as error:
            return [error.message]
        return []

    def publish(self, changes: Sequence[Change]) -> None:
        """Commits the files of these changes as they are now, and pushes. The same again does nothing."""
        paths = [path for change in changes for path in change.paths]
        branch, message = self._branch(), _message(changes)
        if not self._remote.push:
            head = self._head()
            commit = self._commit(head, paths, message)
            if commit is not None:
                self._advance(commit, head, paths)
            return
        for _ in range(TRIES):
            tip = self._fetch(branch)
            commit = self._commit(tip or self._head(), paths, message)
            if commit is None:  # all is there, perhaps by a push whose answer was lost
                commit = tip or self._head()
                if tip is not None or commit is None:
                    break
            answer = self._git("push", self._remote.name, f"{commit}:refs/heads/{branch}")
            if answer.good:
                break
            if not any(word in answer.errors for word in _REFUSED):
                raise TryLaterError(self._target, f"git push failed; {self._told(answer)}")
        else:
            raise TryLaterError(
                self._target, f"the remote moved on during each of {TRIES} pushes; {self._told(answer)}"
            )
        if commit is not None:
            self._follow(commit, paths, message)

    def _branch(self) -> str:
        """The branch that is checked out."""
        answer = self._git("symbolic-ref", "--quiet", "--short", "HEAD")
        if answer.good:
            return answer.output.strip()
        if "not a git repository" in answer.errors:
            raise BlockedError(self._target, f"{self._root} is in no git repository")
        if answer.errors.strip():
            raise BlockedError(self._target, f"git can't be used; {self._told(answer)}")
        raise BlockedError(self._target, f"no branch is checked out in {self._root}: check one out there")

    def _head(self) -> str | None:
        """The commit that is checked out; None in a repository without any."""
        answer = self._git("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        return answer.output.strip() if answer.good else None

    def _fetch(self, branch: str) -> str | None:
        """The tip of the branch at the remote; None where it has none."""
        answer = self._git("fetch", "--quiet", "--no-tags", self._remote.name, f"+refs/heads/{branch}:{_UPSTREAM}")
        if answer.good:
            return self._done("rev-parse", "--verify", _UPSTREAM).strip()
        if "couldn't find remote ref" in answer.errors:
            return None
        raise TryLaterError(self._target, f"git fetch failed; {self._told(answer)}")

    def _commit(self, parent: str | None, paths: Sequence[str], message: str) -> str | None:
        """A commit that puts our files into its parent; None where the parent has them all as they are."""
        with tempfile.TemporaryDirectory(prefix="wirecopy-index-") as folder:
            index = {"GIT_INDEX_FILE": f"{folder}/index"}
            self._done("read-tree", parent or "--empty", extra=index)
            self._add(paths, index)
            tree = self._done("write-tree", extra=index).strip()
        if parent and tree == self._done("rev-parse", f"{parent}^{{tree}}").strip():
            return None
        line = ("commit-tree", tree, *(("-p", parent) if parent else ()))
        return self._done(*line, stdin=message.encode()).strip()

    def _follow(self, commit: str, paths: Sequence[str], message: str) -> None:
        """Brings the checked-out branch up to date with what was pushed.

        Where it has commits that were never pushed, they stay; the same files are committed on top of them, so that
        a later ``git pull --rebase`` finds nothing to argue about.
        """
        head = self._head()
        if head is None or head == commit:
            if head is None:
                self._advance(commit, head, paths)
            return
        behind = self._git("merge-base", "--is-ancestor", head, commit).good
        target = commit if behind else self._commit(head, paths, message)
        if target is None:
            return
        self._add(paths, {})
        answer = self._git("merge", "--quiet", "--ff-only", target)
        if not answer.good:  # it has touched nothing
            self._git("reset", "--quiet", "--pathspec-from-file=-", "--pathspec-file-nul", stdin=_listed(paths))
            raise TryLaterError(
                self._target,
                f"pushed, but the branch in {self._root} can't follow: commit or put away your own changes there; "
                f"{self._told(answer)}",
            )

    def _advance(self, commit: str, head: str | None, paths: Sequence[str]) -> None:
        """Makes a commit on top of the present one the newest of the checked-out branch."""
        self._done("update-ref", "-m", "wirecopy", "HEAD", commit, head or "0" * 40)
        self._add(paths, {})

    def _add(self, paths: Sequence[str], index: Mapping[str, str]) -> None:
        self._done("update-index", "--add", "--remove", "-z", "--stdin", stdin=_listed(paths), extra=index)

    def _done(self, *arguments: str, stdin: bytes = b"", extra: Mapping[str, str] | None = None) -> str:
        answer = self._git(*arguments, stdin=stdin, extra=extra)
        if not answer.good:
            raise TryLaterError(self._target, f"git {arguments[0]} failed; {self._told(answer)}")
        return answer.output

    def _told(self, answer: Ended) -> str:
        """What git said, without the credentials that an address may hold."""
        return _CREDENTIALS.sub("//***@", self._programs.told(answer))

    def _git(self, *arguments: str, stdin: bytes = b"", extra: Mapping[str, str] | None = None) -> Ended:
        own = {
            "GIT_AUTHOR_NAME": self._remote.author,
            "GIT_AUTHOR_EMAIL": self._remote.mail,
            "GIT_COMMITTER_NAME": self._remote.author,
            "GIT_COMMITTER_EMAIL": self._remote.mail,
            "GIT_TERMINAL_PROMPT": "0",
            "SSH_ASKPASS_REQUIRE": "never",
            "GIT_LITERAL_PATHSPECS": "1",
            "LC_ALL": "C",
        }
        return self._programs.run(
            ["git", *arguments],
            folder=self._root,
            environment={**programs.environment(self._remote.environment, also=INHERITED), **own, **(extra or {})},
            timeout=self._remote.timeout,
            given=stdin,
        )


def _listed(paths: Sequence[str]) -> bytes:
    return b"".join(path.encode() + b"\0" for path in dict.fromkeys(paths))


def _message(changes: Sequence[Change]) -> str:
    """A subject, and a trailer for each post (``git log --grep '^Wirecopy-Key: KEY$'``)."""
    new = [change.slug for change in changes if not change.withdrawn]
    gone = [change.slug for change in changes if change.withdrawn]
    parts = [
        f"{verb} {slugs[0] if len(slugs) == 1 else f'{len(slugs)} posts'}"
        for verb, slugs in (("publish", new), ("withdraw", gone))
        if slugs
    ]
    subject = " and ".join(parts)
    trailers = "".join(f"{TRAILER}: {change.key}\n" for change in changes)
    return f"{subject[:1].upper()}{subject[1:]}\n\n{trailers}"
