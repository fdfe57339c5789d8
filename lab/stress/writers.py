"""Writers over HTTP: they comment, reply, vote and withdraw, and record what was acknowledged."""

import random
import re
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field

from lab.stress import pages
from lab.stress.browser import Answer, Browser, GivenUp, Trouble

# Shares of operations in per cent, in this order.
SHARES = {"reply": 58, "opener": 12, "vote": 20, "unvote": 4, "withdraw": 6}
# After so many operations a page is read again, and a guest may throw the cookies away.
READ_EVERY, NEW_GUEST_EVERY = 12, 25
# One write in so many is looked for on the page at once.
LOOK_EVERY = 10

_PLACE = re.compile(r"/comments/(\d+)/")


@dataclass
class Ledger:
    """What writers sent and what the site said that it has."""

    done: Counter[str] = field(default_factory=Counter)
    # By the text, which nobody else ever wrote: the comment's id, or None while nothing was acknowledged.
    comments: dict[str, int | None] = field(default_factory=dict)
    withdrawn: set[int] = field(default_factory=set)
    # Votes that stand, as (person, comment).
    votes: set[tuple[str, int]] = field(default_factory=set)
    # Refused with a reason that was true: the comment had been withdrawn meanwhile.
    refused: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    trouble: Trouble = field(default_factory=Trouble)

    def add(self, other: "Ledger") -> None:
        self.done += other.done
        self.comments |= other.comments
        self.withdrawn |= other.withdrawn
        self.votes |= other.votes
        self.refused += other.refused
        self.errors += other.errors
        self.trouble.add(other.trouble)


@dataclass(frozen=True)
class Ground:
    """Where writers write: the post's id and path, and the server."""

    host: str
    port: int
    post_id: int
    path: str
    patience: float = 60.0
    waits_out: bool = False

    def browser(self, name: str, *, home: str = "", cookies: dict[str, str] | None = None) -> Browser:
        return Browser(
            self.host,
            self.port,
            name,
            home=home,
            patience=self.patience,
            waits_out=self.waits_out,
            cookies=dict(cookies or {}),
        )


