"""Documents from files, standard input and manifests, read by children."""

import gzip
import io
import json
import sys

import pytest

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Gazette</title><link>https://gazette.example/</link>
<item><title>One</title><link>/1</link><guid>g1</guid><pubDate>Mon, 01 Jun 2026 12:00:00 GMT</pubDate>
<description>Text</description></item></channel></rss>"""


@pytest.fixture
def feed(tmp_path):
    path = tmp_path / "feed.xml"
    path.write_text(RSS)
    return path


def test_parse_as_json_has_feed_and_entries(wirecopy, feed):
    ended = wirecopy("parse", feed, "--json", "--url", "https://gazette.example/feed.xml")
    assert ended.code == 0
    (record,) = ended.records
    assert record["feed"]["title"] == "Gazette"
    (entry,) = record["entries"]
    assert (entry["id"], entry["title"], entry["published"]) == ("g1", "One", "2026-06-01T12:00:00Z")
    assert entry["url"] == "https://gazette.example/1"


def test_parse_for_people_shows_a_list(wirecopy, feed):
    ended = wirecopy("parse", feed)
    assert ended.code == 0
    assert "Gazette" in ended.out
    assert ended.out.endswith("1 entries\n")


def test_several_sources_give_a_line_each_and_the_rest_goes_on(wirecopy, feed, tmp_path):
    (tmp_path / "packed.xml.gz").write_bytes(gzip.compress(RSS.encode()))
    (tmp_path / "page.html").write_text("<html><title>no feed</title></html>")
    ended = wirecopy("parse", "--json", "missing.xml", feed, "packed.xml.gz", "page.html")
    assert ended.code == 1
    missing, plain, packed, page = ended.records
    assert missing == {"error": "No such file or directory"}
    assert plain["entries"][0]["title"] == packed["entries"][0]["title"] == "One"
    assert set(page) == {"error"}


def test_standard_input_is_a_source(wirecopy, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RSS.encode())))
    (record,) = wirecopy("parse", "-", "--json").records
    assert record["feed"]["title"] == "Gazette"


def test_a_bomb_is_refused(wirecopy, tmp_path):
    (tmp_path / "bomb.xml.gz").write_bytes(gzip.compress(b" " * 60_000_000))
    (record,) = wirecopy("parse", "bomb.xml.gz", "--json").records
    assert "more than 50 MB" in record["error"]


def test_a_manifest_gives_a_file_for_each_document(wirecopy, feed, tmp_path):
    lines = [
        {
            "path": str(feed),
            "name": "folder/one",
            "url": "https://gazette.example/x",
            "headers": {"Content-Type": "text/xml"},
        },
        {"path": "feed.xml"},
        {"path": "missing.xml", "name": "missing"},
        {"name": "no-path"},
        {"path": "feed.xml", "name": "odd", "headers": ["x"]},
    ]
    (tmp_path / "m.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    ended = wirecopy("parse", "--manifest", "m.jsonl", "--out", "results")

    def result(name):
        return json.loads((tmp_path / "results" / f"{name}.json").read_text())

    assert ended.code == 0
    assert ended.err == "2 read, 3 failed\n"
    assert result("folder/one")["entries"][0]["url"] == "https://gazette.example/1"
    assert result("feed.xml")["feed"]["title"] == "Gazette"
    assert result("missing") == {"error": "No such file or directory"}
    assert result("no-path") == {"error": "line 4 of m.jsonl: path is missing"}
    assert result("odd") == {"error": "line 5 of m.jsonl: headers must be an object"}


def test_no_name_leads_out_of_the_folder(wirecopy, feed, tmp_path):
    names = ["../escaped", str(tmp_path / "escaped"), "a/../../escaped", "x" * 300, "a\0b", "", ".", "good"]
    (tmp_path / "m.jsonl").write_text("\n".join(json.dumps({"path": "feed.xml", "name": name}) for name in names))
    ended = wirecopy("parse", "--manifest", "m.jsonl", "--out", "results")
    assert ended.code == 1
    assert ended.err.endswith("2 read, 0 failed, 6 without result\n")
    written = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.json"))
    assert written == ["results/..json", "results/good.json"]


def test_a_broken_line_of_a_manifest_costs_itself(wirecopy, feed, tmp_path):
    rows = [b"{", b"[]", b"7", b"\xff\xfe", b"[" * 100_000, b'{"path": 7}', b'{"path": "feed.xml"}']
    (tmp_path / "m.jsonl").write_bytes(b"\n".join(rows))
    ended = wirecopy("parse", "--manifest", "m.jsonl", "--out", "results")
    assert json.loads((tmp_path / "results/7.json").read_text()) == {"error": "line 6 of m.jsonl: path must be text"}
    assert (tmp_path / "results/feed.xml.json").exists()
    assert ended.err.endswith("1 read, 1 failed, 5 without result\n")
    assert all(f"line {number} of m.jsonl" in ended.err for number in range(1, 6))


def test_manifest_and_out_go_together(wirecopy, feed):
    assert wirecopy("parse", "--manifest", "m.jsonl").code == 2
    assert wirecopy("parse", feed, "--manifest", "m.jsonl", "--out", "x").code == 2
    assert wirecopy("parse").code == 2
    assert wirecopy("parse", "--manifest", "missing.jsonl", "--out", "x").code == 1
