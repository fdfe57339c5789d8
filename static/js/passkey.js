// Makes a passkey, or signs with one, and puts the answer into the form, which then goes the ordinary way.
// <form data-passkey="create | get | sign-in">; options stand in #passkey-options, or are fetched for a sign-in.

const works = window.isSecureContext && "PublicKeyCredential" in window && "credentials" in navigator;

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const withBytes = (credentials = []) => credentials.map((it) => ({ ...it, id: bytes(it.id) }));

function creation(options) {
  const { publicKey } = options;
  return {
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: withBytes(publicKey.excludeCredentials),
    },
  };
}

function request(options) {
  const { publicKey } = options;
  return {
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: withBytes(publicKey.allowCredentials),
    },
  };
}

// What a device answers is made of bytes; the server reads their letters.
function answer(credential) {
  const { response } = credential;
  const said = { clientDataJSON: text(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) said[part] = text(response[part]);
  }
  if (response.getTransports) said.transports = response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    response: said,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

function options() {
  return JSON.parse(document.getElementById("passkey-options").textContent);
}

async function challenge(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return response.json();
}

const ways = {
  create: async () => navigator.credentials.create(creation(options().creation_options)),
  get: async () => navigator.credentials.get(request(options().request_options)),
  "sign-in": async (form) => navigator.credentials.get(request((await challenge(form.action)).request_options)),
};

function complain(form, error) {
  const words = { NotAllowedError: "stopped", AbortError: "stopped", InvalidStateError: "known" };
  const place = form.querySelector("[role=alert]");
  place.textContent = form.dataset[words[error.name] || "failed"];
  place.hidden = false;
}

async function use(form) {
  const button = form.querySelector("button");
  if (button.getAttribute("aria-disabled") === "true") return;
  form.querySelector("[role=alert]").hidden = true;
  button.setAttribute("aria-disabled", "true");
  try {
    form.elements.credential.value = answer(await ways[form.dataset.passkey](form));
    form.submit();
  } catch (error) {
    button.removeAttribute("aria-disabled");
    complain(form, error);
  }
}

if (works) {
  for (const form of document.querySelectorAll("form[data-passkey]")) form.hidden = false;
  for (const words of document.querySelectorAll(".without-passkey")) words.hidden = true;
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-passkey]")) return;
  event.preventDefault();
  use(event.target);
});
