// Shows a password that is being typed, while its button is pressed in. Without scripts there is no such button.

for (const button of document.querySelectorAll("button.show[aria-controls]")) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  if (field) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button.show[aria-controls]");
  const field = button && document.getElementById(button.getAttribute("aria-controls"));
  if (!field) return;
  const shown = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(shown));
  field.type = shown ? "text" : "password";
});

// Sent as a password, so that the browser offers to keep it and not as a word of a form.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("button.show[aria-pressed=true]")) {
    button.setAttribute("aria-pressed", "false");
    document.getElementById(button.getAttribute("aria-controls")).type = "password";
  }
});
