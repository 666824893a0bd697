/* A list that is long for a narrow screen: its groups are closed there, but for those the reader opened. */
"use strict";
(() => {
  const NARROW = window.matchMedia("(max-width: 40rem)");
  const kept = () => `open ${location.pathname}`;
  const nameOf = (group) => group.querySelector("h2").id;
  const opened = () => new Set((sessionStorage.getItem(kept()) || "").split(" "));
  const folded = new WeakSet();

  const fold = () => {
    if (!NARROW.matches) return;
    document.querySelectorAll(".stHtml details.people").forEach((group) => {
      if (folded.has(group)) return;
      folded.add(group);
      group.open = opened().has(nameOf(group)) || location.hash === `#${nameOf(group)}`;
    });
  };

  document.addEventListener("toggle", (event) => {
    if (!NARROW.matches || !event.target.matches(".stHtml details.people") || !event.target.isConnected) return;
    const names = opened();
    if (event.target.open) names.add(nameOf(event.target));
    else names.delete(nameOf(event.target));
    sessionStorage.setItem(kept(), [...names].join(" ").trim());
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('.parts a[href^="#"]');
    const target = link && document.getElementById(link.hash.slice(1));
    const group = target && target.closest("details.people");
    if (group) group.open = true;
  }, true);
  new MutationObserver(fold).observe(document.documentElement, { childList: true, subtree: true });
})();
