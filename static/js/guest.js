// Fills in what a guest asked this device to remember: the page itself is the same for everyone and cannot know it.

const form = document.querySelector("#join .comment-form");

/* What another program wrote into the cookie may be no address's text; then nothing is remembered. */
function textOf(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    return "";
  }
}

function fill() {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("guest="));
  if (!cookie) return;
  const said = new URLSearchParams(textOf(cookie.slice("guest=".length)));
  for (const name of ["name", "email", "website"]) {
    const field = form.elements.namedItem(name);
    if (field && !field.value) field.value = said.get(name) ?? "";
  }
  if (form.elements.namedItem("remember")) form.elements.namedItem("remember").checked = true;
}

if (form) {
  fill();
  // By an answer somebody may just have asked for it; the next one is a copy of this form.
  document.addEventListener("posted", fill);
}
