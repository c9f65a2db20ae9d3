// Shows how far a mailing has come, every few seconds. Without it the page loads itself anew.
const shown = document.querySelector("[data-progress]");

async function look() {
  const answer = await fetch(shown.dataset.progress);
  if (!answer.ok) return;
  // Somebody who is about to press a link shall not lose it from under their finger.
  if (!shown.contains(document.activeElement)) shown.innerHTML = await answer.text();
  if (answer.headers.get("X-Moving") === "1") setTimeout(look, 3000);
  else location.reload();
}

if (shown?.dataset.progress) setTimeout(look, 3000);
