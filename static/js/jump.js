// A link to a comment that stands on this page jumps there instead of loading a page. After "In reply to" the comment
// reached gets a link back. Never touches links to comments elsewhere, nor those that lead to its own page: "More",
// "Show", "edited" and what is in a menu.

const ADDRESS = /^\/comments\/(\d+)\/(?:in-thread\/)?$/;
const discussion = document.getElementById("discussion");

function nameOf(comment) {
  const heading = document.getElementById(comment.getAttribute("aria-labelledby"));
  return (heading?.querySelector("a") ?? heading?.firstChild)?.textContent.trim() ?? "";
}

function commentBehind(link) {
  if (link.origin !== location.origin || link.matches(".more, .edited, .show, [role=menuitem]")) return null;
  const found = ADDRESS.exec(link.pathname);
  const comment = found && document.getElementById(`comment-${found[1]}`);
  return comment && discussion.contains(comment) ? comment : null;
}

function jump(comment) {
  // fold.js opens what hides the comment; without it the folds the browser made are opened here.
  comment.dispatchEvent(new CustomEvent("reveal", { bubbles: true }));
  for (let fold = comment.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  if (location.hash === `#${comment.id}`) comment.scrollIntoView();
  else location.hash = comment.id;
  comment.focus({ preventScroll: true });
}

function offerWayBack(parent, reply) {
  discussion.querySelector("a.back")?.remove();
  const back = document.createElement("a");
  back.className = "back";
  back.href = `#${reply.id}`;
  back.textContent = discussion.dataset.back.replace("{name}", () => nameOf(reply));
  (parent.querySelector(":scope > footer") ?? parent).append(back);
}

function isPlain(event) {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || !discussion || event.defaultPrevented || !isPlain(event)) return;
  if (link.matches(".back")) {
    const reply = document.getElementById(link.hash.slice(1));
    if (!reply) return;
    event.preventDefault();
    link.remove();
    jump(reply);
    return;
  }
  const comment = commentBehind(link);
  if (!comment) return;
  event.preventDefault();
  const reply = link.closest(".comment");
  jump(comment);
  if (reply && link.matches(".comment-parent")) offerWayBack(comment, reply);
});
