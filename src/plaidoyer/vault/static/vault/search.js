// Whom a list is asked for goes in the body of a request and comes back as a mark: no address of a
// person ever stands in the address of a page. Asked by Enter; Wagtail would ask while one types.
for (const field of document.querySelectorAll("[data-mark-url]")) {
  const marked = async (address) => {
    const config = JSON.parse(document.getElementById("wagtail-config").textContent);
    const answer = await fetch(field.dataset.markUrl, {
      method: "POST",
      headers: { [config.CSRF_HEADER_NAME]: config.CSRF_TOKEN },
      body: new URLSearchParams({ address }),
    });
    return (await answer.json()).mark;
  };
  for (const what of ["input", "change"]) {
    field.addEventListener(what, (event) => {
      event.stopPropagation();
      // A filter that is chosen meanwhile sends all that has a name.
      field.name = field.value.includes("@") ? "" : "q";
    });
  }
  field.addEventListener("keydown", async (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const said = field.value.trim(), asked = new URLSearchParams(location.search);
    asked.delete("p");
    asked.set("q", said.includes("@") ? await marked(said) : said);
    location.search = asked;
  });
}
