// "More" opens a menu of what its page has: one popover for all comments, filled by the server. Without this
// script, and when the menu does not come, "More" leads to that page.

const discussion = document.getElementById("discussion");
const menu = Object.assign(document.createElement("div"), { className: "menu", popover: "auto" });
let opener;

/* Above the link where there is no room below. */
function place() {
  const at = opener.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const { offsetWidth, offsetHeight } = menu;
  const isLow = at.bottom + offsetHeight > clientHeight && at.top > offsetHeight;
  menu.style.setProperty("left", `${Math.max(8, Math.min(at.left, clientWidth - offsetWidth - 8)) + scrollX}px`);
  menu.style.setProperty("top", `${(isLow ? at.top - offsetHeight : at.bottom) + scrollY}px`);
}

async function show(link, html) {
  opener = link;
  const page = new DOMParser().parseFromString(html, "text/html");
  const style = page.querySelector("link");
  menu.replaceChildren(style, page.querySelector("[role=menu]"));
  // Without its style it would not know its size.
  await new Promise((then) => { style.onload = style.onerror = then; });
  menu.showPopover();
  place();
  link.ariaExpanded = "true";
  menu.querySelector("a").focus({ preventScroll: true });
}

async function open(link) {
  const label = link.firstChild;
  const words = label.data;
  const late = setTimeout(() => { label.data = discussion.dataset.loading; }, 300);
  try {
    const answer = await fetch(link.href, { headers: { "X-Fragment": "1" } });
    await show(link, answer.ok && await answer.text());
  } catch {
    link.dispatchEvent(new Event("failed", { bubbles: true }));
  }
  clearTimeout(late);
  label.data = words;
}

function close() {
  menu.hidePopover();
  opener.focus();
}

/* Where nothing can be copied, the link leads to what would have been. */
async function copy(link) {
  try {
    await navigator.clipboard.writeText(link.href);
    close();
    document.getElementById("say").textContent = link.dataset.copied;
  } catch {
    location.assign(link.href);
  }
}

discussion.append(menu);
addEventListener("resize", () => opener && place());
discussion.addEventListener("click", (event) => {
  const link = event.target.closest("a.more, .copy");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  (link.matches(".copy") ? copy : open)(link);
});
discussion.addEventListener("keydown", (event) => {
  const { key, target } = event;
  const all = [...menu.querySelectorAll("[role=menuitem]")];
  const here = all.indexOf(target);
  if (key === " " && target.matches(".menu a")) target.click();
  else if (here < 0) return;
  else if (key === "Tab") return close();
  else if (key === "ArrowDown") all[(here + 1) % all.length].focus();
  else if (key === "ArrowUp") all.at(here - 1).focus();
  else if (key === "Home") all[0].focus();
  else if (key === "End") all.at(-1).focus();
  else return;
  event.preventDefault();
});
// Esc closes it, and so does a click elsewhere: that is the browser's.
menu.addEventListener("toggle", ({ newState }) => { if (newState === "closed") opener.ariaExpanded = null; });
