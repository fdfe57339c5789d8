"""Reading a WordPress export: what is in it, and how broken or hostile files are refused. No database."""

import gzip
import tracemalloc
from datetime import datetime

import pytest

from exchange.wordpress.values import Fault, FaultKind
from exchange.wordpress.wxr import Head, Item, Malformed, Term, Writer, read
from tests.exchange.exports import END, HEAD, NEVER, author, category, comment, export, item, saved


def entries(folder, text):
    return list(read(saved(folder, text)))


def refusal(folder, text) -> str:
    with pytest.raises(Malformed) as refused:
        entries(folder, text)
    return str(refused.value)


def items(found) -> list[Item]:
    return [entry for entry in found if isinstance(entry, Item)]


def faults(found, kind: FaultKind | None = None) -> list[str]:
    return [str(entry) for entry in found if isinstance(entry, Fault) and kind in {None, entry.kind}]


def test_an_export_gives_its_head_people_topics_and_items(tmp_path):
    text = export(
        item(5, comment(9, "Hm & <b>so</b>", meta={"_commentliked": 3})), terms=category("a-b", "A & B")
    )
    found = entries(tmp_path, text)
    assert [type(entry) for entry in found] == [Writer, Term, Head, Item]
    assert found[2].base_url == "https://old.example"
    post = found[3]
    assert (post.id, post.title, post.slug) == (5, "A post", "post-5")
    assert post.comments[0].content == "Hm & <b>so</b>"
    assert post.comments[0].meta == (("_commentliked", "3"),)


def test_older_exports_with_another_namespace_are_read(tmp_path):
    text = export(item(5, comment(9))).replace("/export/1.2/", "/export/1.0/")
    assert entries(tmp_path, text)[-1].comments[0].id == 9


def test_tags_of_the_oldest_exports_are_tags(tmp_path):
    text = export(item(5, filed=[("tag", "sea", "Sea")]))
    assert entries(tmp_path, text)[-1].terms == (Term(domain="post_tag", key="sea", name="Sea"),)


def test_names_of_people_are_not_escaped_twice(tmp_path):
    found = entries(tmp_path, export(authors=author(name="J &amp; K")))
    assert found[0].name == "J & K"


@pytest.mark.parametrize(
    "never", [NEVER, "-0001-11-30 00:00:00", "2012-00-00 00:00:00", "2012-05-00 00:00:00"]
)
def test_zeros_are_not_a_date(tmp_path, never):
    assert entries(tmp_path, export(item(5, date=never)))[-1].date is None


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("Fri, 02 May 2008 09:00:00 +0200", datetime(2008, 5, 2, 7)),
        ("Mon, 30 Nov -0001 00:00:00 +0000", None),
        ("Thu, 01 Jan 1970 00:00:00 +0000", None),
        ("soon", None),
    ],
)
def test_an_item_without_dates_of_its_own_has_its_date_in_the_feed(tmp_path, written, date):
    text = export(item(5, date=NEVER)).replace(
        "</title><link>http", f"</title><pubDate>{written}</pubDate><link>http"
    )
    assert entries(tmp_path, text)[-1].date_gmt == date


def test_text_that_holds_the_end_of_a_cdata_section_is_whole(tmp_path):
    assert entries(tmp_path, export(item(5, content="a ]]> b")))[-1].content == "a ]]> b"


def test_control_characters_vanish_and_the_words_round_them_stay(tmp_path):
    text = export(item(5, content="be\x08fore\x00 \x1f\ufffe\uffffafter"))
    assert entries(tmp_path, text)[-1].content == "before after"


def test_control_characters_vanish_at_every_border_of_what_is_read_at_once(tmp_path):
    for length in range(32_760, 32_770):
        text = export(item(5, content="x" * length + "\uffff" * 3 + "yé" * 40))
        assert entries(tmp_path, text)[-1].content == "x" * length + "yé" * 40


def test_a_tag_that_does_not_match_is_named_by_line_and_the_item_comes(tmp_path):
    broken = "<item><title>Broken one</title>\n<wp:post_id>5</wp:status></item>"
    found = entries(tmp_path, HEAD + "<title>T</title>\n" + item(4) + "\n" + broken + "\n" + item(6) + END)
    assert [entry.id for entry in items(found)] == [4, 5, 6]
    assert faults(found) == ["line 7, “Broken one”: an end tag doesn’t match its start tag"]


