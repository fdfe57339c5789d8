// Whoever signs out leaves no draft of theirs on this device (draft.js).

document.addEventListener("submit", ({ target }) => {
  if (!("leave" in target.dataset)) return;
  const mine = `:${document.documentElement.dataset.reader}`;
  try {
    for (const key of Object.keys(localStorage))
      if (key.startsWith("draft:") && key.endsWith(mine)) localStorage.removeItem(key);
  } catch {
    // Without storage there are none.
  }
});
