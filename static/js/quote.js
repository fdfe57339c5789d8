// Quotes selected words with their source into the form of an answer: by Reply, by the button that appears near a
// selection, or when something says "quote" to a comment. The server links "— Ann, #12" back to where they are from.

const discussion = document.getElementById("discussion");
const join = discussion?.querySelector("#join .comment-form");
const button = document.createElement("button");
Object.assign(button, { type: "button", className: "button quote-here", textContent: discussion?.dataset.quote });
// The form that somebody wrote in last.
let last = join;

const formUnder = (comment) => comment.parentElement.querySelector(":scope > .comment-form");
// What Markdown would take for marks.
const escaped = (words) => words.replace(/[\\`*<&]|~~|\](?=\()|\b_|_\b/g, "\\$&").replace(/^(\d*)(?=[.)]\s)|^(?=[>#+=-])/gm, "$1\\");

/* The writer and the number, as the page says them; of a post the first two of its writers. */
function sourceOf(element) {
  const comment = element.closest(".comment");
  if (!comment) {
    const names = [...document.querySelectorAll(".post > header [rel=author]")].slice(0, 2).map((link) => link.textContent);
    return `${names.join(` ${discussion.dataset.and} `) || document.querySelector("h1").textContent}, #post`;
  }
  const number = /#\d+/.exec(comment.querySelector(":scope > header .comment-when")?.textContent);
  return number && `${comment.querySelector(":scope > header bdi").textContent}, ${number}`;
}

/* null where nothing is selected. */
function selected() {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const element = (range.startContainer.parentElement ?? discussion).closest(".comment-text, .post > .prose");
  if (!element || !sourceOf(element)) return null;
  // Three clicks select up to the next paragraph, which may be somebody else's.
  if (!element.contains(range.endContainer)) range.setEndAfter(element.lastChild);
  return { element, words: selection.toString() };
}

function quotation({ element, words }) {
  const lines = escaped(words.trim().replace(/\n{2,}/g, "\n\n")).split("\n");
  return [...lines, `— ${escaped(sourceOf(element))}`].map((line) => `> ${line.trim()}`.trim()).join("\n");
}

/* Put it at the caret, between blank lines, and the caret after it. */
function insert(form, found) {
  const box = form.elements.namedItem("text");
  const before = box.value.slice(0, box.selectionStart).trimEnd();
  const after = box.value.slice(box.selectionEnd).trimStart();
  const start = `${before}${before && "\n\n"}${quotation(found)}\n\n`;
  box.value = start + after;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
  box.setSelectionRange(start.length, start.length);
}

function quoteInto(comment, found) {
  if (comment) comment.dispatchEvent(new CustomEvent("answer", { bubbles: true }));
  const form = comment ? formUnder(comment) : last?.checkVisibility() ? last : join;
  if (form && found) insert(form, found);
}

function place() {
  const found = selected();
  if (!found || !join) return button.remove();
  discussion.append(button);
  const line = [...getSelection().getRangeAt(0).getClientRects()].at(-1) ?? found.element.getBoundingClientRect();
  const left = Math.max(8, Math.min(line.right, document.documentElement.clientWidth - button.offsetWidth - 8));
  button.style.setProperty("--x", `${left + scrollX}px`);
  button.style.setProperty("--y", `${line.bottom + scrollY + 6}px`);
}

if (discussion) {
  let wait;
  document.addEventListener("selectionchange", () => {
    clearTimeout(wait);
    wait = setTimeout(place, 200);
  });
  addEventListener("resize", place);
  document.addEventListener("focusin", ({ target }) => {
    if (target.matches(".comment-form textarea")) last = target.form;
  });
  // The press must not take the selection away.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    const found = selected();
    button.remove();
    if (found) quoteInto(found.element.closest(".comment"), found);
  });
  // Seen before reply.js gives the focus to the form, which ends the selection.
  let pending = null;
  discussion.addEventListener("click", ({ target }) => {
    pending = target.closest("a.reply") && selected();
  }, true);
  discussion.addEventListener("click", ({ target, defaultPrevented }) => {
    if (pending && defaultPrevented) insert(formUnder(target.closest(".comment")), pending);
  });
  discussion.addEventListener("quote", ({ target }) => {
    const text = target.querySelector?.(":scope > .comment-text");
    const whole = text && { element: text, words: text.innerText };
    quoteInto(target.matches(".comment") ? target : null, selected() ?? whole);
  });
  place();
}