def test_a_file_that_was_cut_off_is_refused(tmp_path):
    whole = export(item(4, title="First"), item(5, comment(1), title="Second"))
    cut = whole[: whole.index("<wp:comment_id>")]
    assert "“Second”" in refusal(tmp_path, cut)
    assert "--partial" in refusal(tmp_path, cut)
    assert "--partial" in refusal(tmp_path, whole[: whole.index("</channel>")])


def test_what_there_is_of_a_file_that_was_cut_off_comes_when_asked_for(tmp_path):
    whole = export(item(4, title="First"), item(5, comment(1), title="Second"))
    found = list(read(saved(tmp_path, whole[: whole.index("<wp:comment_id>")]), partial=True))
    assert [entry.id for entry in items(found)] == [4]
    assert "“Second”: the file ends in the middle of it" in faults(found, FaultKind.LEFT_OUT)[0]


@pytest.mark.parametrize("number", ["", "abc", "-3", "0", "9" * 19 + "9", "1.5"])
def test_an_item_without_a_usable_number_comes_with_one_of_ours_which_stays_the_same(tmp_path, number):
    text = export(item(4), item(number, title="Odd one"), item(6))
    found = entries(tmp_path, text)
    assert [entry.title for entry in items(found)] == ["A post", "Odd one", "A post"]
    assert items(found)[1].id < 0
    assert items(entries(tmp_path, text))[1].id == items(found)[1].id
    assert "“Odd one”: post_id is" in faults(found, FaultKind.VALUE)[0]


def test_two_items_with_one_number_both_come(tmp_path):
    found = entries(tmp_path, export(item(5), item(5, title="Another", slug="another"), item(5)))
    assert items(found)[0].id == items(found)[2].id == 5
    assert items(found)[1].id < 0
    assert faults(found)[0].endswith("which another item already uses")


@pytest.mark.parametrize(
    ("columns", "field", "value", "complaint"),
    [
        ({"date": "2020-02-30 10:00:00"}, "date", None, "comment_date is “2020-02-30 10:00:00”, not a date"),
        ({"gmt": "yesterday"}, "date_gmt", None, "comment_date_gmt is “yesterday”, not a date"),
        ({"gmt": NEVER}, "date_gmt", None, ""),
        ({"parent": -1}, "parent", 0, "comment_parent is “-1”, not a number"),
        ({"parent": "x"}, "parent", 0, "comment_parent is “x”, not a number"),
        ({"comment_user_id": "abc"}, "user_id", 0, "comment_user_id is “abc”, not a number"),
        ({"gmt": "2020-5-1 7:03:00"}, "date_gmt", datetime(2020, 5, 1, 7, 3), ""),
    ],
)
def test_a_comment_comes_without_what_is_wrong_with_it(tmp_path, columns, field, value, complaint):
    found = entries(tmp_path, export(item(5, comment(9, **columns), comment(10))))
    [post] = items(found)
    assert [one.id for one in post.comments] == [9, 10]
    assert getattr(post.comments[0], field) == value
    named = faults(found, FaultKind.VALUE)
    assert all("comment 9 by Bob" in line for line in named)
    assert any(complaint in line for line in named) == bool(complaint)


@pytest.mark.parametrize("number", ["", "0", "-1", "x1"])
def test_a_comment_without_a_number_has_one_by_its_words(tmp_path, number):
    [post] = items(entries(tmp_path, export(item(5, comment(number, "One"), comment(number, "Two")))))
    first, second = (one.id for one in post.comments)
    assert first < 0 > second
    assert first != second


def test_bytes_that_are_no_utf_8_are_what_windows_wrote(tmp_path):
    text = (
        export(item(4, title="Ünder"), item(5)).encode().replace(b"Some words", b"Some \x93w\xf6rds\x94", 2)
    )
    found = entries(tmp_path, text)
    assert [entry.content for entry in items(found)] == ["Some “wörds”."] * 2
    assert items(found)[0].title == "Ünder"
    assert "Windows-1252" in faults(found)[0]


