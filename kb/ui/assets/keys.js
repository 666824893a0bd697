/* The keyboard, for those who like it: « / » goes to the search field, arrows go from hit to hit, « ? » tells it.
   Never while something is being written; and never at all on a device where it was turned off. */
"use strict";
(() => {
  const OFF = "touches-desactivees";
  const TO_FIELD = "vers-le-champ";
  const FIELD = '.st-key-question input, [data-testid="stForm"] input[type="text"]';
  const WRITES = 'input, textarea, select, [contenteditable="true"], [role="listbox"], [role="combobox"]';
  const HIT = "figure.hit, figure.said";
  const HELP = [
    ["/", "aller au champ de recherche"],
    ["↓ ↑", "aller au passage suivant, ou précédent, parmi ceux qui sont trouvés"],
    ["Début Fin", "aller au premier passage, ou au dernier"],
    ["Entrée", "sur un passage, l’ouvrir dans son document"],
    ["Échap", "dans le champ de recherche, le quitter pour les passages trouvés"],
    ["?", "montrer cette aide"],
  ];

  const kept = (() => { try { return window.localStorage; } catch { return null; } })();
  const isOff = () => Boolean(kept && kept.getItem(OFF));
  const say = (words) => document.dispatchEvent(new CustomEvent("say", { detail: words }));

  const SWITCH = { true: "Réactiver ces touches sur cet appareil", false: "Désactiver ces touches sur cet appareil" };
  const turn = (button) => {
    if (!kept) return;
    if (isOff()) kept.removeItem(OFF);
    else kept.setItem(OFF, "oui");
    button.textContent = SWITCH[isOff()];
    say(isOff() ? "Touches désactivées" : "Touches activées");
  };

  const toField = () => {
    const field = document.querySelector(FIELD);
    if (!field) {
      sessionStorage.setItem(TO_FIELD, "oui");
      location.href = "./";
      return;
    }
    field.focus();
    field.select();
  };
  const arrive = () => {
    if (!sessionStorage.getItem(TO_FIELD) || !document.querySelector(FIELD)) return;
    sessionStorage.removeItem(TO_FIELD);
    toField();
  };

  const hits = () => [...document.querySelectorAll(HIT)].filter((hit) => hit.getClientRects().length);
  const inView = (hit) => hit.getBoundingClientRect().bottom > 0 && hit.getBoundingClientRect().top < innerHeight;

  // With nothing focused, the first hit that is seen; else the next, if any.
  const next = (found, step) => {
    const at = found.indexOf(document.activeElement);
    return at < 0 ? found.find(inView) || found[0] : found[at + step];
  };

  // A hit longer than the window is read to its end, by the browser's own scrolling, before the next is gone to.
  const goesOn = (hit, step) => {
    const box = hit.getBoundingClientRect();
    return step > 0 ? box.bottom > innerHeight + 1 : box.top < -1;
  };

  const MOVES = {
    ArrowDown: (found) => next(found, 1),
    ArrowUp: (found) => next(found, -1),
    Home: (found) => found[0],
    End: (found) => found.at(-1),
  };
  const STEPS = { ArrowDown: 1, ArrowUp: -1 };

  const HEAD = ".headline, .notice";
  const isNowhere = () => document.activeElement === document.body || document.activeElement.matches(HEAD);

  // Out of the field, with its suggestions closed, to what stands above the hits.
  const leaveField = (event) => {
    const field = event.target.closest && event.target.closest(FIELD);
    const head = document.querySelector(HEAD);
    if (!field || !head || field.getAttribute("aria-expanded") === "true") return;
    head.tabIndex = -1;
    head.focus();
  };

  const move = (event) => {
    const found = hits();
    const here = found.includes(document.activeElement) ? document.activeElement : null;
    if (!found.length || (!here && !isNowhere())) return;
    if (here && STEPS[event.key] && goesOn(here, STEPS[event.key])) return;
    const hit = MOVES[event.key](found);
    if (!hit) return;
    event.preventDefault();
    hit.tabIndex = -1;
    hit.focus({ preventScroll: true });
    hit.scrollIntoView({ block: hit.offsetHeight > innerHeight * 0.8 ? "start" : "nearest" });
  };

  const open = (event) => {
    const hit = document.activeElement;
    const link = hit && hit.matches(HIT) && hit.querySelector('a[href*="passage?"]');
    if (!link) return;
    event.preventDefault();
    link.click();
  };

  const part = (tag, words, className) => {
    const element = document.createElement(tag);
    if (words) element.textContent = words;
    if (className) element.className = className;
    return element;
  };

  const help = () => {
    const box = part("dialog", "", "keyhelp");
    const title = part("h2", "Au clavier");
    title.id = "keyhelp-title";
    box.setAttribute("aria-labelledby", title.id);
    const keys = part("dl");
    HELP.forEach(([key, does]) => {
      const term = part("dt");
      term.append(part("kbd", key));
      keys.append(term, part("dd", does));
    });
    const acts = part("p", "", "acts");
    const close = part("button", "Fermer");
    close.type = "button";
    close.autofocus = true;
    close.addEventListener("click", () => box.close());
    const off = part("button", SWITCH[isOff()]);
    off.type = "button";
    off.dataset.keys = "switch";
    acts.append(close, off);
    box.append(title, keys, acts);
    box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
    box.addEventListener("close", () => box.remove());
    document.body.append(box);
    box.showModal();
  };

  const ACTS = {
    "/": (event) => { event.preventDefault(); toField(); },
    "?": (event) => { event.preventDefault(); help(); },
    Enter: open, ArrowDown: move, ArrowUp: move, Home: move, End: move,
  };

  document.addEventListener("keydown", (event) => {
    const act = ACTS[event.key];
    const writes = event.target.closest && event.target.closest(WRITES);
    const modified = event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key.length > 1);
    if (!act || writes || modified || event.defaultPrevented || event.isComposing || isOff()) return;
    if (document.querySelector("dialog[open], [role=dialog]")) return;
    act(event);
  });
  // Before the suggestions see the key: they close with it.
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !isOff()) leaveField(event); }, true);
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-keys]");
    if (button && button.dataset.keys === "switch") turn(button);
    else if (button) help();
  });
  new MutationObserver(arrive).observe(document.documentElement, { childList: true, subtree: true });
})();
