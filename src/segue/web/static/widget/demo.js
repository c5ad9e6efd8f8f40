/* The product that does not exist, as a single page: its pages change without loading, which the widget notices. */
const links = document.querySelectorAll("[data-page]");
const company = document.querySelector(".rail").getAttribute("aria-label");

/* Beside the desk, the words about the demo only take room. */
document.body.classList.toggle("pane", self !== top);

function show(page) {
  for (const section of document.querySelectorAll("[data-for]")) section.hidden = section.dataset.for !== page;
  for (const link of links) link.toggleAttribute("aria-current", link.dataset.page === page);
  document.querySelector(`[data-page="${page}"]`).setAttribute("aria-current", "page");
  document.title = `${document.querySelector(`[data-page="${page}"]`).textContent} – ${company}`;
}
for (const link of links) {
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    history.pushState({}, "", link.href);
    show(link.dataset.page);
  });
}
addEventListener("popstate", () => show(location.pathname.split("/")[2] || "billing"));
