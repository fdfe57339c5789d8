"""Recombines sentences of the demo into any number of texts; their HTML is assembled from rendered sentences."""

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from blog import markup
from exchange.demo import content

# Comments of the sample have 530 characters on average; most are shorter, a few are very long.
MEAN_LENGTH = 530
# Paragraphs are not cut, and nothing is shorter than one: that makes texts longer than what is drawn by so much.
_OVERSHOOT = 22
SHORTEST, LONGEST = 40, 2600

# A sentence with any of these means something that it would not mean elsewhere: a mark, a mention, a number.
_MARKS = re.compile(r"[*_`\[\]~<>#@|\\]|://|^\d+[.)]")
_SOURCE = re.compile(r"^:::source\n(?P<head>.*?)\n\n(?P<quoted>[^\n]+)", re.MULTILINE | re.DOTALL)
# A sentence ends before a capital, but not after "Mr." or an initial.
_END = re.compile(r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\bMrs\.)(?<!\b[MDS][rst]\.)\s+(?=[A-Z])")
_BLOCK = re.compile(r"^:::\w+\n.*?^:::$|<figure.*?</figure>|<[^>]+>|^#[^\n]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Text:
    """What somebody typed and what it renders to."""

    typed: str
    html: str
    opening: str = ""


def comment_sentences() -> list[str]:
    texts = (row.text for post in content.load_posts() for row in content.load_thread(post.slug))
    own_words = ("\n".join(line for line in text.splitlines() if not line.startswith(">")) for text in texts)
    return sorted(set(_sentences(own_words)))


def post_sentences() -> list[str]:
    return sorted(set(_sentences(_BLOCK.sub("\n\n", post.body) for post in content.load_posts())))


def _sentences(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for paragraph in re.split(r"\n\s*\n", text):
            for part in _END.split(" ".join(paragraph.split())):
                if 25 <= len(part) <= 260 and _stands_alone(part):
                    yield part


def _stands_alone(sentence: str) -> bool:
    whole = sentence[0].isupper() and sentence[-1] in ".!?"
    return whole and sentence.count('"') % 2 == 0 and not _MARKS.search(sentence)


def paragraphs(sentences: list[str], *, chance: random.Random, count: int) -> list[Text]:
    """Return paragraphs of one to four sentences, each rendered once."""
    made = []
    for _number in range(count):
        chosen = chance.sample(sentences, chance.choice((1, 2, 2, 3, 3, 4)))
        typed = " ".join(chosen)
        made.append(Text(typed=typed, html=markup.render_comment(typed), opening=chosen[0]))
    return made


def comment_text(pool: list[Text], *, chance: random.Random, answered: Text | None = None) -> Text:
    """Join paragraphs to the length of a comment; now and then it begins by quoting what it answers."""
    wanted = min(max(chance.gammavariate(1.3, (MEAN_LENGTH - _OVERSHOOT) / 1.3), SHORTEST), LONGEST)
    parts = [quotation(answered.opening)] if answered and chance.random() < 0.1 else []
    parts.append(chance.choice(pool))
    length = sum(len(part.typed) for part in parts)
    while length < wanted:
        following = chance.choice(pool)
        # Stopping where the end lies nearer to what is wanted keeps the mean where it should be.
        if length + len(following.typed) / 2 > wanted:
            break
        parts.append(following)
        length += len(following.typed) + 2
    return joined(parts)


def joined(parts: list[Text]) -> Text:
    """Paragraphs under each other: rendered together they give what they give one by one."""
    return Text(
        typed="\n\n".join(part.typed for part in parts),
        html="".join(part.html for part in parts),
        opening=parts[-1].opening,
    )


@cache
def quotation(sentence: str) -> Text:
    typed = f"> {sentence}"
    return Text(typed=typed, html=markup.render_comment(typed), opening=sentence)


def titles(sentences: Iterable[str]) -> list[str]:
    """Sentences short enough to stand over a post."""
    return [sentence.rstrip(".") for sentence in sentences if len(sentence) <= 70 and '"' not in sentence]


def clippings() -> list[str]:
    """The demo's sources with the first paragraph of each, as they are typed in a post."""
    found = (match for post in content.load_posts() for match in _SOURCE.finditer(post.body))
    return [f":::source\n{_undated(match['head'])}\n\n{match['quoted']}\n:::" for match in found]


def _undated(head: str) -> str:
    return "\n".join(line for line in head.splitlines() if not content.SOURCE_DAYS.match(line))
