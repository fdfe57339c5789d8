// An address that ends in #comment-12 of a comment that is not on this page (the thread is cut into pages, or the id is
// an old blog's) leads to where the comment stands now, in its order. Without a comment behind it nothing happens.

const { post } = document.getElementById("discussion").dataset;

async function follow() {
  const id = /^#comment-(\d{1,19})$/.exec(location.hash)?.[1];
  if (!id || document.getElementById(`comment-${id}`)) return;
  const answer = await fetch(`/old/comment/${id}/?post=${post}`).catch(() => null);
  if (answer?.ok) location.replace((await answer.json()).address + location.search);
}

addEventListener("hashchange", follow);
follow();
