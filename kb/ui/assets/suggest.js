/* Names of the memory that begin like what is being typed in the search field. Choosing one leads to it; a term of the
   glossary is written into the field. Only the field has the focus; nothing is chosen unless it was pointed at. */
"use strict";
(() => {
  const FIELD = ".st-key-question input";
  const PATIENCE_MS = 120;
  const HINT_MS = 700;

  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");

  let field = null;
  let found = [];
  let active = -1;
  let timer = 0;
  let hint = 0;
  let pending = null;

  const say = (words) => document.dispatchEvent(new CustomEvent("say", { detail: words }));

  const point = (at) => {
    active = at;
    [...list.children].forEach((option, n) => option.setAttribute("aria-selected", String(n === at)));
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else {
      field.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  };

  const close = () => {
    clearTimeout(timer);
    clearTimeout(hint);
    if (pending) pending.abort();
    pending = null;
    if (!field || list.hidden) return;
    point(-1);
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
  };

  // Under the field, in what the window (less a keyboard on the screen) leaves of it.
  const place = () => {
    if (list.hidden) return;
    const box = field.parentElement.getBoundingClientRect();
    const seen = window.visualViewport ? window.visualViewport.height + window.visualViewport.offsetTop : innerHeight;
    list.style.left = `${box.left}px`;
    list.style.width = `${box.width}px`;
    list.style.top = `${box.bottom + 4}px`;
    list.style.maxHeight = `${Math.max(132, seen - box.bottom - 12)}px`;
  };

  const part = (tag, className, words) => {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = words;
    return element;
  };

  const option = (each, at) => {
    const element = document.createElement("li");
    element.id = `suggestion-${at}`;
    element.setAttribute("role", "option");
    element.setAttribute("aria-selected", "false");
    if (!at || found[at - 1].kind !== each.kind) element.className = "first";
    const name = document.createElement("span");
    name.className = "name";
    name.append(part("bdi", "", each.name));
    element.append(name, " ", part("span", "kind", [each.kind, each.detail].filter(Boolean).join(" · ")));
    element.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    element.addEventListener("mousedown", (event) => event.preventDefault());
    element.addEventListener("click", () => choose(each));
    return element;
  };

  const show = (suggestions) => {
    found = suggestions;
    list.replaceChildren(...found.map(option));
    if (!found.length) {
      close();
      return;
    }
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    point(-1);
    list.scrollTop = 0;
    place();
    clearTimeout(hint);
    const count = found.length === 1 ? "1 suggestion" : `${found.length} suggestions`;
    hint = setTimeout(() => say(`${count}, flèche bas pour les lire`), HINT_MS);
  };

  const ask = async () => {
    if (pending) pending.abort();
    const asked = new AbortController();
    pending = asked;
    try {
      const answer = await fetch(`./suggestions?q=${encodeURIComponent(field.value)}`, { signal: asked.signal });
      const suggestions = answer.ok ? await answer.json() : [];
      if (pending === asked && document.activeElement === field) show(suggestions);
    } catch {
      if (pending === asked) close(); // no server: nothing is suggested, and the page says the rest
    }
  };

  const write = (words) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, words);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.setSelectionRange(words.length, words.length);
  };

  const choose = (each) => {
    close();
    if (each.href) {
      location.href = each.href;
      return;
    }
    write(each.name);
    close();
    say(`${each.name}, écrit dans le champ`);
  };

  const MOVES = {
    ArrowDown: () => (active + 1 < found.length ? active + 1 : -1),
    ArrowUp: () => (active < 0 ? found.length - 1 : active - 1),
  };

  const onKey = (event) => {
    if (event.target !== field || event.isComposing) return;
    if (MOVES[event.key] && !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      if (!list.hidden) point(MOVES[event.key]());
      else if (field.value.trim()) ask();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Enter") {
      const chosen = list.hidden ? null : found[active];
      close();
      if (!chosen) return;
      event.preventDefault();
      event.stopPropagation();
      choose(chosen);
    }
  };

  const onInput = (event) => {
    if (event.target !== field) return;
    clearTimeout(timer);
    if (field.value.trim().length < 2) close();
    else timer = setTimeout(ask, PATIENCE_MS);
  };

  const adopt = () => {
    const now = document.querySelector(FIELD);
    if (!now || (now === field && now.getAttribute("role") === "combobox" && list.isConnected)) return;
    close();
    field = now;
    const told = {
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
      autocomplete: "off", spellcheck: "true", enterkeyhint: "search",
    };
    Object.entries(told).forEach(([name, value]) => field.setAttribute(name, value));
    (document.querySelector('[data-testid="stMain"]') || document.body).append(list);
  };

  document.addEventListener("keydown", onKey, true);
  document.addEventListener("input", onInput, true);
  document.addEventListener("focusout", (event) => { if (event.target === field) close(); });
  document.addEventListener("scroll", (event) => { if (event.target !== list) place(); }, true);
  window.addEventListener("resize", place);
  if (window.visualViewport) window.visualViewport.addEventListener("resize", place);
  new MutationObserver(adopt).observe(document.documentElement, { childList: true, subtree: true });
})();