class Writer:
    """One person after the other at one keyboard: a member throughout, or guests who come and go."""

    def __init__(
        self, ground: Ground, number: int, *, home: str = "", cookies: dict[str, str] | None = None, seed: int
    ) -> None:
        self.ground, self.number, self.home = ground, number, home
        self.is_member = bool(cookies)
        self.dice = random.Random(f"{seed} {number}")
        self.ledger = Ledger()
        self.known: list[int] = []
        # Of all persons of this writer: nobody votes on their own, nor twice from one network.
        self.voted: set[int] = set()
        self.mine: set[int] = set()
        self.persons = 0
        self._sit_down(cookies)

    def run(self, operations: int, *, until: float) -> Ledger:
        """Do so many operations, or as many as there is time for (`until` is monotonic)."""
        try:
            for number in range(operations):
                if time.monotonic() > until:
                    break
                self._operate(number)
        except GivenUp as error:
            self.ledger.errors.append(str(error))
        self.ledger.trouble.add(self.browser.trouble)
        self.browser.close()
        return self.ledger

    def _operate(self, number: int) -> None:
        if number % READ_EVERY == 0:
            self._read()
        if number % NEW_GUEST_EVERY == NEW_GUEST_EVERY - 1 and not self.is_member:
            self.ledger.trouble.add(self.browser.trouble)
            self.browser.close()
            self._sit_down(None)
        name = self.dice.choices(list(SHARES), list(SHARES.values()))[0]
        getattr(self, f"_{name}")()

    def _sit_down(self, cookies: dict[str, str] | None) -> None:
        """Begin as somebody else: without a cookie, unless this is a member."""
        self.persons += 1
        self.person = f"writer {self.number}, person {self.persons}"
        self.browser = self.ground.browser(f"Stress, {self.person}", home=self.home, cookies=cookies)
        self.token = ""
        self.own: list[int] = []

    # --- reading ---

    def _read(self) -> None:
        answer = self.browser.get(self.ground.path)
        if answer.status != 200:
            self._complain("reading", answer)
            return
        self.known = pages.ids_on(answer.body)
        self.token = pages.token_of(answer.body)
        if self.is_member and not self.token:
            self.ledger.errors.append(f"{self.person}: a member's page has no token")

    def _look_for(self, pk: int) -> None:
        answer = self.browser.get(f"{self.ground.path}?all")
        if answer.status != 200 or pk not in pages.ids_on(answer.body):
            self._complain(f"looking for comment {pk} just after it was posted", answer)

    # --- writing ---

    def _opener(self) -> None:
        self._comment(None)

    def _reply(self) -> None:
        self._comment(self._some(self.known))

    def _comment(self, parent: int | None) -> None:
        name = "reply" if parent else "opener"
        text = f"{self.person.capitalize()} says *{secrets.token_hex(12)}*, as #1 does."
        form = {"text": text, "once": secrets.token_urlsafe(24), "do": "post"}
        if parent is not None:
            form["parent"] = str(parent)
        if not self.is_member:
            form |= {"name": f"Stress {self.number}", "email": f"stress-{self.number}@example.org"}
        self.ledger.comments[text] = None
        as_script = self.dice.random() < 0.5
        answer = self.browser.post(
            f"/posts/{self.ground.post_id}/comments/", self._signed(form), as_script=as_script
        )
        pk = self._acknowledged(answer)
        if pk is None:
            self._refused(name, answer, parent)
            return
        self.ledger.done[name] += 1
        self.ledger.comments[text] = pk
        self.mine.add(pk)
        self.own.append(pk)
        self.known.append(pk)
        if len(self.ledger.comments) % LOOK_EVERY == 0:
            self._look_for(pk)

    def _vote(self) -> None:
        pk = self._some([pk for pk in self.known if pk not in self.voted and pk not in self.mine])
        if pk is not None and self._pressed("up", pk):
            self.voted.add(pk)
            self.ledger.votes.add((self.person, pk))

    def _unvote(self) -> None:
        pk = self._some(sorted(pk for person, pk in self.ledger.votes if person == self.person))
        if pk is not None and self._pressed("unup", pk):
            self.ledger.votes.discard((self.person, pk))

    def _pressed(self, button: str, pk: int) -> bool:
        form = self._signed({button: str(pk)})
        answer = self.browser.post("/comments/vote/", form, as_script=self.dice.random() < 0.5)
        if answer.status in {200, 303}:
            self.ledger.done["vote" if button == "up" else "unvote"] += 1
            return True
        self._refused(button, answer, pk)
        return False

    def _withdraw(self) -> None:
        pk = self._some(self.own)
        if pk is None:
            return
        answer = self.browser.post(f"/comments/{pk}/withdrawal/", self._signed({}))
        # Sent again after the connection broke, it was withdrawn already.
        if answer.status == 303 or (answer.status == 403 and self._is_gone(pk)):
            self.ledger.done["withdraw"] += 1
            self.ledger.withdrawn.add(pk)
            self.own.remove(pk)
            return
        self._complain("withdraw", answer)

    def _signed(self, form: dict[str, str]) -> dict[str, str]:
        return form | {"csrfmiddlewaretoken": self.token} if self.is_member else form

    def _some(self, known: list[int]) -> int | None:
        """Return one of these, one of the last ten as often as any other, as readers do."""
        if not known:
            return None
        return self.dice.choice(known[-10:] if self.dice.random() < 0.5 else known)

    # --- answers ---

    def _acknowledged(self, answer: Answer) -> int | None:
        """Return the id of the comment that the site says it has."""
        if answer.status == 201:
            found = pages.ids_on(answer.body)
            return found[0] if found else None
        place = _PLACE.search(answer.header("Location")) if answer.status == 303 else None
        return int(place[1]) if place else None

    def _refused(self, name: str, answer: Answer, pk: int | None) -> None:
        """A refusal is right where the comment has been withdrawn meanwhile; everything else is an error."""
        if pk is not None and answer.status in {403, 404, 409, 410} and self._is_gone(pk):
            self.ledger.refused[name] += 1
            return
        self._complain(name, answer)

    def _is_gone(self, pk: int) -> bool:
        return self.browser.get(f"/comments/{pk}/").status == 410

    def _complain(self, doing: str, answer: Answer) -> None:
        words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.body.decode("utf-8", "replace")))
        self.ledger.errors.append(f"{self.person}, {doing}: {answer.status} {words.strip()[-160:]}")
