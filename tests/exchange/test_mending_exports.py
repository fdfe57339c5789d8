"""Exports that are not valid XML: what is read anyway, what is left out, and what is reported. No database."""

import random
from pathlib import Path

import pytest

from exchange.wordpress.cleaning import Malformed
from exchange.wordpress.values import Fault, FaultKind
from exchange.wordpress.wxr import Head, Item, Writer, read
from tests.exchange.exports import HEAD, author, comment, export, item, saved

CASES = Path(__file__).parents[3] / "shared" / "cases"


def entries(folder, text, **options):
    return list(read(saved(folder, text), **options))


def items(found) -> list[Item]:
    return [entry for entry in found if isinstance(entry, Item)]


def contents(found) -> list[str]:
    return [entry.content for entry in items(found)]


def faults(found, kind: FaultKind | None = None) -> list[str]:
    return [str(entry) for entry in found if isinstance(entry, Fault) and kind in {None, entry.kind}]


# --- namespaces -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "uri",
    [
        "https://wordpress.org/export/1.2/",
        "http://www.wordpress.org/export/1.1/",
        "HTTP://WordPress.org/export/1.0/",
        "http://wordpress.org/export/1.2/ü",
        "wordpress.org export",
    ],
)
def test_the_namespace_may_be_written_in_other_ways(tmp_path, uri):
    text = export(item(5, comment(9))).replace(
        'xmlns:wp="http://wordpress.org/export/1.2/"', f'xmlns:wp="{uri}"'
    )
    found = entries(tmp_path, text)
    assert items(found)[0].comments[0].id == 9
    assert "namespace" in faults(found)[0]


def test_an_export_without_any_namespace_is_known_by_its_fields(tmp_path):
    text = export(item(5, comment(9), excerpt="Short")).replace(HEAD, '<rss version="2.0">\n<channel>\n')
    found = entries(tmp_path, text)
    assert (items(found)[0].excerpt, items(found)[0].content) == ("Short", "Some words.")
    assert items(found)[0].comments[0].content == "A thought."
    assert any("prefix “wp”" in line for line in faults(found))
    assert Writer("ada", 7, "ada@old.example", "Ada Byron") in found


def test_an_export_that_lost_its_root_is_known_by_its_fields(tmp_path):
    text = export(item(5, comment(9)))
    for broken in (
        text.replace("<rss", "<", 1),
        text[text.index("<channel>") :],
        text[text.index("<title>") :],
    ):
        found = entries(tmp_path, broken)
        assert items(found)[0].comments[0].id == 9
        assert next(entry for entry in found if isinstance(entry, Head)).title == "Old blog"


def test_prefixes_that_nobody_declared_are_named_once(tmp_path):
    odd = '<atom:link rel="hub" href="x"/><podcast:length my:unit="s">3</podcast:length>'
    found = entries(tmp_path, export(item(4), item(5).replace("</item>", f"{odd}</item>"), item(6)))
    assert len(items(found)) == 3
    assert sorted(line.split("“")[-1] for line in faults(found)) == [
        f"{prefix}” is used but not declared" for prefix in ("atom", "my", "podcast")
    ]


def test_a_namespace_of_its_own_for_the_whole_file_hides_nothing(tmp_path):
    text = export(item(5)).replace("<rss ", '<rss xmlns="http://backend.userland.com/rss2" ')
    assert items(entries(tmp_path, text))[0].id == 5


# --- signs that stand where they may not ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("a ]]> b", "a ]]> b"),
        ("Salt & pepper", "Salt & pepper"),
        ("AT&T, R&D; x?a=1&b=2", "AT&T, R&D; x?a=1&b=2"),
        ("caf&eacute;&nbsp;&hellip; &amp;eacute;", "café\xa0… &eacute;"),
        ("a &nosuch; b", "a &nosuch; b"),
        ("a&#11;b&#0;&#xFFFF;&#x1F;c&#xD800;", "abc"),
        ("&#55357;&#56834; &#x1F602;", "😂 😂"),
        ("a < b <= c", "a < b <= c"),
        ("if a <1 then", "if a <1 then"),
        ("<![CDATA[x\x0by\ufffe]]> and &hearts;", "xy and ♥"),
        ("<![CDATA[&nbsp; & <b> stays]]> & this", "&nbsp; & <b> stays & this"),
        ("one<![CDATA[ two", "one two"),
    ],
)
def test_what_stands_in_a_text_is_kept(tmp_path, written, read_as):
    odd = item(5).replace("<![CDATA[Some words.]]>", written)
    found = entries(tmp_path, export(item(4), odd, item(6)))
    assert [entry.id for entry in items(found)] == [4, 5, 6]
    assert contents(found)[1] == read_as


