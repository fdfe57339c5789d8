"""Files that are not a WordPress export are recognised, with advice; nobody sees a library's error message."""

import bz2
import io
import json
import sqlite3
import zipfile

import pytest

from exchange.wordpress.wxr import Malformed, read
from tests.exchange.exports import export, item, saved

FEED = '<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom">{}<entry><title>T</title></entry></feed>'
RSS = '<?xml version="1.0"?>\n<rss version="2.0"><channel><title>T</title><item><title>A</title></item></channel></rss>'
NO_WORDS_OF_AN_OWNER = ("XML_PARSE", "libxml", "lxml", "Traceback", "codec", "utf-8' ", "NoneType")


def refusal(folder, content) -> str:
    with pytest.raises(Malformed) as refused:
        list(read(saved(folder, content)))
    message = str(refused.value)
    assert not any(word in message for word in NO_WORDS_OF_AN_OWNER)
    return message


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("blog.xml", export(item(5)))
    return packed.getvalue()


def database(folder) -> bytes:
    path = folder / "x.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("create table a (b)")
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Disqus", '<?xml version="1.0" encoding="utf-8"?>\n<disqus xmlns="http://disqus.com"><category/></disqus>'),
        ("Blogger", FEED.format("<id>tag:blogger.com,1999:blog-1.archive</id><generator>Blogger</generator>")),
        ("Blogger", "<?xml-stylesheet href='x'?>" + FEED.format("<generator>Blogger</generator>")[22:]),
        ("feed", FEED.format("")),
        ("feed", RSS),
        ("feed", '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><item/></rdf:RDF>'),
        ("Tumblr", '<?xml version="1.0"?>\n<tumblr version="1.0"><tumblelog/></tumblr>'),
        ("Movable Type", "AUTHOR: Ann\nTITLE: A post\nDATE: 01/31/2002 15:31:05\n-----\nBODY:\nWords.\n-----\n"),
        ("Movable Type", "TITLE: A post\nBASENAME: a-post\nSTATUS: Publish\n"),
        ("Ghost", json.dumps({"db": [{"meta": {"version": "5"}, "data": {"posts": []}}]})),
        ("Ghost", json.dumps({"db": [{"meta": {}}]}, indent=2)),
        ("JSON", '[{"title": "A"}]'),
        ("LiveJournal", '<?xml version="1.0"?><livejournal><entry/></livejournal>'),
        ("BlogML", '<?xml version="1.0"?><blog root-url="/" xmlns="http://www.blogml.com/2006/09/BlogML"/>'),
        ("OPML", '<?xml version="1.0"?><opml version="2.0"><body/></opml>'),
        ("sitemap", '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>'),
        ("database", "-- MySQL dump 10.13\n--\n-- Host: localhost\nCREATE TABLE `wp_posts` (\n"),
        ("database", "-- phpMyAdmin SQL Dump\nSET SQL_MODE = 'x';\n"),
        ("database", "INSERT INTO `wp_posts` VALUES (1);\n"),
        ("compressed", zipped()),
        ("compressed", bz2.compress(b"<rss/>")),
        ("web page", "<!DOCTYPE html>\n<html><title>Log In</title></html>"),
        ("web page", '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x" "y">\n<html xmlns="http://www.w3.org/1999/xhtml"></html>'),
        ("web page", "<!-- saved from url=(1) -->\n<html></html>"),
        ("picture", b"\x89PNG\r\n\x1a\n" + bytes(100)),
        ("document", b"%PDF-1.4 and so on"),
        ("PHP", "<?php\n$x = 1;"),
        ("empty", ""),
        ("not XML", "Some words of mine."),
        ("not a WordPress export", '<?xml version="1.0"?>\n<configuration><a/></configuration>'),
        ("not a WordPress export", "<note>Words</note>"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_recognised_with_advice(tmp_path, name, content):
    message = refusal(tmp_path, content)
    assert name in message
    assert any(advice in message for advice in ("Export", "export again", "Unpack"))


def test_a_database_dump_is_recognised(tmp_path):
    assert "database" in refusal(tmp_path, database(tmp_path))
