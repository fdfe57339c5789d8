// An address that ends in #comment-12 of a comment that is not on this page (the thread is cut into pages, or the id is
// an old blog's) leads to where the comment stands now. Without a comment behind it nothing happens.

const discussion = document.getElementById("discussion");
const ANCHOR = /^#comment-(\d{1,19})$/;

async function follow() {
  const found = ANCHOR.exec(location.hash);
  if (!found || !discussion || document.getElementById(`comment-${found[1]}`)) return;
  const answer = await fetch(`/old/comment/${found[1]}/?post=${discussion.dataset.post}`).catch(() => null);
  if (answer?.ok) location.replace((await answer.json()).address);
}

addEventListener("hashchange", follow);
follow();
