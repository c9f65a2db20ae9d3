// Items of an edition are dragged into order; the buttons ↑ and ↓ do the same without this script.
for (const group of document.querySelectorAll(".desk-group")) {
  let dragged = null;
  for (const card of group.children) {
    const grip = document.createElement("span");
    grip.className = "desk-grip";
    grip.textContent = "⠿";
    grip.setAttribute("aria-hidden", "true");
    card.querySelector(".desk-item__top").prepend(grip);
    // Only the grip drags: text in the fields stays selectable.
    grip.addEventListener("pointerdown", () => { card.draggable = true; });
    card.addEventListener("dragstart", () => { dragged = card; card.classList.add("desk-item--dragged"); });
    card.addEventListener("dragend", () => { card.draggable = false; card.classList.remove("desk-item--dragged"); dragged = null; });
    card.addEventListener("dragover", (event) => {
      if (!dragged || dragged === card || dragged.parentNode !== group) return;
      event.preventDefault();
      const { top, height } = card.getBoundingClientRect();
      group.insertBefore(dragged, event.clientY < top + height / 2 ? card : card.nextSibling);
      const keys = [...document.querySelectorAll(".desk-item")].map((one) => one.dataset.key);
      document.getElementById("order").value = keys.join(",");
      document.getElementById("keep-order").hidden = false;
    });
  }
}
