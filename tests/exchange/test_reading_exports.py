"""Reading a WordPress export: what is in it, and how broken or hostile files are refused. No database."""

import tracemalloc

import pytest

from exchange.wordpress.wxr import Head, Item, Malformed, Term, Writer, read
from tests.exchange.exports import END, HEAD, author, category, comment, export, item, saved


def entries(folder, text):
    return list(read(saved(folder, text)))


def refusal(folder, text) -> str:
    with pytest.raises(Malformed) as refused:
        entries(folder, text)
    return str(refused.value)


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


def test_text_that_holds_the_end_of_a_cdata_section_is_whole(tmp_path):
    assert entries(tmp_path, export(item(5, content="a ]]> b")))[-1].content == "a ]]> b"


def test_control_characters_vanish_and_the_words_round_them_stay(tmp_path):
    text = export(item(5, content="be\x08fore\x00 \x1f\ufffe\uffffafter"))
    assert entries(tmp_path, text)[-1].content == "before after"


def test_control_characters_vanish_at_every_border_of_what_is_read_at_once(tmp_path):
    for length in range(32_760, 32_770):
        text = export(item(5, content="x" * length + "\uffff" * 3 + "yé" * 40))
        assert entries(tmp_path, text)[-1].content == "x" * length + "yé" * 40


def test_a_tag_that_does_not_match_is_named_by_line_and_item(tmp_path):
    text = (
        HEAD
        + "<title>T</title>\n"
        + item(4)
        + "\n<item><title>Broken one</title>\n<wp:post_id>5</wp:status></item>"
    )
    message = refusal(tmp_path, text + END)
    assert "Line 7" in message
    assert "“Broken one” that begins at line 6" in message


def test_a_file_that_was_cut_off_is_refused(tmp_path):
    whole = export(item(4, title="First"), item(5, comment(1), title="Second"))
    assert "“Second”" in refusal(tmp_path, whole[: whole.index("<wp:comment_id>")])


@pytest.mark.parametrize("number", ["", "abc", "-3", "0", "9" * 19 + "9", "1.5"])
def test_an_item_without_a_usable_number_is_refused(tmp_path, number):
    message = refusal(tmp_path, export(item(number, title="Odd one")))
    assert "“Odd one”" in message
    assert "post_id" in message


def test_a_comment_without_a_usable_number_or_date_is_refused_by_line(tmp_path):
    assert "comment_id is “x1”" in refusal(tmp_path, export(item(5, comment("x1"))))
    assert "comment_date is “yesterday”" in refusal(tmp_path, export(item(5, comment(1, date="yesterday"))))


def test_bytes_that_are_no_text_are_refused(tmp_path):
    assert "Line" in refusal(
        tmp_path, export(item(5)).encode().replace(b"Some words", b"Some \xff\xfe words")
    )


@pytest.mark.parametrize(
    "text", ["", "not XML at all", "<html><body>A page</body></html>", "<rss version='2.0'/>"]
)
def test_what_is_no_export_is_refused(tmp_path, text):
    assert "Line" in refusal(tmp_path, text)


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
