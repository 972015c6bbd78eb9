/* Behaviour shared by all pages: toasts, keys, dialogs, copying, double submit, drafts of what is typed. No inline code, no eval. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const words = document.body.dataset;

  // toasts: server messages and the HX-Trigger event {"toast": {"message": …, "url": …, "action": …}}
  const toasts = $("#toasts");
  const leaveLater = (toast) => setTimeout(() => toast.remove(), 8000);
  $$(".toast", toasts).forEach(leaveLater);
  const toast = ({ message, url, action }) => {
    const box = document.createElement("div");
    box.className = "toast";
    box.append(message);
    if (url && action) {
      const link = document.createElement("a");
      link.href = url;
      link.textContent = action;
      box.append(link);
    }
    toasts.append(box);
    leaveLater(box);
  };
  document.addEventListener("toast", (event) => toast(event.detail));

  // input methods: nothing fires while a word is being composed, and what it became is announced once
  addEventListener("input", (event) => event.isComposing && event.stopImmediatePropagation(), true);
  document.addEventListener("compositionend", (event) => event.target.dispatchEvent(new Event("input", { bubbles: true })));

  // requests: token, busy mark, offline strip
  const token = $('meta[name="csrf-token"]')?.content;
  document.addEventListener("htmx:configRequest", (event) => {
    if (token) event.detail.headers["X-CSRFToken"] = token;
  });
  let busy = 0;
  const setBusy = (change) => {
    busy = Math.max(0, busy + change);
    document.body.classList.toggle("is-busy", busy > 0);
  };
  document.addEventListener("htmx:beforeRequest", () => setBusy(1));
  document.addEventListener("htmx:afterRequest", () => setBusy(-1));
  const strip = $("#offline");
  const offline = (is) => {
    strip.textContent = is ? words.offline : "";
    strip.hidden = !is;
  };
  addEventListener("offline", () => offline(true));
  addEventListener("online", () => offline(false));
  let waiting = null;
  document.addEventListener("htmx:sendError", (event) => {
    offline(true);
    const config = event.detail.requestConfig;
    if (config.verb === "get") waiting = config;
  });
  addEventListener("online", () => {
    if (waiting && window.htmx) htmx.ajax("GET", waiting.path, { target: waiting.target });
    waiting = null;
  });
  document.addEventListener("htmx:responseError", () => {
    const box = $("#messages");
    const alert = document.createElement("p");
    alert.className = "note bad";
    alert.setAttribute("role", "alert");
    alert.textContent = words.failed;
    box.replaceChildren(alert);
  });

  // double submit: a form on its way cannot be sent again; a page restored from history can
  const lock = (form, on) => {
    $$("button:not([type=button]),input[type=submit]", form).forEach((button) => {
      if (on) button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
    });
    form.toggleAttribute("data-sent", on);
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.dataset.download !== undefined) return;
    if (form.hasAttribute("data-sent")) event.preventDefault();
    else setTimeout(() => !event.defaultPrevented && lock(form, true));
    delete form.dataset.typed;
  });
  addEventListener("pageshow", () => $$("form[data-sent]").forEach((form) => lock(form, false)));
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.method === "post") form.dataset.typed = "";
  });
  addEventListener("beforeunload", (event) => {
    if ($("form[data-typed]:not([data-sent])")) event.preventDefault();
  });

  // filters apply when a choice changes; the bar remains a plain form without script
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (event.target.dataset.submit !== undefined) form.requestSubmit();
    if (event.target.matches("[data-pick-all]")) pickAll(event.target);
    if (event.target.matches(".pick")) countPicked();
  });

  // picked rows
  const picks = () => $$(".pick");
  const countPicked = () => {
    const bar = $(".bulk-bar");
    if (!bar) return;
    const n = picks().filter((box) => box.checked).length;
    bar.hidden = n === 0;
    $$("[data-picked]", bar).forEach((place) => (place.textContent = n));
  };
  const pickAll = (box) => {
    picks().forEach((one) => (one.checked = box.checked));
    countPicked();
  };

  // dialogs: <a data-dialog href> opens the page's own form; the browser itself returns focus to the opener
  const dialog = $("#dialog");
  const show = (box) => box.open || box.showModal();
  dialog.addEventListener("cancel", (event) => {
    if ($("form[data-typed]", dialog) && !confirm(words.leave)) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-dialog]");
    const copy = event.target.closest("[data-copy]");
    if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => toast({ message: words.copied }));
    if (link && window.htmx && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      dialog.replaceChildren();
      htmx.ajax("GET", link.href, { target: dialog, swap: "innerHTML" }).then(() => {
        if (!dialog.childElementCount) return; // refused: the page says so
        show(dialog);
        $(".form :is(input:not([type=hidden]),select,textarea)", dialog)?.focus();
      });
    }
  });

  // after a swap: errors take focus, the count of picked rows starts over
  const afterSwap = (root) => {
    $("[data-focus]", root)?.focus();
    countPicked();
  };
  document.addEventListener("htmx:afterSwap", (event) => {
    const form = event.detail.requestConfig?.elt?.closest?.("form");
    if (form) lock(form, false);
    afterSwap(event.target.parentElement ?? document);
    if (event.target.id === "site-suggest") suggestions(true);
  });
  afterSwap(document);

  // suggestions under the search box
  const search = $("#site-search");
  const suggest = $("#site-suggest");
  const suggestions = (open) => {
    if (!suggest) return;
    suggest.hidden = !open || !suggest.childElementCount;
    search.setAttribute("aria-expanded", String(!suggest.hidden));
  };
  search?.form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const links = $$("a", suggest);
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") {
      suggestions(false);
      search.focus();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && links.length) {
      event.preventDefault();
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      (links[next] ?? search).focus();
    }
  });
  document.addEventListener("click", (event) => event.target.closest(".cmd-k") || suggestions(false));

  // keys: single letters work only outside fields and never while composing
  const move = (step) => {
    const rows = $$(".data-table tbody tr[data-row]");
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.classList.contains("is-on"));
    const row = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
    rows[at]?.classList.remove("is-on");
    row.classList.add("is-on");
    row.scrollIntoView({ block: "nearest" });
  };
  const single = {
    "/": () => ($(".filter-bar :is(input:not([type=hidden]),select)") ?? search)?.focus(),
    "?": () => show($("#keys")),
    j: () => move(1),
    k: () => move(-1),
    x: () => {
      const box = $("tr.is-on .pick");
      if (box) box.click();
    },
    Enter: () => $("tr.is-on :is(th,td) a")?.click(),
  };
  // a key only chooses a button that sends a form, and leads to what it asks for; Ctrl Enter sends it: no single letter decides anything
  const choose = (button) => {
    $$("[data-key]", button.form).forEach((other) => other.toggleAttribute("data-chosen", other === button));
    ($(`[name="${button.dataset.asks}"]`, button.form) ?? button).focus();
  };
  const press = (target) => (target.form?.method === "post" ? choose(target) : target.click());
  const send = (field) => {
    const keyed = $$("[data-key]", field.form);
    const chosen = field.matches("button") ? field : keyed.find((button) => button.hasAttribute("data-chosen"));
    if (keyed.length && !chosen) choose(keyed[0]);
    else field.form.requestSubmit(chosen);
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const field = event.target.closest("input,select,textarea,button,a,[contenteditable],summary");
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "k" && search) {
      event.preventDefault();
      search.focus();
    } else if (command && event.key === "Enter" && event.target.form?.method === "post") {
      event.preventDefault();
      send(event.target);
    } else if (!command && !event.altKey && !field && !$("dialog[open]")) {
      const page = event.key.length === 1 && $(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
      const act = page ? () => press(page) : single[event.key] ?? single[event.key.toLowerCase()];
      if (act && !document.body.hasAttribute("data-no-keys")) {
        event.preventDefault();
        act();
      }
    }
  });
})();
