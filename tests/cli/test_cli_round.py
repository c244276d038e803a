"""Verbs that do the main job: once, preview, extract, against a scripted web."""

import json

import lxml.html
import pytest

WORDS = " ".join(f"Sentence number {n} tells what happened in the harbour that day." for n in range(12))
ARTICLE = f"""<html lang="en"><head><title>The bell rings | Gazette</title><meta name="author" content="Ann Other"></head>
<body><nav><a href="/">Home</a></nav><article><h1>The bell rings</h1><p>{WORDS}</p><p>{WORDS}</p></article></body></html>"""
FEED = """<rss version="2.0"><channel><title>The Harbour Gazette</title><link>{web}/</link>
<item><title>The bell rings</title><link>{web}/bell</link><guid>1</guid><description>In short.</description></item>
</channel></rss>"""
ROUTES = {"/feed": FEED, "/bell": ARTICLE, "/robots.txt": ""}


def subscribe(config, name="harbour"):
    """Puts the scripted feed in the place of the unreachable one; its address is filled in when it is known."""
    text = config.read_text()
    config.write_text(text[: text.index("[feeds.")] + f'[feeds.{name}]\nurl = "{{web}}/feed"\n')


def test_one_round_publishes_what_the_feed_brings(online, wirecopy, config, tmp_path):
    subscribe(config)
    base, ended = online(ROUTES, "once", "--json", fill=config)
    assert ended.code == 0, ended.err
    counts = {"feeds_refreshed": 1, "feeds_failed": 0, "entries_held": 0, "posts_delivered": 1}
    assert ended.records == [{**counts, "posts_not_delivered": 0, "posts_held_back": 0}]
    (entry,) = wirecopy("entries", "--json").records
    assert (entry["outcome"], entry["url"], entry["basis"]) == ("published", f"{base}/bell", "page")
    assert entry["remote_url"].startswith("http://127.0.0.1:8080/")
    assert any("Sentence number 11" in page.read_text() for page in (tmp_path / "public").rglob("*.html"))


def test_a_round_tells_what_is_held_back_and_ends(online, config, quiet_now):
    subscribe(config)
    config.write_text(config.read_text().replace('path = "public"', f'path = "public"\nquiet = "{quiet_now}"'))
    _, ended = online(ROUTES, "once", fill=config)
    assert ended.code == 0, ended.err
    assert "blog: 1 post held until" in ended.out
    assert f"quiet hours, {quiet_now}" in ended.out


def test_a_feed_that_fails_is_told_by_the_exit_code(online, config):
    subscribe(config)
    _, ended = online({}, "once", fill=config)
    assert ended.code == 1
    assert "1 feed failed" in ended.out


def test_once_knows_its_feeds(wirecopy, config):
    ended = wirecopy("once", "--feed", "gazete")
    assert ended.code == 2


def test_preview_writes_nothing(online, config, tmp_path):
    subscribe(config)
    _, ended = online(ROUTES, "preview", "harbour", "--json", fill=config)
    (record,) = ended.records
    assert (record["outcome"], record["title"], record["basis"]) == ("queued", "The bell rings", "page")
    assert record["credit"].startswith("The bell rings — The Harbour Gazette")
    assert [step["step"] for step in record["steps"]][:2] == ["change", "extract"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.toml"]


def test_preview_takes_the_address_of_a_feed_that_is_not_configured(online, config):
    _, ended = online(ROUTES, "preview", "{web}/feed")
    assert ended.code == 0, ended.err
    assert "Decisions:" in ended.out
    assert "Sentence number 11" in ended.out


def test_preview_makes_a_page_that_stands_by_itself(online, config, tmp_path):
    subscribe(config)
    _, ended = online(ROUTES, "preview", "harbour", "--html", "look.html", fill=config)
    assert (ended.code, ended.out) == (0, "written to look.html\n"), ended.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.toml", "look.html"]
    page = lxml.html.document_fromstring((tmp_path / "look.html").read_text())
    (frame,) = page.iter("iframe")
    assert "allow-scripts" not in frame.get("sandbox")
    shown = lxml.html.document_fromstring(frame.get("srcdoc"))
    assert shown.xpath("//h1")[0].text_content() == "The bell rings"
    assert "Sentence number 11" in shown.text_content()
    assert "--accent" in shown.xpath("//style")[0].text
    for document in (page, shown):
        assert not document.xpath("//script | //link[@rel='stylesheet'] | //*[starts-with(@src, '/')] | //@onclick")
    steps = [term.text_content() for term in page.iter("dt")]
    assert steps[:2] == ["change: new", "extract: page"]


def test_the_page_of_another_target_has_the_text_that_blogs_are_sent(online, config, tmp_path):
    subscribe(config)
    config.write_text(
        config.read_text().replace("[targets.blog]", '[targets.hook]\nkind = "command"\nrun = ["true"]\n[targets.blog]')
    )
    _, ended = online(ROUTES, "preview", "harbour", "--html", "look.html", "--target", "hook", fill=config)
    assert ended.code == 0, ended.err
    page = lxml.html.document_fromstring((tmp_path / "look.html").read_text())
    shown = lxml.html.document_fromstring(page.xpath("//iframe/@srcdoc")[0])
    assert "Sentence number 11" in shown.text_content()
    assert shown.xpath("//*[@class='source-credit']")


@pytest.mark.parametrize("options", [("--target", "blog"), ("--target", "blgo", "--open")])
def test_a_target_of_the_preview_is_one_of_the_page(online, config, options):
    subscribe(config)
    _, ended = online(ROUTES, "preview", "harbour", *options, fill=config)
    assert ended.code == 2


def test_preview_opens_the_page_in_the_browser(online, config, tmp_path, monkeypatch):
    """The browser is a program of the user's: this one notes what it is shown."""
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    browser.chmod(0o755)
    monkeypatch.setattr("webbrowser._tryorder", None)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    subscribe(config)
    _, ended = online(ROUTES, "preview", "harbour", "--open", "--html", "look.html", fill=config)
    assert ended.code == 0, ended.err
    assert (tmp_path / "opened").read_text() == f"file://{tmp_path}/look.html\n"


def test_extract_gives_the_article_of_a_page(wirecopy, tmp_path):
    (tmp_path / "page.html").write_text(ARTICLE)
    lines = [{"path": "page.html", "name": "one", "url": "https://gazette.example/bell"}, {"path": "nowhere.html"}]
    (tmp_path / "m.jsonl").write_text("\n".join(map(json.dumps, lines)))
    ended = wirecopy("extract", "--manifest", "m.jsonl", "--out", "results")
    assert ended.err == "1 read, 1 failed\n"
    record = json.loads((tmp_path / "results/one.json").read_text())
    assert (record["title"], record["author"]) == ("The bell rings", "Ann Other")
    assert "Sentence number 11" in record["text"]
    assert "Home" not in record["text"]


def test_extract_fetches_pages_as_politely_as_the_daemon(online, config):
    _, ended = online(
        {"/bell": ARTICLE, "/robots.txt": "User-agent: *\nDisallow: /"}, "extract", "{web}/bell", "--json"
    )
    assert ended.code == 1
    assert "robots" in ended.records[0]["error"]
