// Proof of work (ALTCHA): a riddle for the browser, nothing for the person. Where a form says
// where its riddle is, it is fetched at the first touch and solved beside the typing. Without
// this script the form is sent as it is.

const STALE = 10 * 60 * 1000;
const AT_ONCE = 8;

const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const hex = (buffer) =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function derived(parameters, counter) {
  const nonce = bytes(parameters.nonce);
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  new DataView(password.buffer).setUint32(nonce.length, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = {
    name: "PBKDF2",
    hash: "SHA-256",
    salt: bytes(parameters.salt),
    iterations: parameters.cost,
  };
  return hex(await crypto.subtle.deriveBits(how, key, parameters.keyLength * 8));
}

async function solution(parameters) {
  for (let first = 0; ; first += AT_ONCE) {
    const tries = Array.from({ length: AT_ONCE }, (_, n) => first + n);
    const keys = await Promise.all(tries.map((counter) => derived(parameters, counter)));
    const found = keys.findIndex((key) => key.startsWith(parameters.keyPrefix));
    if (found >= 0) return { counter: first + found, derivedKey: keys[found] };
  }
}

async function proof(address) {
  const answer = await fetch(address, { cache: "no-store" });
  if (answer.status !== 200) return "";
  const challenge = await answer.json();
  return btoa(JSON.stringify({ challenge, solution: await solution(challenge.parameters) }));
}

function guard(form) {
  const field = form.elements.proof;
  let solving, since, ready;

  const begin = () => {
    if (solving && Date.now() - since < STALE) return solving;
    [since, ready, field.value] = [Date.now(), false, ""];
    solving = proof(form.dataset.challenge)
      .then((found) => (field.value = found))
      .catch(() => {})
      .finally(() => (ready = true));
    return solving;
  };

  form.addEventListener("focusin", begin, { once: true });
  form.addEventListener("submit", async (event) => {
    if (ready && Date.now() - since < STALE) return;
    event.preventDefault();
    if (form.ariaBusy) return;
    form.ariaBusy = "true";
    await Promise.race([begin(), new Promise((late) => setTimeout(late, 15000))]);
    form.ariaBusy = null;
    ready = true;
    form.requestSubmit(event.submitter);
  });
  // Back on a page that was kept as it was: its proof is used.
  addEventListener("pageshow", (event) => {
    if (event.persisted) solving = ready = undefined;
  });
}

if (globalThis.crypto?.subtle) document.querySelectorAll("form[data-challenge]").forEach(guard);
