/* Coming back to a page, by the browser's Back or by « Retour », finds it where it was left. It writes nothing but in
   this window's own memory. */
"use strict";
(() => {
  const LATEST = 15000; // ms; what is not there by then is not waited for
  const SETTLES = 800; // ms in which what is drawn takes its height
  const CAME_BACK = "came-back";
  const name = () => `place ${location.pathname}${location.search}`;
  const main = () => document.querySelector('[data-testid="stMain"]');
  const isDrawn = () => document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"] .foot');

  // Where each address stands is noted while it is read: on a phone, a page may be left without a word.
  let noted = name();
  document.addEventListener("scroll", (event) => {
    if (event.target !== main()) return;
    if (wanted !== null) restore(); // moved by what arrived above
    else sessionStorage.setItem(noted, String(Math.round(event.target.scrollTop)));
  }, { capture: true, passive: true });

  let wanted = null;
  let latest = 0;
  let settled = 0;
  const leave = () => {
    wanted = null;
    clearTimeout(settled);
    settled = 0;
  };
  const restore = () => {
    noted = name();
    const page = main();
    if (wanted === null || !page) return;
    if (Date.now() > latest || location.hash || document.getElementById("passage")) return leave();
    if (page.scrollHeight - page.clientHeight < wanted && !isDrawn()) return;
    page.scrollTop = wanted;
    if (isDrawn() && !settled) settled = setTimeout(leave, SETTLES);
  };
  const comeBack = () => {
    wanted = Number(sessionStorage.getItem(name())) || null;
    latest = Date.now() + LATEST;
    restore();
  };

  const arrival = performance.getEntriesByType("navigation")[0];
  if (sessionStorage.getItem(CAME_BACK) || (arrival && arrival.type === "back_forward")) comeBack();
  sessionStorage.removeItem(CAME_BACK);
  window.addEventListener("popstate", comeBack);
  document.addEventListener("click", (event) => {
    if (event.target.closest && event.target.closest(".back a")) sessionStorage.setItem(CAME_BACK, "yes");
  }, true);
  // whoever moves before the page is there goes where they like
  for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) document.addEventListener(kind, leave, { capture: true, passive: true });

  // On a narrow screen the menu is one line: the page that is shown is in sight there.
  const showCurrent = () => {
    const current = document.querySelector(".masthead [aria-current]:not([data-seen])");
    if (!current) return;
    current.dataset.seen = "";
    const line = current.closest("ul");
    const apart = current.getBoundingClientRect().right - line.getBoundingClientRect().right;
    if (apart > 0) line.scrollLeft = apart + 24;
  };

  new MutationObserver(() => { restore(); showCurrent(); }).observe(document.documentElement, {
    attributes: true, attributeFilter: ["data-test-script-state"], childList: true, subtree: true,
  });
})();
