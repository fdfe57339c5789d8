// Sends a comment, or asks for its preview, without leaving the page. Whatever goes wrong, the text stays in its
// box and a line says why; the same `once` makes a second try harmless.

const discussion = document.getElementById("discussion");
const WORDS = discussion.dataset;
// Milliseconds until an answer that does not come counts as lost.
const PATIENCE = 30000;

/* 128 random bits; crypto.randomUUID is not there on plain http. */
const newOnce = () => crypto.getRandomValues(new Uint32Array(4)).join("");

/* Scripts in it would not run. */
const elementOf = (html) => new DOMParser().parseFromString(html, "text/html").body.firstElementChild;

function giveOnce(form) {
  if (form.elements.namedItem("once")) return;
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "once", value: newOnce() }));
}

function say(words) {
  document.getElementById("say").textContent = words;
}

/* As the server does on a page of its own. */
function mark(field, words) {
  if (!field) return;
  const line = { className: "err", id: `${field.id}_error`, textContent: `${WORDS.error} ${words}` };
  field.after(Object.assign(document.createElement("span"), line));
  field.setAttribute("aria-invalid", "true");
  const described = field.getAttribute("aria-describedby") ?? "";
  if (!described.includes(line.id)) field.setAttribute("aria-describedby", `${described} ${line.id}`.trim());
}

/* null takes it all away. */
function complain(form, trouble) {
  const place = form.querySelector(".trouble-here");
  place.replaceChildren(...(trouble ? [trouble] : []));
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  for (const line of form.querySelectorAll("span.err")) line.remove();
  for (const link of place.querySelectorAll('a[href^="#"]'))
    mark(form.querySelector(`[id="${link.hash.slice(1)}"]`), link.textContent);
  trouble?.focus();
}

function complainInWords(form, words) {
  const trouble = Object.assign(document.createElement("div"), { className: "errs", role: "alert", tabIndex: -1 });
  trouble.append(Object.assign(document.createElement("p"), { textContent: words }));
  complain(form, trouble);
}

/* Nothing is ever cut off. */
function count(field) {
  const left = Number(field.dataset.most) - field.value.length;
  const line = field.form.querySelector(".count");
  const words = left < 0 ? WORDS.over : WORDS.left;
  const count = Math.abs(left).toLocaleString(document.documentElement.lang);
  line.textContent = left > 500 ? "" : words.replace("{count}", count);
  line.classList.toggle("err", left < 0);
}

function showPreview(form, html) {
  complain(form, null);
  form.querySelector(".preview")?.remove();
  const preview = elementOf(html);
  form.append(preview);
  preview.focus();
}

/* What was typed has arrived. */
function empty(form) {
  form.elements.namedItem("text").value = "";
  count(form.elements.namedItem("text"));
  form.elements.namedItem("once")?.remove();
  complain(form, null);
  form.querySelector(".preview")?.remove();
  form.dispatchEvent(new CustomEvent("posted", { bubbles: true }));
}

/* A note to the author stands nowhere: the server's sentence says to whom it went; "" takes that away. */
function noted(form, words) {
  const line = form.querySelector(".sent");
  if (line) line.textContent = words;
  if (!words) return;
  empty(form);
  say(words);
}

function posted(form, html) {
  const comment = elementOf(html);
  const above = form.elements.namedItem("parent");
  const parent = above?.disabled ? "" : above?.value;
  // place.js puts it where it belongs; a comment that stands there already (a second try) is found again.
  discussion.dispatchEvent(new CustomEvent("place", { detail: { comment, parent } }));
  empty(form);
  const shown = document.getElementById(comment.id);
  // On another page of the thread.
  if (!shown) return location.assign(comment.querySelector(".comment-when").pathname + location.search);
  shown.focus();
  shown.scrollIntoView({ block: "nearest" });
  say(shown.querySelector(":scope > .note")?.textContent ?? WORDS.posted);
}

async function answerTo(form, what) {
  const body = new URLSearchParams(new FormData(form));
  body.append("do", what);
  const signal = AbortSignal.timeout(PATIENCE);
  const answer = await fetch(form.action, { method: "POST", body, signal, headers: { "X-Fragment": "1" } });
  return { status: answer.status, type: answer.headers.get("Content-Type") ?? "", text: await answer.text() };
}

function handle(form, what, answer, lost) {
  noted(form, answer.status === 202 ? answer.text : "");
  if (answer.status === 202) return;
  const trouble = elementOf(answer.text);
  if (answer.status === 201) posted(form, answer.text);
  else if (answer.status === 200 && what === "preview") showPreview(form, answer.text);
  else if (trouble?.matches(".errs")) complain(form, trouble);
  else complainInWords(form, answer.type.startsWith("text/plain") ? answer.text : lost);
  // The next press posts it as a comment of its own, as the line says.
  if (answer.status === 409) form.elements.namedItem("parent")?.setAttribute("disabled", "");
}

async function send(form, button) {
  if (form.dataset.busy) return;
  const what = button.value;
  giveOnce(form);
  form.dataset.busy = "yes";
  // What would be typed while it is under way would be gone with it.
  form.elements.namedItem("text").readOnly = what === "post";
  const label = button.textContent;
  button.setAttribute("aria-disabled", "true");
  if (what === "post") button.textContent = WORDS.posting;
  const lost = what === "preview" ? WORDS.notPreviewed : WORDS.notSent;
  try {
    handle(form, what, await answerTo(form, what), lost);
  } catch {
    complainInWords(form, lost);
  } finally {
    delete form.dataset.busy;
    form.elements.namedItem("text").readOnly = false;
    button.removeAttribute("aria-disabled");
    button.textContent = label;
  }
}

discussion.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter ?? form.querySelector("[value=post]");
  // Signing in leads to a page of its own.
  if (!form.matches(".comment-form") || button.value === "signin") return;
  event.preventDefault();
  send(form, button);
  // On the way down: the form of the votes, around the thread, lets no submission of another form up.
}, true);

discussion.addEventListener("input", (event) => {
  const form = event.target.closest(".comment-form");
  if (!form || event.target.name !== "text") return;
  giveOnce(form);
  count(event.target);
  form.querySelector(".preview")?.classList.add("stale");
});