@pytest.mark.parametrize(
    "text", ["", "not XML at all", "<html><body>A page</body></html>", "<rss version='2.0'/>"]
)
def test_what_is_no_export_is_refused(tmp_path, text):
    assert "Line" in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "empty"),
        (b" \n \n", "empty"),
        (b"PK\x03\x04 and so on", "compressed"),
        (b"\n<!DOCTYPE html>\n<html><title>Log In</title></html>", "web page"),
        (b"hello", "not XML"),
    ],
)
def test_files_of_another_kind_are_called_what_they_are(tmp_path, text, why):
    message = refusal(tmp_path, text)
    assert "Line 1" in message
    assert why in message


def test_an_entity_of_html_is_its_character_and_named_by_its_line(tmp_path):
    found = entries(tmp_path, export(item(5)).replace("<title>Old blog", "<title>Old&nbsp;blog"))
    assert next(entry for entry in found if isinstance(entry, Head)).title == "Old\xa0blog"
    assert faults(found) == ["line 4: “&nbsp;” is not defined in XML"]


def test_a_text_too_large_to_be_words_is_left_out_by_item(tmp_path):
    found = entries(tmp_path, export(item(4), item(5, title="Huge", content="x" * 10_000_001), item(6)))
    assert [entry.id for entry in items(found)] == [4, 6]
    [named] = faults(found, FaultKind.LEFT_OUT)
    assert "“Huge”" in named
    assert "10 MB" in named
    assert "HUGE" not in named


def test_a_packed_export_is_unpacked(tmp_path):
    assert items(entries(tmp_path, gzip.compress(export(item(5)).encode())))[0].id == 5
    assert "damaged" in refusal(tmp_path, gzip.compress(export(item(5)).encode())[:-200])


@pytest.mark.parametrize(
    "before", ["\ufeff", "\n\n", "\ufeff\r\n \r\n", "<br />\n<b>Warning</b>: old function in x.php<br />\n"]
)
def test_what_stands_before_the_declaration_is_passed_over_and_lines_keep_their_numbers(tmp_path, before):
    assert entries(tmp_path, before + export(item(5)))[-1].title == "A post"
    broken = export("<item><title>T</wrong></item>")
    line = before.count("\n") + broken[: broken.index("</wrong>")].count("\n") + 1
    assert faults(entries(tmp_path, before + broken))[-2].startswith(f"line {line}, “T”: an end tag")


def test_an_export_in_another_encoding_is_read(tmp_path):
    text = export(item(5, title="Müll")).replace('encoding="UTF-8"', 'encoding="ISO-8859-1"')
    assert entries(tmp_path, text.encode("latin-1"))[-1].title == "Müll"
    assert entries(tmp_path, b"\n" + text.encode("latin-1"))[-1].title == "Müll"


def test_entities_are_refused_before_they_are_read(tmp_path):
    secret = saved(tmp_path, "the secret", "secret.txt")
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    text = export(item(5, title="T")).replace("<rss", f"{doctype}<rss", 1)
    text = text.replace("<link>", "<link>&x;", 1)
    assert "document type" in refusal(tmp_path, text)


def test_an_entity_bomb_is_refused_at_once(tmp_path):
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{levels}]>'
    text = export(item(5)).replace("<rss ", f'{doctype}<rss x="&l11;" ', 1)
    refusal(tmp_path, text)


def test_an_outer_document_type_is_never_fetched(tmp_path):
    text = export(item(5)).replace("<rss", '<!DOCTYPE rss SYSTEM "https://evil.example/x.dtd"><rss', 1)
    assert "document type" in refusal(tmp_path, text)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_comments(tmp_path):
    # Each item's elements are freed once read: the second half of the file needs no more than the first.
    body = "word " * 200
    text = export(*(item(n, *(comment(n * 100 + m, body) for m in range(50))) for n in range(1, 120)))
    path = saved(tmp_path, text)
    tracemalloc.start()
    try:
        peaks = []
        for number, _entry in enumerate(read(path)):
            if number in {20, 119}:
                peaks.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 500_000


def test_people_without_a_login_are_passed_over(tmp_path):
    assert [type(entry) for entry in entries(tmp_path, export(authors=author("")))] == [Head]
