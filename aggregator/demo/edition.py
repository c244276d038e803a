"""The press at one moment, seen from one address: what each story says, where it stands and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from jinja2 import Environment
from markupsafe import Markup

from aggregator.demo.stories import Picture, Site, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A story as a reader finds it now."""

    story: Story
    site: Site
    url: str
    feed_url: str  #: as the feed links to it
    id: str
    title: str
    body: Markup
    lead: Picture | None
    lead_url: str
    published_at: datetime
    updated_at: datetime
    original: Printed | None  #: what it is a copy of

    @property
    def canonical_url(self) -> str:
        """The address that the page declares as its own."""
        return self.original.url if self.original else self.url

    @property
    def edited(self) -> bool:
        """Whether it has been corrected."""
        return self.updated_at > self.published_at


class Edition:
    """All sites at one moment."""

    def __init__(
        self, sites: Mapping[str, Site], templates: Environment, *, base: str, started_at: datetime, now: datetime
    ) -> None:
        self.sites = sites
        self.base = base
        self._templates = templates
        self._started_at = started_at.replace(second=0, microsecond=0)
        self._running = now - started_at
        self._stories = {story.key: story for site in sites.values() for story in site.stories}

    def home(self, site: Site) -> str:
        """The address of a site's front page."""
        return f"{self.base}/{site.name}/"

    def feed_url(self, site: Site) -> str:
        """The address of a site's feed."""
        return f"{self.base}/{site.name}/{site.feed.path}"

    def out(self, story: Story) -> bool:
        """Whether a story has come out by now."""
        return -story.age <= self._running

    def all(self, site: Site) -> list[Printed]:
        """The stories of a site that are out by now, newest first."""
        return [self.printed(story.key) for story in site.stories if self.out(story)]

    def in_feed(self, site: Site) -> list[Printed]:
        """The stories that a site's feed carries, newest first: its own and those that it re-posts."""
        carried = [*self.all(site), *map(self.printed, site.reposts)]
        return sorted(carried, key=lambda printed: printed.published_at, reverse=True)

    def printed(self, key: str) -> Printed:
        """One story."""
        story = self._stories[key]
        site = self.sites[story.site]
        original = self.printed(story.copy_of) if story.copy_of else None
        shown = original.story if original else story
        edited = story.edit is not None and self._running >= story.edit.after
        published_at = self._started_at - story.age
        url = self.home(site) + site.permalink.format(slug=story.slug)
        lead = shown.pictures[0] if shown.pictures else None
        return Printed(
            story=story,
            site=site,
            url=url,
            feed_url=f"{url}?{story.campaign}" if story.campaign else url,
            id=f"tag:{site.name}.example,2020:{story.slug}",
            title=story.edit.title if story.edit and edited else story.title,
            body=Markup(self._templates.from_string(shown.body).render(base=self.base, edited=edited)),  # noqa: S704
            lead=lead,
            lead_url=f"{self.base}/{shown.site}/pictures/{lead.file}" if lead else "",
            published_at=published_at,
            updated_at=self._started_at + story.edit.after if story.edit and edited else published_at,
            original=original,
        )

    def related(self, printed: Printed, count: int = 3) -> list[Printed]:
        """Other stories of the same site: furniture for its pages."""
        others = [other for other in self.all(printed.site) if other.story is not printed.story]
        start = len(printed.story.slug) % len(others) if others else 0
        return (others + others)[start : start + min(count, len(others))]

    def changed_at(self, printed: list[Printed]) -> datetime:
        """When the newest of these was last changed."""
        return max((one.updated_at for one in printed), default=self._started_at - timedelta(days=30))
