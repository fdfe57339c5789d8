// Says in lists of posts how many comments are new to whoever is not signed in: this device remembers how far they have
// read (marks.js). Members get it with the page.

function seenOf(post) {
  try { return localStorage.getItem(`visit:${post}`)?.split(" ").map(Number)[2]; } catch { return undefined; }
}

for (const list of document.querySelectorAll("[data-new].stream")) {
  for (const link of list.querySelectorAll("a[data-last]")) {
    const count = link.dataset.last - seenOf(link.dataset.post);
    if (!(count > 0)) continue;
    const word = document.createElement("b");
    word.className = "new";
    word.textContent = list.dataset.new.replace("{count}", count);
    link.after("\u00a0· ", word);
  }
}
