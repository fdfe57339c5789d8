// Completes the names of this thread after "@" and two letters.

const discussion = document.getElementById("discussion");
const list = Object.assign(document.createElement("ul"), { id: "somebody", className: "people", role: "listbox" });
const MOST = 8;
const START = /(?:^|[^\p{L}\p{N}@])@([^@\n]{2,40})$/u;
// The field that is being completed, where its name begins, and everybody it may be, the nearest first.
let box, start, people;

/* Going back from the form: whoever is answered stands right before it. Then those after it. */
function peopleNear(form) {
  const names = [...discussion.querySelectorAll(".comment > header :is(h3, h4) bdi")];
  const earlier = names
    .filter((name) => form.compareDocumentPosition(name) & Node.DOCUMENT_POSITION_PRECEDING)
    .reverse();
  return [...new Set([...earlier, ...names].map((name) => name.textContent))];
}

function hide() {
  for (const name of ["aria-controls", "aria-activedescendant"]) box?.removeAttribute(name);
  list.remove();
  box = people = null;
}

function choose(option) {
  list.querySelector('[aria-selected="true"]')?.setAttribute("aria-selected", "false");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", option.id);
}

function optionFor(name, place) {
  const option = Object.assign(document.createElement("li"), { id: `somebody-${place}`, role: "option" });
  option.append(Object.assign(document.createElement("bdi"), { textContent: name }));
  return option;
}

/* Below the field, or above it where there is more room; never beyond what a keyboard and the bar leave of the
   screen. */
function place() {
  const { offsetTop, height } = visualViewport;
  const lowest = offsetTop + height - discussion.querySelector(".new-bar").offsetHeight;
  const { top, bottom } = box.getBoundingClientRect();
  const [above, below] = [top - offsetTop, lowest - bottom];
  list.style.setProperty("translate", "none");
  list.style.setProperty("max-height", `${Math.max(above, below, height / 3)}px`);
  const y = list.offsetHeight > below ? Math.max(offsetTop, top - list.offsetHeight) : bottom;
  list.style.setProperty("translate", `0 ${y - list.getBoundingClientRect().top}px`);
}

function show(field, names) {
  box = field;
  list.replaceChildren(...names.map(optionFor));
  if (field.nextElementSibling !== list) field.after(list);
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  place();
  choose(list.firstElementChild);
}

function look(field) {
  const found = field.selectionStart === field.selectionEnd && START.exec(field.value.slice(0, field.selectionStart));
  const wanted = found && found[1].toLowerCase();
  const everybody = found ? people ?? peopleNear(field.form) : [];
  const names = everybody.filter((name) => ` ${name.toLowerCase()}`.includes(` ${wanted}`)).slice(0, MOST);
  if (!names.length || (names.length === 1 && names[0].toLowerCase() === wanted)) return hide();
  people = everybody;
  start = field.selectionStart - found[1].length;
  show(field, names);
}

function accept(option) {
  const field = box;
  field.setRangeText(`${option.textContent} `, start, field.selectionStart, "end");
  hide();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function steer(event) {
  if (!box || event.target !== box || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const chosen = list.querySelector('[aria-selected="true"]');
  if (event.key === "ArrowDown") choose(chosen.nextElementSibling ?? list.firstElementChild);
  else if (event.key === "ArrowUp") choose(chosen.previousElementSibling ?? list.lastElementChild);
  else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) accept(chosen);
  else if (event.key === "Escape") hide();
  else return;
  event.preventDefault();
  // Esc would close the form.
  event.stopPropagation();
}

if (discussion) {
  list.ariaLabel = discussion.dataset.people;
  discussion.addEventListener("input", ({ target }) => target.matches(".comment-form textarea") && look(target));
  discussion.addEventListener("keydown", steer, true);
  discussion.addEventListener("focusout", hide);
  // The press must not take the focus from the field.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => accept(target.closest("li") ?? list.firstElementChild));
}
