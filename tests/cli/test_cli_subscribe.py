"""Verbs that bring feeds in and out: add, import, export, discover."""

from aggregator.config import load

RSS = (
    "<rss version='2.0'><channel><title>The {} Post</title><link>/</link><item><title>x</title></item></channel></rss>"
)
OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>x</title></head><body>
<outline text="The News"><outline type="rss" text="Alpha" xmlUrl="https://alpha.example/feed"/></outline>
<outline type="rss" text="Gazette" xmlUrl="http://gazette.example/feed"/>
<outline type="rss" text="Beta" xmlUrl="https://beta.example/feed"/></body></opml>"""


PAGE = """<html><head><link rel=alternate type=application/rss+xml href=/main title=Main>
<link rel=alternate type=application/rss+xml href=/gone></head><body>hello</body></html>"""


def test_add_appends_a_feed_named_after_its_title(online, config):
    base, ended = online({"/feed": RSS.format("Morning")}, "add", "{web}/feed", "--group", "news")
    assert (ended.code, ended.out) == (0, f"added feeds.the-morning-post: {base}/feed\n")
    feed = load(config).feed("the-morning-post")
    assert (feed.url, feed.group) == (f"{base}/feed", "news")
    assert config.read_text().startswith("# Mine.\n")


def test_add_finds_the_feed_of_a_page(online, config):
    base, ended = online({"/": PAGE, "/main": RSS.format("Main")}, "add", "{web}/", "--name", "mine")
    assert ended.out == f"added feeds.mine: {base}/main\n"
    assert load(config).feed("mine").url == f"{base}/main"


def test_add_lets_a_person_choose_among_several(online, config):
    before = config.read_text()
    _, ended = online({"/": PAGE, "/main": RSS.format("Main"), "/gone": RSS.format("Other")}, "add", "{web}/")
    assert ended.code == 1
    assert "several feeds" in ended.out
    assert config.read_text() == before


def test_add_refuses_what_is_there_already(wirecopy, config):
    before = config.read_text()
    ended = wirecopy("add", "http://gazette.example/feed", "--unseen")
    assert ended.code == 1
    assert ended.out.startswith("already there as feeds.gazette")
    assert wirecopy("add", "https://x.example/", "--unseen", "--name", "gazette").code == 2
    assert wirecopy("add", "ftp://x.example/").code == 2
    assert wirecopy("add", "https://me:pw@x.example/", "--unseen").code == 2
    assert config.read_text() == before


def test_add_says_what_is_wrong_with_an_address(online, config):
    before = config.read_text()
    _, ended = online({"/": "<html><body>nothing</body></html>"}, "add", "{web}/")
    assert ended.code == 1
    assert "offers none that works" in ended.err
    _, ended = online({}, "add", "{web}/missing")
    assert ended.code == 1
    assert ended.err.startswith("wirecopy: ")
    assert config.read_text() == before


def test_discover_shows_the_feeds_that_work(online, config):
    base, ended = online({"/": PAGE, "/main": RSS.format("Main")}, "discover", "{web}/", "--json")
    assert ended.records == [{"url": f"{base}/main", "title": "The Main Post", "entries": 1, "newest_at": None}]


def test_import_brings_feeds_with_their_groups(wirecopy, config, tmp_path):
    (tmp_path / "list.opml").write_text(OPML)
    ended = wirecopy("import", "list.opml")
    assert ended.code == 0
    assert ended.out == "already there as feeds.gazette: http://gazette.example/feed\nadded 2 feeds\n"
    loaded = load(config)
    assert loaded.feed_names == ("gazette", "alpha", "beta")
    assert loaded.feed("alpha").group == "the-news"


def test_import_can_be_looked_at_first(wirecopy, config, tmp_path):
    before = config.read_text()
    (tmp_path / "list.opml").write_text(OPML)
    ended = wirecopy("import", "list.opml", "--dry-run")
    assert '[feeds.alpha]\nurl = "https://alpha.example/feed"\ngroup = "the-news"' in ended.out
    assert config.read_text() == before


PLANET = """[Planet]
name = P
new_feed_items = 5
[https://alpha.example/feed]
name = Al Pha
exclude = (?i)sponsored
[https://user:secret@beta.example/feed]
[https://lists.example/all.opml]
content_type = opml
"""


def test_import_reads_the_configuration_of_a_planet(wirecopy, config, tmp_path):
    (tmp_path / "config.ini").write_text(PLANET)
    ended = wirecopy("import", "config.ini", "--group", "people")
    assert ended.code == 0
    assert ended.out.endswith("added 1 feeds\n")
    assert "left out: https://beta.example/feed: user name and password" in ended.out
    assert "secret" not in ended.out + ended.err
    assert ended.err.splitlines() == [
        "a list of further feeds, to be imported by itself: https://lists.example/all.opml",
        "not taken over: exclude (in 1 section); transforms do such things here",
    ]
    feed = load(config).feed("al-pha")
    assert (feed.group, feed.title, feed.max_new) == ("people", "Al Pha", 5)


def test_a_name_in_a_planet_can_not_break_the_configuration(wirecopy, config, tmp_path):
    (tmp_path / "planet.ini").write_text('[https://alpha.example/]\nname = "]\n [evil]\n\\u0000 \x1b[31m\n')
    assert wirecopy("import", "planet.ini").code == 0
    (name,) = set(load(config).feed_names) - {"gazette"}
    assert load(config).feed(name).url == "https://alpha.example/"


def test_import_of_something_else_is_told(wirecopy, config, tmp_path):
    (tmp_path / "list.opml").write_text("<html>")
    (tmp_path / "broken.ini").write_text("no section")
    assert wirecopy("import", "list.opml").code == 1
    assert "no configuration of a planet" in wirecopy("import", "broken.ini").err
    assert wirecopy("import", "missing.opml").code == 1


def test_export_and_import_are_each_others_reverse(wirecopy, config, tmp_path):
    (tmp_path / "list.opml").write_text(OPML)
    wirecopy("import", "list.opml")
    assert wirecopy("export", "out.opml").code == 0
    again = wirecopy("import", "out.opml")
    assert again.out.endswith("added 0 feeds\n")
    assert again.out.count("already there") == 3


def test_export_keeps_tokens_back_unless_asked(wirecopy, config):
    config.write_text(config.read_text() + '[feeds.b]\nurl = "https://b.example/?token=hunter2"\n')
    assert "hunter2" not in wirecopy("export").out
    assert "hunter2" in wirecopy("export", "--secrets").out
