"""The whole configuration, ready to use: every feed merged from built-in, defaults, group and its own table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from aggregator import kinds
from aggregator.config import steps
from aggregator.config.sections import (
    DaemonSettings,
    FeedDefaults,
    FeedSettings,
    FetchSettings,
    Manners,
    ProfileTable,
    SiteSettings,
    StoreSettings,
)
from aggregator.config.values import NO_LIMIT
from aggregator.types import Feed, Site, StepSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSettings:
    """A target as configured: its kind, the options as that kind's model read them, and our manners there."""

    kind: str
    options: BaseModel
    manners: Manners


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One configuration file, read and found good."""

    path: Path
    daemon: DaemonSettings
    store: StoreSettings
    fetch: FetchSettings
    site: SiteSettings
    targets: Mapping[str, TargetSettings]
    profiles: Mapping[str, ProfileTable] = field(repr=False)
    defaults: FeedDefaults = field(repr=False)
    groups: Mapping[str, FeedDefaults] = field(repr=False)
    feeds: Mapping[str, FeedSettings] = field(repr=False)
    _merged: dict[str, Feed] = field(default_factory=dict, repr=False, compare=False)

    @property
    def feed_names(self) -> tuple[str, ...]:
        """The names of all feeds, in the order of the file."""
        return tuple(self.feeds)

    @property
    def folder(self) -> Path:
        """The folder of the file: what relative paths are relative to."""
        return self.path.parent

    def resolve(self, relative: str | Path) -> Path:
        """A path of the file as an absolute one."""
        return self.folder / Path(relative).expanduser()

    def site_info(self) -> Site:
        """The blog as targets know it."""
        return Site(**self.site.model_dump())

    def feed(self, name: str) -> Feed:
        """One subscription with all its settings and an empty memory. Raises LookupError for an unknown name."""
        merged = self._merged.get(name)
        if merged is None:
            merged = self._merged[name] = _merge(name, self.feeds[name], self)
        return merged


def _merge(name: str, own: FeedSettings, config: Config) -> Feed:
    said: dict[str, Any] = {}
    for layer in (config.defaults, config.groups.get(own.group or ""), own):
        if layer is not None:
            said.update((key, getattr(layer, key)) for key in layer.model_fields_set)
    settings = FeedSettings.model_construct(**said)
    built_in = Feed(name=name, url=own.url)
    auth = settings.auth
    return replace(
        built_in,
        kind=settings.kind or built_in.kind,
        title=settings.name or built_in.title,
        every=settings.every or built_in.every,
        rights=settings.rights or built_in.rights,
        rights_permission=bool(settings.permission),
        extract=built_in.extract if settings.extract is None else settings.extract,
        max_age=None if settings.max_age == timedelta.max else settings.max_age,
        max_new=built_in.max_new if settings.max_new is None else settings.max_new,
        max_old=_max_old(built_in.max_old, settings.max_old),
        future=settings.future or built_in.future,
        update=settings.update or built_in.update,
        update_note=bool(settings.update_note),
        duplicates=settings.duplicates or built_in.duplicates,
        lead=settings.lead or built_in.lead,
        withdrawn=settings.withdrawn or built_in.withdrawn,
        identity=settings.identity,
        recheck=built_in.recheck if settings.recheck is None else settings.recheck,
        targets=settings.targets or tuple(config.targets),
        transforms=_steps(settings, config),
        allow_hosts=settings.allow_hosts or (),
        headers=tuple((key, secret.reveal()) for key, secret in (settings.headers or {}).items()),
        auth=(auth.username, auth.password.reveal()) if auth else None,
        group=settings.group or "",
        licence=settings.licence or "",
        credit=settings.credit or "",
        options=settings.options or {},
    )


def _steps(settings: FeedDefaults, config: Config) -> tuple[StepSettings, ...]:
    of_profiles = [step.table for name in settings.profiles or () for step in config.profiles[name].transforms]
    merged = steps.merge(of_profiles, [step.table for step in settings.transforms or ()])
    return tuple(_step(step.table, config.folder) for step in merged if step.table.get("enabled", True))


def _step(table: Mapping[str, object], folder: Path) -> StepSettings:
    kind = str(table["kind"])
    model: type[BaseModel] = kinds.load("transforms", kind).Options
    options = model.model_validate(steps.options(table), context={"folder": folder})
    return StepSettings(kind=kind, name=str(table.get("name") or kind), options=options)


def _max_old(built_in: int | None, said: int | None) -> int | None:
    if said is None:
        return built_in
    return None if said == NO_LIMIT else said
