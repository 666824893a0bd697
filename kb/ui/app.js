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

  const copy = async (button) => {
    const source = document.getElementById(button.dataset.copy);
    const words = button.textContent;
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      select(source); // no clipboard without https: what is selected can be copied by hand
      if (!document.execCommand("copy")) return;
    }
    button.textContent = "Citation copiée";
    setTimeout(() => { button.textContent = words; }, 2500);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest(".stHtml button");
    if (!button) return;
    if (button.dataset.copy) copy(button);
    else if (button.hasAttribute("aria-controls")) toggle(button);
  });

  // The few English words of Streamlit's own widgets. Documents are in .stHtml and are never touched.
  const FRENCH = {
    "Skip to main content": "Aller au contenu", "Clear all": "Tout effacer", "Clear value": "Effacer",
    "Clear entry": "Effacer", "Open": "Ouvrir", "Close": "Fermer", "Dismiss": "Fermer", "Remove": "Retirer",
    "Selected values": "Choix faits", "No results": "Aucun résultat", "Try again": "Réessayer",
    "Connection error": "Le serveur ne répond plus", "Connecting...": "Connexion…", "Running...": "En cours…",
    "Page not found": "Cette page n’existe pas",
  };
  const LOST = "Le serveur a peut-être été arrêté. Relancez-le, puis rechargez cette page.";
  const LABELS = ["aria-label", "title", "placeholder"];

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
    const passage = document.getElementById("passage");
    if (!passage || shown === location.href) return;
    shown = location.href;
    passage.scrollIntoView({ block: "center" });
  };

  new MutationObserver((changes) => {
    showPassage();
    for (const change of changes) change.addedNodes.forEach(inFrench);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
