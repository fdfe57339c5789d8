"""The demo's posts, figures and threads are complete, consistent and without repetition."""

import io
import re
from collections import Counter
from datetime import date

import pytest
from PIL import Image

from blog.imaging import processing
from exchange.demo import content

POSTS = content.load_posts()
THREADS = {post.slug: content.load_thread(post.slug) for post in POSTS}
BY_SLUG = {post.slug: post for post in POSTS}
AUTHORS = {author.slug: author for author in content.load_authors()}

posts = pytest.mark.parametrize("post", POSTS, ids=lambda post: post.slug)
threads = pytest.mark.parametrize("slug", [slug for slug, thread in THREADS.items() if thread])


def prose(text: str) -> str:
    """The writer's own words: without quoted lines, and with marks and spaces folded."""
    own = [line for line in text.splitlines() if not line.startswith(">")]
    return folded("\n\n".join("\n".join(own).split("\n\n")))


def folded(text: str) -> str:
    return " ".join(re.sub(r"[*_`]", "", text).replace("’", "'").split())


def quotations(text: str) -> list[str]:
    """Each block quote of a comment, as one folded line."""
    blocks = re.findall(r"(?:^>.*\n?)+", text, re.MULTILINE)
    return [folded(re.sub(r"^> ?", "", block, flags=re.MULTILINE)) for block in blocks]


def sentences(text: str) -> list[str]:
    found = [part.strip().casefold() for part in re.split(r"(?<=[.!?])\s+|\n{2,}", text)]
    return [sentence for sentence in found if len(sentence.split()) > 3]


def depth(comment: content.DemoComment, by_number: dict[int, content.DemoComment]) -> int:
    steps = 1
    while comment.parent:
        comment = by_number[comment.parent]
        steps += 1
    return steps


def longest_exchange(thread: list[content.DemoComment]) -> int:
    """The longest chain of replies in which two people take turns."""
    by_number = {comment.number: comment for comment in thread}
    longest = 0
    for comment in thread:
        chain = [comment]
        while chain[-1].parent:
            chain.append(by_number[chain[-1].parent])
        for end in range(2, len(chain) + 1):
            names = [turn.name for turn in chain[:end]]
            if len(set(names)) > 2 or any(a == b for a, b in zip(names, names[1:], strict=False)):
                break
            longest = max(longest, end)
    return longest


def test_there_are_enough_posts_and_threads_of_every_size() -> None:
    sizes = sorted(len(thread) for thread in THREADS.values())
    assert len(POSTS) >= 8
    assert 0 in sizes and 12 in sizes
    assert sizes[-1] >= 120
    assert any(45 <= size < 120 for size in sizes)


def test_every_thread_file_belongs_to_a_post() -> None:
    files = {path.stem for path in (content.CONTENT / "threads").glob("*.txt")}
    assert files <= set(BY_SLUG)


@posts
def test_a_post_has_everything_a_page_shows(post: content.DemoPost) -> None:
    assert post.title and post.dek and post.authors and post.categories and post.body
    assert set(post.authors) <= set(AUTHORS)
    assert 8 <= len(post.tags) <= 14 and len(set(post.tags)) == len(post.tags)
    assert post.format in {"markdown", "html"}
    assert "TK" not in post.body and "lorem" not in post.body.lower()


@posts
def test_a_post_argues_with_two_sources_or_more_at_invented_addresses(post: content.DemoPost) -> None:
    quoted = post.body.count(":::source") + post.body.count('class="clip"')
    assert quoted >= 2
    for address in re.findall(r"https?://([^/\s\"')]+)", post.body):
        assert address.endswith((".example", "example.org")), address


@posts
def test_a_finished_body_has_dates_and_figure_numbers(post: content.DemoPost) -> None:
    numbers = {name: 70 + place for place, name in enumerate(post.figures)}
    body = post.finished_body(published_on=date(2030, 5, 17), figure_ids=numbers)
    assert "days_before" not in body and not content.FIGURE_NAME.search(body)
    assert body.count("id: 7") == len(post.figures)
    assert body.count("date: 2030-") == post.body.count("days_before")


def test_authors_are_complete_and_each_has_written() -> None:
    written = {slug for post in POSTS for slug in post.authors}
    assert written == set(AUTHORS)
    assert all(author.bio and author.handles for author in AUTHORS.values())


def test_no_handle_of_the_demo_reads_like_a_mail_address() -> None:
    handles = [handle.handle for author in AUTHORS.values() for handle in author.handles]
    assert handles
    assert not [handle for handle in handles if "@" in handle[1:]]


