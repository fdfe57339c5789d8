// Deciding in the thread: a decision is sent by script, and its comment takes the answer in its place, with a
// receipt that undoes it; “Remove…” asks for the reason under the comment. Without this script each leads to the
// comment's page. On a phone the decisions have no room in the row: they stand in the menu of the comment
// (menu.js).

const decide = document.getElementById("decide");
const say = document.getElementById("say");

const articleOf = (element) => element?.closest(".comment");
const headingOf = (article) => article.querySelector("header > :is(h2, h3, h4)");

/* Say why nothing was decided: beside the button of a removal, else under the comment. */
function tell(form, article, words) {
  let note = (form.matches(".removal-form") && form.querySelector(".err")) || article.querySelector(":scope > .told");
  if (!note) article.append(note = Object.assign(document.createElement("p"), { className: "told" }));
  note.hidden = false;
  note.textContent = words;
  say.textContent = words;
}

/* The browser sends the form itself, with the button that was pressed. */
function sendPlainly(form, button) {
  form.dataset.plain = "on";
  form.requestSubmit(button);
}

async function send(form, button, article) {
  if (article.getAttribute("aria-busy")) return;
  article.setAttribute("aria-busy", "true");
  const data = new FormData(form);
  data.set("place", "thread");
  if (button?.name) data.set(button.name, button.value);
  const address = button?.getAttribute("formaction") ?? form.getAttribute("action");
  const answer = await fetch(address, { method: "POST", body: data, headers: { "X-Fragment": "1" } }).catch(() => null);
  article.removeAttribute("aria-busy");
  if (!answer) return tell(form, article, decide.dataset.failed);
  const text = await answer.text();
  if (answer.status === 400) return tell(form, article, text);
  const page = new DOMParser().parseFromString(text, "text/html");
  const made = page.querySelector(".comment");
  // A page instead of a comment: signed out meanwhile, or something went wrong that a page explains.
  if (answer.redirected || ![200, 403, 409].includes(answer.status) || !made) return sendPlainly(form, button);
  const refused = answer.status !== 200 && article.querySelector(":scope > .removal-form");
  put(article, made, page.querySelector(".receipt-line, .told"));
  if (refused) askAgain(article, refused);
}

/* The comment keeps its place, its lane, its fold and the level of its heading; the rest is as the server has
   it now. */
function put(article, made, line) {
  const fold = article.querySelector(":scope > footer > .fold");
  const heading = document.createElement(headingOf(article).localName);
  heading.id = headingOf(made).id;
  heading.append(...headingOf(made).childNodes);
  headingOf(made).replaceWith(heading);
  article.replaceChildren(...made.childNodes);
  article.classList.toggle("gone", made.classList.contains("gone"));
  if (fold) article.querySelector(":scope > footer").append(fold);
  if (!line) return;
  article.append(line);
  // An alert speaks for itself.
  if (!line.matches("[role=alert]")) say.textContent = (line.querySelector("p") ?? line).textContent.trim();
  (line.querySelector("button") ?? article).focus();
}

/* Whoever typed a reason and was refused has it still; sent again it is about the comment as it stands there now. */
function askAgain(article, form) {
  const link = article.querySelector(".decide .remove");
  if (!link) return;
  link.setAttribute("aria-expanded", "true");
  form.elements.rev.value = new URL(link.href).searchParams.get("rev");
  article.append(form);
}

async function askWhy(link) {
  const article = articleOf(link);
  const open = article.querySelector(":scope > .removal-form");
  if (open) return close(open);
  const answer = await fetch(link.href, { headers: { "X-Fragment": "1" } }).catch(() => null);
  const text = answer?.ok && !answer.redirected ? await answer.text() : "";
  const form = new DOMParser().parseFromString(text, "text/html").querySelector("form");
  if (!form) return location.assign(link.href);
  link.setAttribute("aria-expanded", "true");
  const cancel = Object.assign(document.createElement("button"), {
    type: "button",
    className: "plain",
    textContent: decide.dataset.cancel,
  });
  cancel.addEventListener("click", () => close(form));
  form.querySelector(".buttons").append(cancel);
  article.append(form);
  form.querySelector("[type=radio]").focus();
}

function close(form) {
  const link = articleOf(form).querySelector(".remove");
  form.remove();
  link.removeAttribute("aria-expanded");
  (link.checkVisibility() ? link : articleOf(link).querySelector(".more")).focus();
}

/* The same words in the menu press what has no room in the row. */
function addTo(menu) {
  const { pathname } = menu.querySelector(".copy");
  const row = document.querySelector(`#comment-${pathname.split("/")[2]} .decide`);
  if (!row || row.checkVisibility()) return;
  const group = Object.assign(document.createElement("div"), { className: "deciding", role: "none" });
  for (const control of row.children) {
    const button = Object.assign(document.createElement("button"), { type: "button", tabIndex: -1, role: "menuitem" });
    button.textContent = control.firstChild.textContent.trim();
    button.addEventListener("click", () => {
      menu.hidePopover();
      control.click();
    });
    group.append(button);
  }
  menu.querySelector("[role=menu]").append(group);
}

if (decide) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".decide .remove");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    askWhy(link);
  });
  // On the way down: what bubbles from a form within the one of all votes stops there.
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    // In a thread the buttons of a row send the form of all votes, which stands around it.
    const isInRow = submitter?.matches(".decide button");
    const article = articleOf(isInRow ? submitter : form);
    if (!article || form.dataset.plain || !(isInRow || form.matches(".removal-form, .receipt form"))) return;
    event.preventDefault();
    send(form, submitter, article);
  }, true);
  // Before it is shown, so that it knows its size. These events do not bubble.
  document.addEventListener("beforetoggle", ({ target, newState }) => {
    if (newState === "open" && target.matches(".menu")) addTo(target);
  }, true);
  document.addEventListener("keydown", (event) => {
    const form = event.key === "Escape" && event.target.closest(".comment > .removal-form");
    if (form) close(form);
  });
}
