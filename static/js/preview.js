// Says what a link to a comment leads to: one in view is outlined, the first words of any other stand beside the link.
// Fingers follow the link; the focus stays where it is.

const LINKS = '.comment-parent, .comment-text a[href^="/comments/"], .quoted-by a';
const PATIENCE = 300;
const discussion = document.getElementById("discussion");
const peek = document.createElement("div");
const fetched = new Map();
let link, wait;

/* Asked for once for each comment. */
function words(address) {
  const get = async () => {
    const answer = await fetch(`${address}preview/`);
    const { body } = new DOMParser().parseFromString(await answer.text(), "text/html");
    return answer.status < 500 ? body : null;
  };
  if (!fetched.has(address)) fetched.set(address, get().catch(() => fetched.delete(address) && null));
  return fetched.get(address);
}

function leave() {
  clearTimeout(wait);
  link?.removeAttribute("aria-describedby");
  discussion.querySelector(".pointed-at")?.classList.remove("pointed-at");
  peek.hidden = true;
  link = null;
}

async function show(shown) {
  const body = await words(shown.pathname);
  if (link !== shown || !body) return;
  peek.replaceChildren(...body.cloneNode(true).childNodes);
  peek.hidden = false;
  link.setAttribute("aria-describedby", peek.id);
  const { left, top, bottom } = link.getClientRects()[0];
  const y = bottom + peek.offsetHeight + 8 < innerHeight ? bottom + 4 : top - peek.offsetHeight - 4;
  const x = Math.max(8, Math.min(left, document.documentElement.clientWidth - peek.offsetWidth - 8));
  peek.style.setProperty("--x", `${x + scrollX}px`);
  peek.style.setProperty("--y", `${y + scrollY}px`);
}

function point(at, delay) {
  if (at === link) return clearTimeout(wait);
  leave();
  link = at;
  const comment = document.getElementById(`comment-${at.pathname.split("/")[2]}`);
  const { top, bottom } = comment?.getBoundingClientRect() ?? {};
  // What was folded away or muted has no place of its own.
  if (bottom > 40 && top < innerHeight - 40 && comment.checkVisibility()) comment.classList.add("pointed-at");
  else if (!comment?.closest(".muted")) wait = setTimeout(show, delay, at);
}

if (discussion) {
  Object.assign(peek, { id: "peek", className: "peek", hidden: true, role: "tooltip" });
  discussion.append(peek);
  discussion.addEventListener("pointerover", ({ target, pointerType }) => {
    const at = target.closest(LINKS);
    if (at && pointerType === "mouse") point(at, PATIENCE);
    else if (target.closest(".peek")) clearTimeout(wait);
  });
  discussion.addEventListener("pointerout", ({ target }) => {
    if (!target.closest(`${LINKS}, .peek`) || link === document.activeElement) return;
    clearTimeout(wait);
    wait = setTimeout(leave, PATIENCE);
  });
  discussion.addEventListener(
    "focusin",
    ({ target }) => target.matches(`:is(${LINKS}):focus-visible`) && point(target, 0),
  );
  for (const kind of ["focusout", "click"]) discussion.addEventListener(kind, leave);
  addEventListener("resize", leave);
  addEventListener("keydown", ({ key }) => key === "Escape" && leave());
  // What was pointed at while this script was on its way.
  const at = discussion.querySelector(`:is(${LINKS}):is(:hover, :focus-visible)`);
  if (at && (at === document.activeElement || matchMedia("(hover: hover)").matches)) point(at, PATIENCE);
}
