// What makes pages better, and none of them needs: live figures, keys, questions before deeds.
"use strict";
(() => {
  // Live: when the book says that something moved, this page is read again and what differs is put in.
  const parts = () => document.querySelectorAll("[data-live][id]");
  const state = document.querySelector(".live-state");
  const tell = (text) => { if (state) { state.hidden = !text; state.textContent = text; } };
  let busy = false;
  const refresh = async () => {
    if (busy || document.hidden) { return; }
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-Live": "1" }, redirect: "error" });
      if (!answer.ok) { return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of parts()) {
        const fresh = page.getElementById(part.id);
        if (!fresh || fresh.innerHTML === part.innerHTML) { continue; }
        if (part.contains(document.activeElement) && document.activeElement !== document.body) { continue; }
        part.replaceChildren(...fresh.childNodes);
        part.className = fresh.className;
        if (part.id !== "made-at") { part.classList.remove("fresh"); void part.offsetWidth; part.classList.add("fresh"); }
      }
    } finally { busy = false; }
  };
  if (parts().length > 1 && "EventSource" in window) {
    const stream = new EventSource("/live");
    stream.addEventListener("moved", refresh);
    stream.addEventListener("open", () => tell("live"));
    stream.addEventListener("error", () => tell("not live: trying again"));
    document.addEventListener("visibilitychange", refresh);
    window.addEventListener("pagehide", () => stream.close());
  }
  // Keys: "/" finds; "g" and a letter goes to a section.
  let waits = false;
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "/") { event.preventDefault(); document.querySelector("[data-key='/']")?.focus(); return; }
    if (event.key === "g") { waits = true; setTimeout(() => { waits = false; }, 1200); return; }
    if (waits) {
      waits = false;
      const links = [...document.querySelectorAll(".sections a")];
      links.find((link) => link.textContent.trim().toLowerCase().startsWith(event.key))?.click();
    }
  });
  // A month wider than the page begins where the latest day is.
  for (const part of document.querySelectorAll("[data-latest]")) {
    const days = part.querySelectorAll("tbody tr:first-child a");
    const last = days[days.length - 1]?.closest("td");
    if (last) { part.scrollLeft = last.offsetLeft + last.offsetWidth + 8 - part.clientWidth; }
  }
  // A file's text is put where it can be read before it is sent; without script it is pasted.
  for (const part of document.querySelectorAll("[data-file]")) {
    part.hidden = false;
    const text = part.closest("form").elements[part.dataset.file];
    part.querySelector("input").addEventListener("change", async (event) => {
      const [file] = event.target.files;
      if (file) { text.value = await file.text(); }
    });
  }
  // A deed that cannot be undone is asked about once more.
  document.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.ask ?? event.target.dataset.ask;
    if (question && !window.confirm(question)) { event.preventDefault(); return; }
    const button = event.submitter;
    if (button) { setTimeout(() => { button.disabled = true; }, 0); }
  });
})();
