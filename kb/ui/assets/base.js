/* What Streamlit's HTML cannot do by itself: open and close panels, copy a citation, bring the passage into view.
   It sends nothing anywhere and writes no HTML. */
"use strict";
(() => {
  const panels = (button) =>
    (button.getAttribute("aria-controls") || "").split(" ").map((id) => document.getElementById(id)).filter(Boolean);

  const toggle = (button) => {
    const open = button.getAttribute("aria-expanded") !== "true";
    const found = panels(button);
    const top = button.getBoundingClientRect().top;
    button.setAttribute("aria-expanded", String(open));
    found.forEach((panel) => { panel.hidden = !open; });
    const main = button.closest('[data-testid="stMain"]');
    // What opens above the button must not push it away from under the pointer.
    if (main) main.scrollTop += button.getBoundingClientRect().top - top;
  };

  const select = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };

  // What happened, said to those who do not see it.
  const live = document.createElement("div");
  live.className = "unseen";
  live.setAttribute("role", "status");
  document.body.append(live);
  const say = (words) => {
    live.textContent = words;
    setTimeout(() => { live.textContent = ""; }, 4000);
  };
  document.addEventListener("say", (event) => say(event.detail)); // from the other scripts

  const copy = async (button) => {
    const source = button.dataset.copy ? document.getElementById(button.dataset.copy) : null;
    const words = button.textContent;
    try {
      await navigator.clipboard.writeText(source ? source.textContent : button.dataset.text);
    } catch {
      // no clipboard without https: what is selected can be copied by hand, the address with the rest
      select(source || button.parentElement.querySelector(".citation"));
      if (!source || !document.execCommand("copy")) return;
    }
    button.textContent = source ? "Citation copiée" : "Lien copié";
    say(button.textContent);
    setTimeout(() => { button.textContent = words; }, 2500);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest(".stHtml button");
    if (!button) return;
    if (button.dataset.copy || button.dataset.text) copy(button);
    else if (button.hasAttribute("aria-controls")) toggle(button);
  });

  // The few English words of Streamlit's own widgets. Documents are in .stHtml and are never touched.
  const FRENCH = {
    "Skip to main content": "Aller au contenu", "Clear all": "Tout effacer", "Clear value": "Effacer",
    "Clear entry": "Effacer", "Open": "Ouvrir", "Close": "Fermer", "Dismiss": "Fermer", "Remove": "Retirer",
    "Selected values": "Choix faits", "No results": "Aucun résultat", "Try again": "Réessayer",
    "Connection error": "Le serveur ne répond plus", "Connecting...": "Connexion…", "Running...": "En cours…",
    "Page not found": "Cette page n’existe pas", "visualization": "graphique", "group mark container": "groupe",
  };
  const LOST = "Ce qui est affiché reste lisible. La page reprendra d’elle-même dès qu’il répondra.";
  const LABELS = ["aria-label", "aria-roledescription", "title", "placeholder"];

  const translate = (element) => {
    for (const name of LABELS) {
      const known = FRENCH[element.getAttribute(name)];
      if (known) element.setAttribute(name, known);
    }
    for (const node of element.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE) continue;
      const known = FRENCH[node.data.trim()] || (/^(Is Streamlit still|Streamlit server is not)/.test(node.data) && LOST);
      if (known) node.data = known;
    }
  };

  const inFrench = (root) => {
    if (root.nodeType !== Node.ELEMENT_NODE || root.closest(".stHtml")) return;
    translate(root);
    root.querySelectorAll(":not(.stHtml *)").forEach(translate);
  };

  let shown = null;
  const showPassage = () => {
    if (shown === location.href) return;
    const part = document.getElementById(location.hash.slice(1) || "passage");
    if (!part || !part.closest(".stHtml")) return;
    shown = location.href;
    const isShort = part.getBoundingClientRect().height < window.innerHeight / 2; // else its beginning would be above
    part.scrollIntoView({ block: part.id === "passage" && isShort ? "center" : "start" });
  };

  // A question typed and not yet sent goes along with the filter that is chosen.
  const field = () => document.querySelector('[data-testid="stForm"] input');
  const typed = () => (field() ? field().value.trim().replace(/\s+/g, " ") : "");
  const pending = () => field() && typed() !== (new URLSearchParams(location.search).get("q") || "").trim();
  const send = () => document.querySelector('[data-testid="stFormSubmitButton"] button').click();
  const CHOICE = '[data-testid="stButtonGroup"] button, [data-testid="stRadio"] label, .st-key-effacer button';

  document.addEventListener("click", (event) => {
    if (!event.target.closest) return;
    const other = event.target.closest(".chips a, .beside a, .doubt a, .inside"); // the same search, but for one thing
    if (other) {
      sessionStorage.setItem("to", "results");
      if (pending() && !other.matches(".meant")) { // that one asks another question
        const address = new URL(other.href);
        if (typed()) address.searchParams.set("q", typed());
        else address.searchParams.delete("q");
        other.href = address.href;
      }
    } else if (event.isTrusted && event.target.closest(CHOICE) && pending()) send();
  }, true);

  const IN_MENU = '[data-testid="stPopoverBody"] [data-testid="stTextInput"]';
  const sendAfter = (event) => { // after: sending closes the menu, and with it goes what is written there
    if (event.target.closest(IN_MENU) && pending()) setTimeout(() => { if (pending()) send(); }, 0);
  };
  document.addEventListener("focusout", sendAfter);
  document.addEventListener("keydown", (event) => { if (event.key === "Enter") sendAfter(event); });

  // Opened with the keyboard, a menu takes the focus; Tab beyond its ends closes it and goes on in the page.
  const REACHED = 'a[href], button:not([disabled]), input:not([disabled]), textarea, [tabindex="0"]';
  const stops = (root) => [...root.querySelectorAll(REACHED)].filter((e) =>
    e.tabIndex >= 0 && e.getClientRects().length &&
    !(e.type === "radio" && !e.checked && root.querySelector(`input[name="${CSS.escape(e.name)}"]:checked`)));
  // Streamlit's pills are one stop: arrows go from one to another.
  const unit = (element) => element.closest('[data-testid="stButtonGroup"]') || element;
  const opener = () => document.querySelector('[data-testid="stPopover"] button[aria-expanded="true"]');
  let byKeyboard = false;
  const entered = new WeakSet();
  const enterMenu = () => {
    const menu = document.querySelector('[data-testid="stPopoverBody"]');
    if (!menu || entered.has(menu)) return;
    const first = stops(menu)[0];
    if (!first) return;
    entered.add(menu);
    if (byKeyboard) first.focus();
  };
  const leaveMenu = (event) => {
    const menu = event.target.closest && event.target.closest('[data-testid="stPopoverBody"]');
    const button = opener();
    if (!menu || !button) return;
    const inside = stops(menu);
    if (!inside.length || unit(document.activeElement) !== unit(event.shiftKey ? inside[0] : inside.at(-1))) return;
    event.preventDefault();
    event.stopPropagation();
    const around = stops(document.querySelector('[data-testid="stMain"]'));
    const next = event.shiftKey ? button : around[around.indexOf(button) + 1] || button;
    button.click();
    next.focus();
  };
  document.addEventListener("pointerdown", () => { byKeyboard = false; }, true);
  document.addEventListener("keydown", (event) => {
    byKeyboard = true;
    if (event.key === "Tab") leaveMenu(event);
  }, true);

  // What had the focus went away with the answer before: the focus goes to the new one, not to the top.
  let held = null;
  let waiting = 0;
  document.addEventListener("focusin", (event) => { held = event.target; });
  document.addEventListener("pointerdown", (event) => { if (!event.target.closest(REACHED)) held = null; });
  const keepFocus = () => {
    const lost = held && !held.isConnected && document.activeElement === document.body;
    const sent = sessionStorage.getItem("to") === "results";
    if (!lost && !sent) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const head = document.querySelector(".headline, .notice");
      if (!head || document.activeElement !== document.body) return;
      sessionStorage.removeItem("to");
      head.tabIndex = -1;
      head.focus({ preventScroll: true });
    }, 200);
  };

  // The way back from a passage is the search, or the page, that led to it, in this window.
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('.stHtml a[href*="passage?"]');
    if (!link || document.querySelector(".back")) return;
    sessionStorage.setItem("from", location.pathname.split("/").pop() + location.search);
  }, true);
  const showWayBack = () => {
    const back = document.querySelector(".back");
    const from = sessionStorage.getItem("from");
    if (!back || !back.hidden || from === null) return;
    const link = back.querySelector("a");
    link.href = "./" + from;
    if (from && !from.startsWith("?")) link.textContent = "← Retour à la page d’où vous venez";
    back.hidden = false;
  };

  // A memory that is being made is asked after. Where nothing could be shown, the page is loaded again once it is
  // ready; where a part was shown, the reader is told, and loads it again when they like.
  const ASK_EVERY = 4000;
  const askAfter = async () => {
    const awaited = document.querySelector(".awaited");
    const filling = document.querySelector(".filling:not(.full)");
    if (!awaited && !filling) return;
    const state = await fetch("./etat").then((answer) => answer.json()).catch(() => ({}));
    if (awaited && state.ready) location.reload();
    if (!filling || !state.whole || !filling.isConnected) return;
    const again = document.createElement("a");
    again.href = location.href;
    again.textContent = "Recharger la page";
    filling.classList.add("full");
    filling.replaceChildren("La mémoire est maintenant complète. ", again);
  };
  setInterval(askAfter, ASK_EVERY);

  new MutationObserver((changes) => {
    showPassage();
    enterMenu();
    keepFocus();
    showWayBack();
    const main = document.querySelector('[data-testid="stMain"][tabindex="0"]');
    if (main) main.tabIndex = -1; // what it holds can be reached; itself, only by the link that leads to it
    for (const change of changes) {
      change.addedNodes.forEach(inFrench);
      if (change.target.hasAttribute("aria-roledescription")) translate(change.target); // a picture, named once drawn
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
