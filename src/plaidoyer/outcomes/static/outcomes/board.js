// The arrow keys walk over the board, card by card or line by line; Tab still goes through every link.
const board = document.querySelector(".lanes, .board");
const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** The cards of each lane that has some; in a table all lines as one lane. */
function lanes() {
  const found = [...board.querySelectorAll(".lane")].map((lane) => [...lane.querySelectorAll(".lane-card")]);
  const lines = [...board.querySelectorAll("tbody tr:not(.board__campaign)")];
  return [...found, lines].filter((lane) => lane.length);
}

board?.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const all = lanes();
  if (!step || event.altKey || event.ctrlKey || event.metaKey || !all.length) return;
  const here = event.target.closest(".lane-card, tbody tr:not(.board__campaign)");
  // On the board itself left and right scroll it, as everywhere.
  if (!here && event.key !== "ArrowDown") return;
  const lane = all.findIndex((cards) => cards.includes(here));
  const beside = all[lane + step[0]];
  if (here && !beside) return;
  const next = here ? beside[Math.min(beside.length - 1, all[lane].indexOf(here) + step[1])] : all[0][0];
  if (!next) return;
  event.preventDefault();
  next.querySelector("a").focus();
});
