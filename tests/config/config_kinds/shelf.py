"""A target kind that lives outside of Wirecopy, as anybody may write one."""

from typing import Literal

from aggregator.config import Duration, FolderPath, Secret, Section


class Options(Section):
    path: FolderPath
    password: Secret | None = None
    patience: Duration | None = None
    visibility: Literal["public", "private"] = "public"


def build(name, options, *, site, folder, http):
    raise AssertionError("never built here")
