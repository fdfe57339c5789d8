// Opens the form of an answer under its comment: a copy of the form at the end of the discussion.
// Several may be open. Cancel hides a form and keeps what was typed in it; Reply brings it back.

const discussion = document.getElementById("discussion");
const model = discussion?.querySelector("#join .comment-form");
const GUEST = ["name", "email", "website"];

const idOf = (comment) => comment.id.replace("comment-", "");
const formUnder = (comment) => comment.parentElement.querySelector(":scope > .comment-form");

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

function hidden(name, value) {
  return Object.assign(document.createElement("input"), { type: "hidden", name, value });
}

function copyFor(comment) {
  const form = model.cloneNode(true);
  const id = idOf(comment);
  renamed(form, id);
  form.querySelector(".trouble-here").replaceChildren();
  form.querySelector(".preview")?.remove();
  form.querySelector(".to-author").remove();
  form.querySelector(".draft").textContent = "";
  form.querySelector("[name=once]")?.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  for (const name of GUEST) {
    if (form.elements.namedItem(name)) form.elements.namedItem(name).value = model.elements.namedItem(name).value;
  }
  form.elements.namedItem("text").value = "";
  form.querySelector(`label[for="form-${id}-text"]`).textContent = discussion.dataset.replyTo.replace("{name}", () => nameOf(comment));
  form.querySelector("[value=post]").textContent = discussion.dataset.postReply;
  form.append(hidden("parent", id));
  const cancel = { type: "button", className: "cancel plain", textContent: discussion.dataset.cancel };
  form.querySelector(".buttons").append(Object.assign(document.createElement("button"), cancel));
  return form;
}

function open(comment) {
  const form = formUnder(comment) ?? copyFor(comment);
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

const isPlain = (event) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

if (model) {
  discussion.addEventListener("click", (event) => {
    if (event.target.matches(".comment-form .cancel")) return close(event.target.closest("form"));
    const link = event.target.closest("a.reply");
    if (!link || !isPlain(event)) return;
    event.preventDefault();
    open(link.closest(".comment")).elements.namedItem("text").focus();
  });
  discussion.addEventListener("answer", (event) => open(event.target));
  discussion.addEventListener("keydown", (event) => {
    const form = event.target.closest(".comment-form");
    if (event.key !== "Escape" || !form?.elements.namedItem("parent")) return;
    if (!form.elements.namedItem("text").value.trim()) close(form);
  });
  // send.js says so when the answer stands in its place.
  discussion.addEventListener("posted", (event) => {
    if (event.target.elements.namedItem("parent")) event.target.remove();
  });
}
