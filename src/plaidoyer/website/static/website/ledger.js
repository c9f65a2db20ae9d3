// Recomputes a count from its public log (RFC 6962, C2SP checkpoints), in the browser and from
// this site alone. What it says is in the page, in the reader's language.

const BUNDLE = 1024;
const WAITING = 32;
const PATIENCE = 15 * 60 * 1000;
const ADDED = /^A ([0-9a-f]{64})$/;
const REMOVED = /^R (\d{1,18}) [a-z]{1,20}$/;

const utf8 = new TextEncoder();
const panel = document.getElementById("check");
const log = panel.dataset.log;
let lines = [];

class Wrong extends Error {}
const wrong = (what) => {
  throw new Wrong(panel.dataset[what]);
};

const hex = (buffer) =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const unbase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const joined = (...parts) => {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const node = (left, right) => sha256(joined([1], left, right));

async function text(address) {
  const answer = await fetch(address, { cache: "no-cache" });
  if (!answer.ok) wrong("away");
  return answer.text();
}

// The key of the site, or nothing where the browser knows no Ed25519.
async function publicKey() {
  const raw = unbase64(panel.dataset.key.split("+").slice(2).join("+"));
  try {
    return await crypto.subtle.importKey("raw", raw.slice(1), "Ed25519", false, ["verify"]);
  } catch {
    return null;
  }
}

async function read(note, key) {
  const end = note.lastIndexOf("\n\n") + 1;
  const said = note.slice(0, end);
  const [name, number] = panel.dataset.key.split("+");
  const line = note.slice(end + 1).split("\n").find((one) => one.startsWith(`— ${name} `));
  const raw = unbase64((line ?? "  ").split(" ")[2]);
  if (!line || hex(raw.slice(0, 4)) !== number) wrong("signature");
  if (key && !(await crypto.subtle.verify("Ed25519", key, raw.slice(4), utf8.encode(said))))
    wrong("signature");
  const [origin, size, root, ...more] = said.trimEnd().split("\n");
  const extra = Object.fromEntries(more.map((one) => one.split(/ (.*)/s)));
  return { origin, size: +size, root: hex(unbase64(root)), count: +extra.count, time: extra.time };
}

// The roots of the tree over the first so many lines, for each of the sizes.
async function roots(sizes, progress) {
  const found = new Map();
  const edge = [];
  for (let at = 0; at < lines.length; at += BUNDLE) {
    const part = lines.slice(at, at + BUNDLE);
    const leaves = await Promise.all(part.map((line) => sha256(joined([0], utf8.encode(line)))));
    for (let offset = 0; offset < leaves.length; offset++) {
      let leaf = leaves[offset];
      for (let carried = at + offset; carried & 1; carried = Math.floor(carried / 2))
        leaf = await node(edge.pop(), leaf);
      edge.push(leaf);
      if (sizes.has(at + offset + 1)) {
        let root = edge.at(-1);
        for (let left = edge.length - 2; left >= 0; left--) root = await node(edge[left], root);
        found.set(at + offset + 1, hex(root));
      }
    }
    progress(Math.min(1, (at + part.length) / lines.length));
  }
  return found;
}

function counted() {
  const standing = new Set();
  const sealed = new Set();
  lines.forEach((line, index) => {
    const added = ADDED.exec(line);
    const removed = REMOVED.exec(line);
    if (added && !sealed.has(added[1])) {
      sealed.add(added[1]);
      standing.add(index);
    } else if (!removed || !standing.delete(+removed[1])) wrong("count");
  });
  return standing.size;
}

async function recount(progress) {
  const key = await publicKey();
  const last = await read(await text(`${log}checkpoint`), key);
  const older = await Promise.all(
    JSON.parse(await text(`${log}checkpoints`)).map((note) => read(note, key)),
  );
  lines = [];
  for (let number = 0; number * BUNDLE < last.size; number++) {
    lines.push(...(await text(`${log}entries/${number}`)).trimEnd().split("\n"));
    progress((lines.length / last.size) * 0.5);
  }
  if (lines.length < last.size) wrong("root");
  lines.length = last.size;
  const known = older.filter((one) => one.size <= last.size);
  const sizes = new Set([last.size, ...known.map((one) => one.size)]);
  const found = await roots(sizes, (part) => progress(0.5 + part / 2));
  if (found.get(last.size) !== last.root) wrong("root");
  if (known.some((one) => found.get(one.size) !== one.root)) wrong("history");
  const count = counted();
  if (count !== last.count) wrong("count");
  const form = last.origin.split("/").at(-1);
  const figure = JSON.parse(await text(`/actions/${form}/count`));
  const age = Date.parse(figure.counted_at) - Date.parse(last.time);
  if (Math.abs(figure.confirmed - count) >= WAITING && age > PATIENCE) wrong("shown");
  return { entries: lines.length, count, checkpoints: sizes.size, shown: figure.confirmed, key };
}

async function included(receipt) {
  const fields = ["plaidoyer-act-v1", receipt.form, null, receipt.identity, receipt.day].map(
    (field) => (field === null ? unhex(receipt.salt) : utf8.encode(field)),
  );
  const parts = fields.flatMap((field) => {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, field.length);
    return [length, field];
  });
  const sealed = hex(await sha256(joined(...parts)));
  if (lines[receipt.index] !== `A ${sealed}`) wrong("receipt");
  return lines.slice(receipt.index).some((line) => REMOVED.exec(line)?.[1] === `${receipt.index}`);
}

const number = (value) => value.toLocaleString(document.documentElement.lang);
const filled = (words, values) =>
  words.replace(/\{(\w+)\}/g, (all, name) => (name in values ? number(values[name]) : all));

function tell(place, words, isWrong = false) {
  place.textContent = isWrong ? `${panel.dataset.wrong} ${words}` : words;
  place.classList.toggle("notice--bad", isWrong);
  place.classList.toggle("notice--good", !isWrong);
  place.hidden = false;
}

const button = document.getElementById("recount");
const bar = document.getElementById("progress");
const verdict = document.getElementById("verdict");
const foundPlace = document.getElementById("found");
const reason = (error) => (error instanceof Wrong ? error.message : panel.dataset.away);

button.hidden = false;
button.addEventListener("click", async () => {
  button.disabled = true;
  bar.hidden = false;
  try {
    const result = await recount((part) => (bar.firstElementChild.value = part));
    const words = filled(verdict.dataset.right, result);
    tell(verdict, result.key ? words : `${words} ${panel.dataset.unsigned}`);
    document.getElementById("own").hidden = false;
  } catch (error) {
    tell(verdict, reason(error), true);
  }
  button.disabled = false;
  bar.hidden = true;
});

document.getElementById("receipt").addEventListener("change", async (event) => {
  try {
    const receipt = JSON.parse(await event.target.files[0].text());
    const gone = await included(receipt);
    const words = gone ? foundPlace.dataset.gone : foundPlace.dataset.right;
    tell(foundPlace, filled(words, { index: receipt.index }));
  } catch (error) {
    tell(foundPlace, error instanceof Wrong ? error.message : panel.dataset.receipt, true);
  }
});
