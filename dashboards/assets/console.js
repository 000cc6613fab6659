// The console's keys and clicks. Keys are left alone while somebody types or composes (IME), and with Ctrl, Alt or Meta.
(() => {
  const PLACES = { a: "/duty", d: "/duty/directives", r: "/duty/roster", h: "/duty/handover", q: "/duty/quality", w: "/" };
  let going = 0;
  const typing = (event) => event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey
    || /^(input|textarea|select)$/i.test(event.target.tagName || "") || event.target.isContentEditable;
  document.addEventListener("keydown", (event) => {
    if (!document.querySelector(".console") || typing(event)) return;
    if (document.querySelector(".q-dialog") && event.key !== "Escape") return;
    if (event.key.length === 1 || ["Enter", "Escape"].includes(event.key)) {
      if (event.key === "/") {
        const search = document.querySelector(".console input[name=q]");
        if (search) { search.focus(); search.select(); event.preventDefault(); return; }
      }
      if (event.key === "g") { going = Date.now(); return; }
      if (Date.now() - going < 1500 && PLACES[event.key]) { going = 0; window.location.assign(PLACES[event.key]); return; }
      going = 0;
      emitEvent("console_key", { key: event.key });
    }
  });
  // Escape closes an untouched form wherever the focus has gone; the form itself decides.
  document.addEventListener("keyup", (event) => {
    const dialog = document.querySelector(".q-dialog");
    if (event.key === "Escape" && dialog && !event.target.closest(".q-dialog, .q-menu"))
      dialog.dispatchEvent(new KeyboardEvent("keyup", { key: "Escape" }));
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-alert].row");
    if (row && document.querySelector(".console")) emitEvent("console_open", { alert: row.dataset.alert, many: event.shiftKey });
  });
  // Lines of a list that changed (dashboards/console/lines.py), from its end to its beginning.
  window.consoleSplice = (id, splices) => {
    const list = getHtmlElement(id);
    for (const [at, gone, lines] of splices) {
      for (let n = 0; n < gone; n++) list.children[at].remove();
      const made = document.createElement("template");
      made.innerHTML = lines.join("");
      list.insertBefore(made.content, list.children[at] || null);
    }
  };
  window.consoleShow = (alert) => {
    const row = document.querySelector(`.row[data-alert="${alert}"]`);
    if (window.innerWidth <= 900) document.querySelectorAll(".three .pane")[1]?.scrollIntoView({ block: "start" });
    else if (row) row.scrollIntoView({ block: "nearest" });
    const address = new URL(window.location);
    address.searchParams.set("alert", alert);
    window.history.replaceState(null, "", address);
  };
})();
