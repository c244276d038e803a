"""One post as the blog would show it: made by the blog itself, in a folder that is thrown away."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import lxml.html

from aggregator.targets.site.blog import Blog, Look
from aggregator.targets.site.theme import Theme
from aggregator.types import Post

#: What a page refers to of the blog's other files.
FILES = frozenset({"stylesheet", "icon", "manifest", "alternate"})


def page(post: Post, look: Look, now: datetime) -> str:
    """The page of a post, whole in itself: its style within, no script, pictures from where they are.

    Nothing of the blog is read or written, so that it has no other posts. Raises jinja2.TemplateError.
    """
    with tempfile.TemporaryDirectory(prefix="wirecopy-preview-") as folder:
        blog = Blog(Path(folder), replace(look, copies=False))
        try:
            address = blog.publish(post, {}, now).remote_url or look.site.base_url
            (file,) = Path(folder).glob("[0-9]*/*/*/index.html")
            root = lxml.html.document_fromstring(file.read_bytes())
        finally:
            blog.close()
    root.make_links_absolute(address, handle_failures="ignore")
    for link in [link for link in root.iter("link") if link.get("rel") in FILES]:
        link.drop_tree()
    for element in [*root.iter("script"), *root.xpath("//meta[@http-equiv]")]:
        element.drop_tree()  # who shows the page says what it may do
    style = lxml.html.Element("style")
    style.text = Theme(look.templates, look.accent).assets["style.css"].decode()
    root.insert(0, style)
    return "<!doctype html>\n" + lxml.html.tostring(root, encoding="unicode")