def test_figures_are_described_and_have_a_picture_as_wide_as_a_plate() -> None:
    described = {figure.name for figure in content.load_figures()}
    assert {path.stem for path in content.picture_path("any").parent.iterdir()} == described
    assert {name for post in POSTS for name in post.figures} <= described
    for figure in content.load_figures():
        assert figure.title and figure.alt and figure.caption and figure.credit and figure.description
        picture = Image.open(io.BytesIO(content.load_picture(figure.name)))
        assert picture.format == "PNG" and picture.width == max(processing.WIDTHS)
        # Ink on the paper and not an empty sheet.
        assert len(picture.convert("RGB").getcolors(maxcolors=1 << 20) or []) > 8


@threads
def test_a_thread_is_numbered_in_order_of_time_and_parents_come_first(slug: str) -> None:
    thread = THREADS[slug]
    assert [comment.number for comment in thread] == list(range(1, len(thread) + 1))
    minutes = [comment.minutes for comment in thread]
    assert minutes == sorted(set(minutes))
    assert minutes[-1] < BY_SLUG[slug].days_ago * 24 * 60, "a comment from the future"
    assert all(comment.parent < comment.number for comment in thread if comment.parent)


@threads
def test_nobody_answers_what_readers_cannot_see_or_themselves_alone(slug: str) -> None:
    by_number = {comment.number: comment for comment in THREADS[slug]}
    for comment in by_number.values():
        if comment.parent:
            assert by_number[comment.parent].state != content.HELD, comment.number


@threads
def test_texts_say_something_and_states_give_their_reason(slug: str) -> None:
    for comment in THREADS[slug]:
        assert re.search(r"\w", prose(comment.text)), f"#{comment.number} is empty"
        assert len(comment.text) <= 5000
        assert "lorem" not in comment.text.lower()
        if comment.state in {content.HELD, content.REMOVED}:
            assert comment.reason, f"#{comment.number} gives no reason"


def test_one_name_is_one_person_on_the_whole_site() -> None:
    roles: dict[str, set[str]] = {}
    for thread in THREADS.values():
        for comment in thread:
            roles.setdefault(comment.name, set()).add(comment.role)
    assert {name: found for name, found in roles.items() if len(found) > 1} == {}
    writers = {author.name for author in AUTHORS.values()}
    assert {name for name, found in roles.items() if found == {"author"}} <= writers
    assert not [name for name in writers & set(roles) if roles[name] != {"author"}]


@threads
def test_mentions_name_somebody_who_has_already_spoken(slug: str) -> None:
    spoken: set[str] = set()
    for comment in THREADS[slug]:
        for rest in re.findall(r"(?<![\w/.])@(.{1,40})", comment.text):
            assert any(rest.startswith(name) for name in spoken), f"#{comment.number}: @{rest}"
        spoken.add(comment.name)


@threads
def test_numbers_point_at_earlier_comments(slug: str) -> None:
    held = [comment.number for comment in THREADS[slug] if comment.state == content.HELD]
    for comment in THREADS[slug]:
        for number in re.findall(r"(?<![\w&/])#(\d+)\b", prose(comment.text)):
            assert int(number) < comment.number, f"#{comment.number} points at #{number}"
            # A held comment has no number on the page, so those behind it count one less there.
            assert int(number) < min(held, default=len(THREADS[slug]) + 1), f"#{number} shifts on the page"


@threads
def test_quotations_are_found_in_the_post_or_an_earlier_comment(slug: str) -> None:
    said = folded(BY_SLUG[slug].body)
    for comment in THREADS[slug]:
        for quotation in quotations(comment.text):
            for part in re.split(r"\[…\]|…", quotation):
                assert part.strip(" .,") in said, f"#{comment.number}: {part}"
        said += "\n" + folded(re.sub(r"^> ?", "", comment.text, flags=re.MULTILINE))


def test_no_sentence_is_written_twice() -> None:
    counted = Counter(
        sentence
        for thread in THREADS.values()
        for comment in thread
        for sentence in sentences(prose(comment.text))
    )
    assert [sentence for sentence, times in counted.items() if times > 1] == []


def test_the_great_thread_has_the_shapes_a_reader_meets() -> None:
    thread = max(THREADS.values(), key=len)
    by_number = {comment.number: comment for comment in thread}
    states = Counter(comment.state for comment in thread)
    answers = Counter(comment.parent for comment in thread if comment.parent)
    assert max(depth(comment, by_number) for comment in thread) >= 9
    assert longest_exchange(thread) >= 10
    assert max(answers.values()) >= 7
    assert 1 <= states[content.HELD] <= 2
    assert states[content.REMOVED] == states[content.WITHDRAWN] == 1
    for state in (content.REMOVED, content.WITHDRAWN):
        (gone,) = [comment.number for comment in thread if comment.state == state]
        assert any(comment.parent == gone and comment.state == content.PUBLIC for comment in thread)
    assert any(comment.role == "author" for comment in thread)


def test_a_broken_line_is_reported_with_its_place() -> None:
    with pytest.raises(content.ContentError, match="x.txt, line 3"):
        content._parse_thread("[1] Ann | +0h05 | 2\nText.\n[2 < 1 Bo | soon\nText.", where="x.txt")