def test_tags_that_lost_their_end_swallow_no_field_after_them(tmp_path):
    broken = item(5, comment(8), comment(9), meta={"a": 1, "b": 2}, title="T")
    for tag in (
        "wp:status",
        "title",
        "content:encoded",
        "wp:comment_author",
        "wp:meta_key",
        "wp:comment",
        "dc:creator",
    ):
        found = entries(tmp_path, export(item(4), broken.replace(f"</{tag}>", "", 1), item(6)))
        assert [entry.id for entry in items(found)] == [4, 5, 6], tag
        post = items(found)[1]
        assert (post.title, post.status, post.content) == ("T", "publish", "Some words."), tag
        assert [one.id for one in post.comments] == [8, 9], tag
        assert [one.name for one in post.comments] == ["Bob", "Bob"], tag
        assert post.meta_value("b") == "2", tag
        assert "end tag" in faults(found)[0]


def test_an_item_that_lost_its_end_swallows_no_item_after_it(tmp_path):
    text = export(item(4), item(5, comment(9)), item(6)).replace("</item>", "", 2)
    found = entries(tmp_path, text)
    assert [entry.id for entry in items(found)] == [4, 5, 6]
    assert items(found)[1].comments[0].id == 9
    assert [entry.id for entry in items(entries(tmp_path, export(item(4)).replace("</item>", "")))] == [4]


def test_a_section_that_lost_its_end_swallows_no_field_after_it(tmp_path):
    for field in ("content:encoded", "wp:status", "wp:is_sticky"):
        text = export(item(4), item(5, title="T"), item(6)).replace(f"]]></{field}>", f"</{field}>", 2)
        found = entries(tmp_path, text)
        assert [entry.id for entry in items(found)] == [4, 5, 6], field
        assert [(entry.status, entry.content) for entry in items(found)] == [
            ("publish", "Some words.")
        ] * 3, field


def test_items_in_a_text_are_words(tmp_path):
    words = "<rss><channel><item><title>x</title></item></channel></rss> ]] > <item> </item>"
    found = entries(tmp_path, export(item(4), item(5, content=words), item(6)))
    assert contents(found)[1] == words
    assert faults(found) == []


@pytest.mark.parametrize("size", [2**18 - 9, 2**18 - 8, 2**18 - 3, 2**18, 2**18 + 1])
def test_it_does_not_matter_where_a_read_ends(tmp_path, size):
    first = export(item(4, content=""))
    padding = "x" * (size - first.index("</item>"))
    found = entries(tmp_path, export(item(4, content=padding), item(5), item(6, content="</item>é")))
    assert [entry.id for entry in items(found)] == [4, 5, 6]
    assert contents(found)[2] == "</item>é"


# --- what other programs wrote between ----------------------------------------------------------------------------


def test_php_error_messages_in_the_file_are_skipped(tmp_path):
    notice = "<br />\n<b>Notice</b>:  Undefined index in <b>/srv/x.php</b> on line <b>7</b><br />\n"
    odd = item(5, comment(9)).replace("<wp:post_id><![CDATA[5]]>", f"<wp:post_id>{notice}5")
    odd = odd.replace("<wp:comment>", f"{notice}<wp:comment>")
    found = entries(tmp_path, export(item(4), odd, item(6)))
    assert [entry.id for entry in items(found)] == [4, 5, 6]
    assert items(found)[1].comments[0].id == 9
    assert items(found)[2].line == items(found)[1].line + 5


@pytest.mark.parametrize(
    "before",
    [
        "Warning: something in /srv/x.php on line 7\n",
        "<br />\n<b>Warning</b>: x<br />\n",
        "\n\n",
        "\ufeff\ufeff",
        "-->\n",
    ],
)
def test_text_before_the_export_is_skipped(tmp_path, before):
    found = entries(tmp_path, before + export(item(5)))
    assert items(found)[0].id == 5
    assert items(found)[0].line == before.count("\n") + 6


def test_two_exports_in_one_file_are_both_imported(tmp_path):
    text = export(item(4)) + export(item(5), title="Second")
    found = entries(tmp_path, text)
    assert [entry.id for entry in items(found)] == [4, 5]
    assert next(entry for entry in found if isinstance(entry, Head)).title == "Old blog"


