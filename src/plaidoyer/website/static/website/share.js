// Passing a page on: the device's own menu and a copied link, where the browser can do either.
// Without this script there are plain links and the address itself.

for (const way of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) continue;
  way.hidden = false;
  way.querySelector("button").addEventListener("click", () => {
    // Whoever closes the menu again has changed their mind: nothing went wrong.
    navigator.share({ title: way.dataset.title, url: way.dataset.share }).catch(() => {});
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  const link = document.getElementById(button.dataset.copy);
  const said = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(link.value);
    link.select();
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = said; }, 3000);
  });
}
