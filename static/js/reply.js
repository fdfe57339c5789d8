// Opens the form of an answer under its comment: a copy of the form at the end of the discussion. Cancel hides a
// form and keeps what was typed in it. Reply, and the button near selected words, quote these; the server links
// "— Ann, #12" back.

const discussion = document.getElementById("discussion");
const model = discussion?.querySelector("#join .comment-form");
const buttonOf = (properties) => Object.assign(document.createElement("button"), { type: "button", ...properties });
const button = buttonOf({ className: "button quote-here", textContent: discussion?.dataset.quote });
// The form that somebody wrote in last.
let last = model;

const textOf = (form) => form.elements.namedItem("text");

function nameOf(comment) {
  return document.getElementById(comment.getAttribute("aria-labelledby")).querySelector("bdi")?.textContent ?? "";
}

/* Ids begin with "form-new-" in the form that is copied, and with the comment's id in the copy. */
function renamed(form, id) {
  for (const element of form.querySelectorAll("[id], [for], [aria-describedby]")) {
    for (const name of ["id", "for", "aria-describedby"]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.replaceAll("form-new-", `form-${id}-`));
    }
  }
}

function copyFor(comment) {
  const form = model.cloneNode(true);
  const id = comment.id.replace("comment-", "");
  renamed(form, id);
  form.querySelector(".trouble-here").replaceChildren();
  form.querySelector(".draft").textContent = "";
  for (const part of form.querySelectorAll(".preview, .to-author, [name=once]")) part.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  textOf(form).value = "";
  form.querySelector(`label[for="form-${id}-text"]`).textContent = discussion.dataset.replyTo.replace("{name}", () =>
    nameOf(comment),
  );
  form.querySelector("[value=post]").textContent = discussion.dataset.postReply;
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "parent", value: id }));
  form
    .querySelector(".buttons")
    .append(buttonOf({ className: "cancel plain", textContent: discussion.dataset.cancel }));
  return form;
}

function open(comment) {
  const form = comment.parentElement.querySelector(":scope > .comment-form") ?? copyFor(comment);
  if (!form.isConnected) comment.after(form);
  form.hidden = false;
  // draft.js brings back what was typed here before.
  form.dispatchEvent(new CustomEvent("opened", { bubbles: true }));
  return form;
}

function close(form) {
  form.hidden = true;
  form.previousElementSibling.querySelector(":scope > footer > .reply")?.focus();
}

// What Markdown would take for marks.
const escaped = (words) =>
  words.replace(/[\\`*<&]|~~|\](?=\()|\b_|_\b/g, "\\$&").replace(/^(\d*)(?=[.)]\s)|^(?=[>#+=-])/gm, "$1\\");

/* The writer and the number, as the page says them; of a post the first two of its writers. */
function sourceOf(element) {
  const comment = element.closest(".comment");
  if (!comment) {
    const names = [...document.querySelectorAll(".post > header [rel=author]")]
      .slice(0, 2)
      .map((link) => link.textContent);
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
  const box = textOf(form);
  const before = box.value.slice(0, box.selectionStart).trimEnd();
  const after = box.value.slice(box.selectionEnd).trimStart();
  const start = `${before}${before && "\n\n"}${quotation(found)}\n\n`;
  box.value = start + after;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
  box.setSelectionRange(start.length, start.length);
}

/* Words of a comment go into the answer to it, those of the post into the form that somebody wrote in last. */
function quote(found) {
  const comment = found?.element.closest(".comment");
  const form = comment ? open(comment) : last.checkVisibility() ? last : model;
  if (found) insert(form, found);
}

function place() {
  const found = selected();
  if (!found) return button.remove();
  discussion.append(button);
  const line = [...getSelection().getRangeAt(0).getClientRects()].at(-1) ?? found.element.getBoundingClientRect();
  const left = Math.max(8, Math.min(line.right, document.documentElement.clientWidth - button.offsetWidth - 8));
  button.style.setProperty("--x", `${left + scrollX}px`);
  button.style.setProperty("--y", `${line.bottom + scrollY + 6}px`);
}

if (model) {
  discussion.addEventListener("click", (event) => {
    if (event.target.matches(".comment-form .cancel")) return close(event.target.closest("form"));
    const link = event.target.closest("a.reply");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    // The focus ends the selection.
    const found = selected();
    const form = open(link.closest(".comment"));
    textOf(form).focus();
    if (found) insert(form, found);
  });
  discussion.addEventListener("answer", (event) => open(event.target));
  discussion.addEventListener("quote", ({ target }) => {
    const element = target.querySelector(":scope > .comment-text");
    quote(selected() ?? (element && { element, words: element.innerText }));
  });
  discussion.addEventListener("keydown", (event) => {
    const form = event.target.closest(".comment-form");
    if (event.key !== "Escape" || !form?.elements.namedItem("parent")) return;
    if (!textOf(form).value.trim()) close(form);
  });
  // send.js says so when the answer stands in its place.
  discussion.addEventListener("posted", ({ target }) => {
    if (target.elements.namedItem("parent")) target.remove();
  });
  discussion.addEventListener("focusin", ({ target }) => {
    if (target.matches(".comment-form textarea")) last = target.form;
  });
  let wait;
  document.addEventListener("selectionchange", () => {
    clearTimeout(wait);
    wait = setTimeout(place, 200);
  });
  addEventListener("resize", place);
  // The press must not take the selection away.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    const found = selected();
    button.remove();
    quote(found);
  });
  place();
}
