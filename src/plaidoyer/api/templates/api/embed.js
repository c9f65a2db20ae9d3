{% autoescape off %}// Plaidoyer: puts a form where this script's tag stands. The link before it stays until the form shows.
(() => {
  const script = document.currentScript;
  const titles = {{ titles }};
  const wanted = (script.dataset.language || document.documentElement.lang || "").slice(0, 2).toLowerCase();
  const language = wanted in titles ? wanted : Object.keys(titles)[0];
  const home = new URL(script.src).origin;
  const link = script.previousElementSibling;
  const frame = document.createElement("iframe");
  frame.title = titles[language];
  frame.src = `${home}/${language}/embed/${ {{ public_id }} }/?via=${`embed.${location.hostname}`.slice(0, 60)}`;
  frame.style.cssText = "display:block;width:100%;height:0;border:0";
  let loads = 0;
  frame.addEventListener("load", () => {
    loads += 1;
    if (loads > 1 && frame.getBoundingClientRect().top < 0) frame.scrollIntoView();
  });
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== home || !Number.isFinite(data)) return;
    frame.style.height = `${Math.ceil(data)}px`;
    if (link?.querySelector(`a[href^="${home}/"]`)) link.hidden = true;
  });
  script.before(frame);
})();
{% endautoescape %}
