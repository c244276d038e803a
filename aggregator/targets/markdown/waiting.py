"""Posts that wait beside their place: the newest version that broke a build, and the former one that did not.

Both have names that begin with a dot and end in no format that a generator knows, so that every generator leaves
them alone: ``.index.html.aside`` and ``.index.html.former``.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from aggregator.targets.markdown.files import Tree


def _aside(path: str) -> str:
    pure = PurePosixPath(path)
    return str(pure.with_name(f".{pure.name}.aside"))


def _former(path: str) -> str:
    pure = PurePosixPath(path)
    return str(pure.with_name(f".{pure.name}.former"))


def exists(tree: Tree, path: str) -> bool:
    """Whether the newest version of a post is set aside."""
    return tree.exists(_aside(path))


def newest(tree: Tree, path: str) -> str | None:
    """The newest text of a post, though it may be set aside; None where there is none."""
    aside = tree.read(_aside(path))
    return tree.read(path) if aside is None else aside


def keep_former(tree: Tree, path: str) -> None:
    """Keeps what stands in a post's place until the next build has passed, unless one is kept already."""
    if not tree.exists(_former(path)) and not exists(tree, path) and tree.exists(path):
        tree.copy(_former(path), tree.place(path))


def set_aside(tree: Tree, path: str) -> None:
    """Takes the newest version out of the site; the former one, if there is one, takes its place."""
    if tree.exists(path) and not exists(tree, path):
        tree.move(path, _aside(path))
        if tree.exists(_former(path)):
            tree.copy(path, tree.place(_former(path)))


def put_back(tree: Tree, path: str) -> None:
    """Puts the version that was set aside into its place again."""
    if exists(tree, path):
        tree.move(_aside(path), path)


def forget_aside(tree: Tree, path: str) -> None:
    """Drops the version that was set aside: there is a newer one."""
    tree.remove(_aside(path))


def forget(tree: Tree, path: str) -> None:
    """Drops both: the build has passed, or the post is gone."""
    tree.remove(_aside(path))
    tree.remove(_former(path))