# --- bytes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("UTF-8", "utf-8"), ("utf8", "utf-8"), ("ISO-8859-1", "utf-8"), ("windows-1252", "utf-8"),
        ("ISO-8859-1", "cp1252"), ("windows-1252", "cp1252"), ("UTF-8", "cp1252"), ("nonsense", "utf-8"),
        ("UTF-16", "utf-16"), ("UTF-16", "utf-8"), ("UTF-8", "utf-16-le"), ("ISO-8859-15", "iso-8859-15"),
        ("windows-1251", "utf-8"), ("us-ascii", "utf-8"), ("us-ascii", "cp1252"),
    ],
)  # fmt: skip
def test_words_are_read_in_the_encoding_they_are_in(tmp_path, declared, written):
    words = "Zoë’s café" if written != "iso-8859-15" else "Zoë's café €"
    text = export(item(4, title="Plain"), item(5, title=words)).replace(
        'encoding="UTF-8"', f'encoding="{declared}"'
    )
    assert [entry.title for entry in items(entries(tmp_path, text.encode(written)))] == ["Plain", words]


def test_letters_of_other_scripts_are_read_as_declared(tmp_path):
    text = export(item(5, title="Привет", content="Слова")).replace("UTF-8", "windows-1251")
    assert items(entries(tmp_path, text.encode("cp1251")))[0].title == "Привет"
    text = text.replace("windows-1251", "Shift_JIS").replace("Привет", "表現ソ").replace("Слова", "予定")
    assert items(entries(tmp_path, text.encode("shift_jis")))[0].title == "表現ソ"


# --- hostile files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "doctype",
    ['<!DOCTYPE rss [<!ENTITY x "lol">]>', '<!DOCTYPE rss SYSTEM "http://evil.example/x.dtd">'],
)
def test_a_document_type_is_refused_before_and_nothing_between(tmp_path, doctype):
    with pytest.raises(Malformed, match="document type"):
        entries(tmp_path, export(item(5)).replace("<rss", f"{doctype}<rss", 1))
    found = entries(
        tmp_path,
        export(item(4), doctype + item(5, title="T"), item(6).replace("<item>", f"<item>{doctype}&x;")),
    )
    assert [entry.id for entry in items(found)] == [4, 5, 6]
    assert "lol" not in repr(items(found))


@pytest.mark.slow
def test_a_file_changed_at_random_is_read_to_its_end_or_refused_in_one_way(tmp_path):
    whole = export(
        *(item(n, comment(n * 10, "Hm & so"), title=f"T{n}") for n in range(1, 8)), authors=author()
    ).encode()
    pieces = [b"<", b">", b"&", b"]]>", b"<![CDATA[", b"</item>", b"<item>", b"\xff", b"\0", b"<!--", b"<!DOCTYPE x>",
              b"", b"<?", b"</channel>", b"&lol;", b"xmlns:wp=''", b"\n"]  # fmt: skip
    came = 0
    for seed in range(400):
        dice = random.Random(seed)
        text = whole
        for _change in range(dice.randint(1, 4)):
            at = dice.randrange(len(text))
            text = text[:at] + dice.choice(pieces) + text[at + dice.choice([0, 0, 1, 5, 40]) :]
        try:
            came += len(items(entries(tmp_path, text, partial=True)))
        except Malformed:
            continue
    assert came > 400 * 5.5


def test_a_clean_file_has_no_faults(tmp_path):
    assert faults(entries(tmp_path, export(item(4, comment(9)), item(5)))) == []


@pytest.mark.skipif(not CASES.is_dir(), reason="the inputs that went wrong are not beside this folder")
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("01-atom-link-undeclared", 1), ("02-https-namespace", 1), ("03-item-without-post-id", 2),
        ("12-cdata-end-in-text", 2), ("19-wxr-unicode-namespace", 1),
    ],
)  # fmt: skip
def test_files_once_refused_are_read_completely_and_their_errors_reported(name, count):
    found = list(read(CASES / f"{name}.wxr.xml"))
    assert len(items(found)) == count
    assert faults(found)


def test_an_item_that_cannot_be_read_is_left_out_by_its_line(tmp_path):
    deep = "<a>" * 5000
    found = entries(
        tmp_path, export(item(4), item(5, title="Deep").replace("</item>", f"\n{deep}</item>"), item(6))
    )
    assert [entry.id for entry in items(found)] == [4, 6]
    [named] = faults(found, FaultKind.LEFT_OUT)
    assert named.startswith("line ")
    assert "“Deep”" in named
