"""The end of a batch: build, then commit and push, then forget what is done; again later where it failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from aggregator.errors import PublishError, TryLaterError
from aggregator.targets.markdown import waiting
from aggregator.targets.markdown.builds import Builder
from aggregator.targets.markdown.files import Tree
from aggregator.targets.markdown.git import Repository
from aggregator.targets.markdown.pending import Change, Pending
from aggregator.targets.markdown.programs import Programs
from aggregator.targets.shared.programs import Ended

PATIENCE = (60.0, 3_600.0)  #: seconds until the same is tried again: at first, and at most


class Finisher:
    """What is left to do for the site as a whole. Posts that break the build are tried again, ever more seldom."""

    def __init__(
        self,
        target: str,
        tree: Tree,
        pending: Pending,
        programs: Programs,
        build: Sequence[str],
        environment: Mapping[str, str],
        timeout: timedelta,
        repository: Repository | None,
        clock: Callable[[], float],
    ) -> None:
        self._target = target
        self._tree = tree
        self._pending = pending
        self._programs = programs
        self._build = build
        self._environment = environment
        self._timeout = timeout
        self._repository = repository
        self._clock = clock
        self._failed: PublishError | OSError | None = None
        self._tried: tuple[Change, ...] = ()  #: what was there to do when it failed
        self._wait = 0.0
        self._again_at = 0.0

    def finish(self) -> None:
        """Does what waits. Raises a PublishError that says what could not be done, and of which post."""
        changes = tuple(self._pending.changes.values())
        if not changes:
            return
        due = self._clock() >= self._again_at
        if self._failed is not None and changes == self._tried and not due:
            raise self._failed.with_traceback(None)  # which would grow with every time
        held_back = set() if due else {change for change in self._tried if waiting.exists(self._tree, change.file)}
        try:
            self._finish([change for change in changes if change not in held_back])
            if held_back and self._failed is not None:
                raise self._failed.with_traceback(None)
        except (PublishError, OSError) as error:
            if due or self._failed is None:
                self._wait = min(max(2 * self._wait, PATIENCE[0]), PATIENCE[1])
                self._again_at = self._clock() + self._wait
            self._failed = error
            self._tried = tuple(self._pending.changes.values())
            raise
        self._failed, self._tried, self._wait, self._again_at = None, (), 0.0, 0.0

    def _finish(self, changes: Sequence[Change]) -> None:
        builder = Builder(self._target, self._tree, self._run, self._programs.told)
        bad, said = builder.build(changes) if self._build else ([], "")
        good = [change for change in changes if change not in bad]
        if self._repository and good:
            self._repository.publish(good)
        for change in good:
            waiting.forget(self._tree, change.file)
        self._pending.drop([change.key for change in good])
        if bad:
            slugs = ", ".join(change.slug for change in bad)
            raise TryLaterError(self._target, f"the build fails with {slugs}, kept out of the site for now; {said}")

    def _run(self) -> Ended:
        return self._programs.run(
            self._build, folder=self._tree.root, environment=self._environment, timeout=self._timeout
        )
