// Counts a segment anew while its form is filled in. Without it the button "Count" does the same.
const form = document.querySelector("[data-count]");
const shown = document.querySelector("[data-counted]");
let waiting = 0;
let asked = 0;

async function count() {
  const mine = ++asked;
  const answer = await fetch(form.dataset.count, { method: "POST", body: new FormData(form) });
  if (!answer.ok) return;
  const { html } = await answer.json();
  // A later question may have been answered before this one.
  if (mine === asked) shown.innerHTML = html;
}

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(count, 500);
});
