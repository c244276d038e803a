"""Posts as blocks before the block editor of a real WordPress: it would write each block as we did."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest
import strangers
from deliveries import make_post
from test_services_wordpress import RICH

from aggregator.targets.shared import article, wptext
from aggregator.targets.shared.wptext import Picture
from aggregator.targets.wordpress import blocks
from aggregator.types import Enclosure, Image, Post
from tools.services import wordpress

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--virtual-time-budget=30000", "--dump-dom")
#: The editor's own parser and its blocks, without the editor around them. What it calls invalid is printed.
PAGE = """<?php require __DIR__ . '/wp-load.php'; header('Content-Type: text/html; charset=utf-8'); ?>
<!doctype html><pre id="out">nothing</pre>
<?php wp_default_scripts(wp_scripts()); wp_print_scripts(['wp-block-library', 'wp-blocks']); ?>
<script>
console.warn = console.error = console.info = () => {};
const invalid = found => found.flatMap(block => (block.isValid ? [] : [block.originalContent])
    .concat(invalid(block.innerBlocks)));
const names = found => found.flatMap(block => [block.name].concat(names(block.innerBlocks)));
wp.blockLibrary.registerCoreBlocks();
const read = TEXTS.map(text => wp.blocks.parse(text));
document.getElementById('out').textContent =
    JSON.stringify({ invalid: read.map(invalid), names: read.map(names) });
</script>"""

pytestmark = [
    pytest.mark.service,
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium"),
]


@pytest.fixture
def page(wordpress: wordpress.Site) -> Iterator[Path]:
    """The place of a page of the blog's own."""
    path = wordpress.folder / "www" / "read-blocks.php"
    yield path
    path.unlink(missing_ok=True)


async def read(wordpress: wordpress.Site, page: Path, folder: Path, texts: list[str]) -> dict[str, list[list[str]]]:
    """Of each text the blocks that the editor calls invalid, and the names of all."""
    page.write_text(PAGE.replace("TEXTS", json.dumps(texts).replace("<", "\\u003c")))
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *FLAGS,
        f"--user-data-dir={folder / 'profile'}",
        f"{wordpress.url}/{page.name}",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 90)
    (out,) = lxml.html.document_fromstring(output).xpath("//pre[@id='out']")
    found: dict[str, list[list[str]]] = json.loads(out.text_content())
    return found


def as_blocks(post: Post) -> str:
    pictures = {
        url: Picture(number, f"https://blog.example/{number}.png")
        for number, url in enumerate(article.picture_urls(post), 7)
    }
    kept = {url: picture for url, picture in pictures.items() if picture.id % 2}
    return blocks.blocks(wptext.tree(post, language="en", pictures=kept, lead_shown=False, tagged=False))


async def test_every_block_is_valid_to_the_editor(wordpress: wordpress.Site, page: Path, tmp_path: Path) -> None:
    lead = Image(url="https://paper.example/lead.png", alt='A "red" [door] --> ', caption="The <door> -- here")
    rich = make_post(
        1,
        body=RICH,
        lead=lead,
        standfirst="In short.",
        altered="translated",
        enclosures=(Enclosure(url="https://v.example/a.mp3", type="audio/mpeg"),),
    )
    posts = [rich, make_post(2, body=RICH, lead=lead, language="ar"), *strangers.posts()]
    broken = "<!-- wp:code -->\n<pre><em>x</em></pre>\n<!-- /wp:code -->"
    found = await read(wordpress, page, tmp_path, [*map(as_blocks, posts), broken])
    assert found["invalid"].pop() == ["<pre><em>x</em></pre>"]
    assert found["invalid"] == [[]] * len(posts)
    assert set(found["names"][0]) == {
        f"core/{name}"
        for name in (
            *("audio", "code", "embed", "heading", "html", "image", "list", "list-item", "paragraph", "preformatted"),
            *("quote", "separator", "table", "video"),
        )
    }
    assert all("core/missing" not in names and "core/freeform" not in names for names in found["names"])
