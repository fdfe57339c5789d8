// Fills in what a guest asked this device to remember: the page itself is the same for everyone and cannot know it.

const form = document.querySelector("#join .comment-form");
const cookie = document.cookie.split("; ").find((part) => part.startsWith("guest="));

if (form && cookie) {
  const said = new URLSearchParams(decodeURIComponent(cookie.slice("guest=".length)));
  for (const name of ["name", "email", "website"]) {
    const field = form.elements.namedItem(name);
    if (field && !field.value) field.value = said.get(name) ?? "";
  }
  if (form.elements.namedItem("remember")) form.elements.namedItem("remember").checked = true;
}
