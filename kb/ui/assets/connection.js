/* A page that finds its server again after it was restarted, or after it forgot this reader, is loaded again: Streamlit
   would go on, but lose the first thing that is asked. All that the page shows is in its address. */
"use strict";
(() => {
  const FORGOTTEN_MS = 90_000; // the server keeps for two minutes what a reader left
  const TICK_MS = 4000;
  const mine = document.querySelector('meta[name="server"]').content;
  let was = "";
  let met = false;
  let away = 0;
  let tick = Date.now();

  // A machine that slept does not see when its connection ended, but that its clock went on.
  setInterval(() => {
    if (Date.now() - tick > FORGOTTEN_MS) away = tick;
    tick = Date.now();
  }, TICK_MS);

  const back = async () => {
    const since = away;
    away = 0;
    const state = await fetch("./etat").then((answer) => answer.json()).catch(() => ({}));
    if (Date.now() - since > FORGOTTEN_MS || (state.server && state.server !== mine)) location.reload();
  };

  const look = () => {
    const app = document.querySelector(".stApp");
    const now = app ? app.dataset.testConnectionState : "";
    if (!app || now === was) return;
    was = now;
    if (now !== "CONNECTED") {
      if (met && !away) away = Date.now();
    } else if (met) back();
    else met = true;
  };
  new MutationObserver(look).observe(document.documentElement, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-test-connection-state"],
  });
})();
