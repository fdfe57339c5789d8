// Small helps while writing a post: where the caret is, how long the dek is, one more tag, and a word before text
// that is not saved is left. Everything works without it.

const form = document.querySelector("form.editor");

function named(name) {
  return form.querySelector(`[name=${name}]`);
}

// The caret goes with the form, so that a figure is put where the writer was.
function keepCaret() {
  const body = named("body");
  document.addEventListener("selectionchange", () => {
    if (document.activeElement === body) named("caret").value = body.selectionEnd;
  });
}

// A text that waited for its writer to sign in again: back to where they were in it.
function returnToCaret() {
  const body = named("body");
  const caret = Number(named("caret").value);
  if (!("givenBack" in form.dataset) || !caret) return;
  body.focus();
  body.setSelectionRange(caret, caret);
}

// Said in words when leaving would lose something; sending the form is not leaving.
function warnUnsaved() {
  const mark = form.querySelector(".unsaved");
  let isUnsaved = Boolean(form.dataset.unsaved);
  mark.hidden = !isUnsaved;
  form.addEventListener("input", () => {
    isUnsaved = true;
    mark.hidden = false;
  });
  form.addEventListener("submit", () => {
    isUnsaved = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved) event.preventDefault();
  });
}

// Characters of the dek: the column holds 400, and two sentences are about 200.
function countDek() {
  const dek = named("dek");
  const counter = document.createElement("p");
  counter.className = "counter";
  counter.setAttribute("aria-hidden", "true");
  dek.after(counter);
  const show = () => {
    counter.textContent = `${dek.value.length} / 400`;
    counter.classList.toggle("over", dek.value.length > 400);
  };
  dek.addEventListener("input", show);
  show();
}

// A chosen or typed tag goes to the end of the list: at Enter, at a comma, or when it is one of the known.
function addTags() {
  const list = named("tags");
  const field = named("add_tag");
  const known = new Set([...document.querySelectorAll("#known-tags option")].map((option) => option.value));
  const add = () => {
    const name = field.value.replaceAll(",", " ").trim();
    field.value = "";
    if (!name) return;
    const names = list.value.split(",").map((each) => each.trim()).filter(Boolean);
    if (!names.some((each) => each.toLowerCase() === name.toLowerCase())) names.push(name);
    list.value = names.join(", ");
    list.dispatchEvent(new Event("input", { bubbles: true }));
  };
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== ",") return;
    event.preventDefault();
    add();
  });
  field.addEventListener("input", (event) => {
    const isChosen = event.inputType === "insertReplacementText" || !event.inputType;
    if (isChosen && known.has(field.value)) add();
  });
}

// Ctrl+S or ⌘S saves, as everywhere else.
function saveByKey() {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[name=do][value=save]"));
  });
}

if (form) {
  returnToCaret();
  keepCaret();
  warnUnsaved();
  countDek();
  addTags();
  saveByKey();
}
