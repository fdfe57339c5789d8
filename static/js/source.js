// "Insert source": shows the fieldset of the page as a dialog and writes its block at the caret.
// Without it the fieldset stays on the page, and sending the form puts the block into the text.

const helper = document.querySelector(".source-helper");
const body = document.querySelector(".editor textarea[name=body]");
const NAMES = ["publication", "headline", "url", "writer", "date"];

function field(name) {
  return helper.querySelector(`[name=source-${name}]`);
}

function folded(name) {
  return field(name).value.trim().replace(/\s+/g, " ");
}

function escaped(words) {
  const kinds = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" };
  return words.replace(/[&<>"']/g, (character) => kinds[character]);
}

// The same blocks as blog/markup/blocks.py writes.
function markdownBlock(text) {
  const lines = NAMES.map((name) => `${name}: ${folded(name)}`.trimEnd()).join("\n");
  const quoted = text.replace(/^(\s*)(:{3,}[ \t]*)$/gm, "$1\\$2");
  return `:::source\n${lines}\n\n${quoted}\n:::`;
}

function htmlBlock(text) {
  const safe = Object.fromEntries(NAMES.map((name) => [name, escaped(folded(name))]));
  const who = [safe.writer, safe.date && `<time>${safe.date}</time>`].filter(Boolean).join(", ");
  const parts = text.split(/\n\s*\n/).filter((part) => part.trim());
  const paragraphs = parts.map((part) => `<p>${escaped(part.trim())}</p>`).join("\n");
  return (
    `<figure class="clip"><figcaption><span class="pub">${safe.publication}</span>\n` +
    `<cite><a href="${safe.url}">${safe.headline || safe.url}</a></cite>\n` +
    `<span class="who">${who}</span></figcaption>\n` +
    `<blockquote cite="${safe.url}">\n${paragraphs}\n</blockquote></figure>`
  );
}

// As a paragraph of its own after the line of the caret; the browser's undo takes it back.
function insert(block) {
  const text = body.value;
  const lineEnd = text.indexOf("\n", body.selectionEnd);
  const place = lineEnd < 0 ? text.length : lineEnd;
  const before = text.slice(0, place).trimEnd();
  const after = text.slice(place).replace(/^\n+/, "");
  const inserted = (before ? "\n\n" : "") + block + (after ? "\n\n" : "");
  body.focus();
  body.setSelectionRange(before.length, text.length - after.length);
  if (!document.execCommand("insertText", false, inserted)) {
    body.setRangeText(inserted, before.length, text.length - after.length, "end");
    body.dispatchEvent(new Event("input", { bubbles: true }));
  }
  body.setSelectionRange(before.length + inserted.length, before.length + inserted.length);
}

function complain(name, words) {
  field(name).setCustomValidity(words);
  field(name).reportValidity();
  field(name).addEventListener("input", () => field(name).setCustomValidity(""), { once: true });
}

function start() {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const legend = helper.querySelector("legend");
  legend.id = "source-title";
  dialog.setAttribute("aria-labelledby", legend.id);
  helper.before(dialog);
  dialog.append(helper);

  const opener = document.createElement("button");
  opener.type = "button";
  opener.className = "button";
  opener.textContent = legend.textContent;
  const row = document.createElement("p");
  row.className = "insert";
  row.append(opener);
  body.after(row);

  const buttons = helper.querySelector(".buttons");
  buttons.append(elision(), cancel(dialog));

  opener.addEventListener("click", () => {
    helper.disabled = false;
    dialog.returnValue = "";
    dialog.showModal();
  });
  // A closed dialog is sent with nothing, but keeps what was typed until it is used.
  dialog.addEventListener("close", () => {
    helper.disabled = true;
    if (dialog.returnValue !== "used") opener.focus();
  });
  helper.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      use(dialog);
    }
  });
  buttons.querySelector("[value=source]").addEventListener("click", (event) => {
    event.preventDefault();
    use(dialog);
  });
  helper.disabled = !helper.dataset.invalid;
  if (helper.dataset.invalid) dialog.showModal();
}

function cancel(dialog) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = helper.dataset.cancel;
  button.addEventListener("click", () => dialog.close());
  return button;
}

// Puts […] in the place of the selected words of the quotation: a space stands before it and after it, whatever was
// selected with them, but none beside brackets and wide letters, at the ends of lines and before a full stop.
function elide(text) {
  const { value, selectionStart, selectionEnd } = text;
  const words = value.slice(selectionStart, selectionEnd);
  const start = selectionStart + (words.trim() ? words.length - words.trimStart().length : 0);
  const end = selectionEnd - (words.trim() ? words.length - words.trimEnd().length : 0);
  const before = /[^\s([“‘«„\p{scx=Han}\p{scx=Hira}\p{scx=Kana}]$/u.test(value.slice(0, start)) ? " " : "";
  const after = /^[^\s)\].,;:!?”’»\p{scx=Han}\p{scx=Hira}\p{scx=Kana}]/u.test(value.slice(end)) ? " " : "";
  text.setRangeText(`${before}[…]${after}`, start, end, "end");
}

function elision() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "[…]";
  button.title = helper.dataset.leaveOut;
  button.addEventListener("click", () => {
    const text = field("text");
    elide(text);
    text.focus();
  });
  return button;
}

function use(dialog) {
  const text = field("text").value.trim();
  if (!folded("publication") && !folded("url")) {
    complain("publication", helper.dataset.needSource);
    return;
  }
  if (!text) {
    complain("text", helper.dataset.needText);
    return;
  }
  const isHtml = document.querySelector("[name=body_format]").value === "html";
  const block = isHtml ? htmlBlock(text) : markdownBlock(text);
  for (const name of [...NAMES, "text"]) field(name).value = "";
  dialog.close("used");
  insert(block);
}

if (helper && body) start();
