// A vote counts at once and without a reload; if it is not saved, it is taken back and a line under the row says why.
// Without this script the same buttons send the same form.

const form = document.getElementById("vote");
// Votes go out one after another, so that two quick presses arrive in their order.
let line = Promise.resolve();

const buttonsOf = (row) => [...row.querySelectorAll("button[aria-pressed]")];

/* The buttons stay the same elements, so the focus stays too. */
function show(row, html) {
  const fresh = [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("button")];
  buttonsOf(row).forEach((button, place) => {
    if (!fresh[place]) return;
    button.name = fresh[place].name;
    button.setAttribute("aria-pressed", fresh[place].getAttribute("aria-pressed"));
    button.replaceChildren(...fresh[place].childNodes);
  });
}

const htmlOf = (row) => buttonsOf(row).map((button) => button.outerHTML).join("");

function press(button, pressed) {
  button.setAttribute("aria-pressed", String(pressed));
  button.name = pressed ? `un${button.name}` : button.name.replace(/^un/, "");
}

/* What the server will most likely answer. The number beside the first arrow is ups minus downs. */
function guess(row, button) {
  const wasPressed = button.getAttribute("aria-pressed") === "true";
  const buttons = buttonsOf(row);
  let change = 0;
  for (const other of buttons) {
    const worth = other.name.endsWith("up") ? 1 : -1;
    if (other.getAttribute("aria-pressed") === "true") { change -= worth; press(other, false); }
    else if (other === button && !wasPressed) { change += worth; press(other, true); }
  }
  count(buttons[0], change);
}

function count(button, change) {
  let number = button.querySelector("svg + span:not(.vh)");
  const sum = Number((number?.textContent ?? "0").replace("−", "-")) + change;
  if (!number && sum) button.querySelector("svg").after(number = document.createElement("span"));
  if (number && sum) number.textContent = String(sum).replace("-", "−");
  else number?.remove();
}

function complain(row, words) {
  row.after(
    Object.assign(document.createElement("p"), { className: "err vote-failed", role: "alert", textContent: words }),
  );
}

async function send(name, value) {
  const body = new URLSearchParams(new FormData(form));
  body.append(name, value);
  const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Fragment": "1" } });
  if (answer.ok) return answer.text();
  const isSentence = answer.headers.get("Content-Type")?.startsWith("text/plain");
  throw new Error(isSentence ? await answer.text() : "");
}

form?.addEventListener("submit", (event) => {
  const button = event.submitter;
  // Answers stand within it, and buttons of moderators.
  if (!button?.ariaPressed || event.target !== form) return;
  event.preventDefault();
  const row = button.parentElement;
  const { name, value } = button;
  const before = htmlOf(row);
  if (row.nextElementSibling?.matches(".vote-failed")) row.nextElementSibling.remove();
  guess(row, button);
  const turn = (row.turn ?? 0) + 1;
  row.turn = turn;
  line = line.then(() => send(name, value)).then(
    (html) => { if (row.turn === turn) show(row, html); },
    (error) => {
      show(row, before);
      complain(row, error.message && !(error instanceof TypeError) ? error.message : form.dataset.failed);
    },
  );
});
