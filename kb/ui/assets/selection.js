/* The reader's selection: on this device, in localStorage, passages and comments and nothing else; and in the address of
   its page, which can be shared. What an address brings never takes the place of the reader's own unless they say so. */
"use strict";
(() => {
  const KEPT = "selection";
  const SHOWN = "selection-montree"; // in this tab: the addresses of the reader's own selection, as it was at some time
  const MOST = 60;
  const LONGEST_COMMENT = 300;
  const PAGE = "./selection";

  const keyOf = (token) => {
    const parts = token.split("~");
    return [...parts.slice(0, 3), parts.at(-1)].join("~");
  };
  const tidy = (entries) => {
    const seen = new Set();
    return entries
      .filter((each) => each && typeof each.p === "string" && each.p.trim())
      .map(({ p, c }) => ({ p: p.trim(), c: [...String(c || "").trim()].slice(0, LONGEST_COMMENT).join("").trim() }))
      .filter(({ p }) => !seen.has(keyOf(p)) && seen.add(keyOf(p)))
      .slice(0, MOST);
  };
  const own = () => {
    try {
      return tidy([JSON.parse(localStorage.getItem(KEPT) || "[]")].flat());
    } catch {
      return []; // no storage, or not ours
    }
  };
  const keep = (basket) => {
    try {
      localStorage.setItem(KEPT, JSON.stringify(basket));
      return true;
    } catch {
      return false;
    }
  };
  const inAddress = () => {
    const query = new URLSearchParams(location.search);
    const comments = query.getAll("c");
    return tidy(query.getAll("p").map((p, at) => ({ p, c: comments[at] })));
  };
  const address = (basket) => {
    const query = new URLSearchParams(basket.map(({ p }) => ["p", p]));
    const last = basket.findLastIndex(({ c }) => c);
    basket.slice(0, last + 1).forEach(({ c }) => query.append("c", c));
    return basket.length ? `${PAGE}?${query}` : PAGE;
  };
  const same = (one, other) => JSON.stringify(one.map(({ p, c }) => [keyOf(p), c])) ===
    JSON.stringify(other.map(({ p, c }) => [keyOf(p), c]));
  const passages = (n) => `${n} passage${n > 1 ? "s" : ""}`;
  const say = (words) => document.dispatchEvent(new CustomEvent("say", { detail: words }));

  // --- the buttons of passages, and the way to the page
  const told = new WeakSet();
  const tell = (button, words) => {
    told.add(button);
    button.textContent = words;
    say(words);
    setTimeout(() => { told.delete(button); paint(); }, 3000);
  };
  const write = (element, words) => { if (element.textContent !== words) element.textContent = words; };

  const paint = () => {
    const basket = own();
    const keys = new Set(basket.map(({ p }) => keyOf(p)));
    document.querySelectorAll("[data-select]").forEach((button) => {
      if (told.has(button)) return;
      write(button, keys.has(keyOf(button.dataset.select)) ? "Dans ma sélection : retirer" : "Ajouter à ma sélection");
    });
    document.querySelectorAll(`.masthead a[href^="${PAGE}"]`).forEach((link) => {
      write(link, basket.length ? `Ma sélection (${basket.length})` : "Ma sélection");
      if (link.getAttribute("href") !== address(basket)) link.setAttribute("href", address(basket));
    });
    document.querySelectorAll(".received").forEach((notice) => {
      const hidden = isMine !== false || notice.dataset.own !== (basket.length ? "some" : "none");
      if (notice.hidden !== hidden) notice.hidden = hidden;
    });
  };

  const toggle = (button) => {
    const basket = own();
    const key = keyOf(button.dataset.select);
    const rest = basket.filter(({ p }) => keyOf(p) !== key);
    const isAdded = rest.length === basket.length;
    if (isAdded && basket.length >= MOST) {
      tell(button, `Votre sélection est pleine (${passages(MOST)} au plus)`);
      return;
    }
    const next = isAdded ? [...basket, { p: button.dataset.select, c: "" }] : rest;
    if (!keep(next)) {
      tell(button, "Ce navigateur ne permet pas de garder une sélection");
      return;
    }
    paint();
    say(`${isAdded ? "Ajouté à" : "Retiré de"} votre sélection : ${passages(next.length)}`);
  };

  // --- the page of the selection
  const isPage = () => location.pathname.endsWith(PAGE.slice(1));
  let isMine = null; // whether the page shows the reader's own selection; null elsewhere
  let last = location.search;

  const shownBefore = () => {
    try { return JSON.parse(sessionStorage.getItem(SHOWN) || "[]"); } catch { return []; }
  };
  const remember = () => {
    const searches = [...shownBefore().filter((search) => search !== location.search), location.search];
    try { sessionStorage.setItem(SHOWN, JSON.stringify(searches.slice(-30))); } catch { /* too long to be remembered */ }
  };

  const arrive = () => {
    if (!isPage()) return;
    const [kept, shown] = [own(), inAddress()];
    const isOld = !shown.length || shownBefore().includes(location.search);
    isMine = same(kept, shown);
    if (isMine) remember();
    else if (isOld) location.replace(address(kept)); // the way back to one's own, as it is today
  };

  // The page writes what the reader does into its address: what is theirs is kept as it says.
  const follow = () => {
    if (!isPage() || location.search === last) return;
    last = location.search;
    if (!isMine) return;
    const [before, now] = [own(), inAddress()];
    if (!same(before, now)) keep(now);
    remember();
    if (now.length < before.length) say(`Retiré de votre sélection : il reste ${passages(now.length)}`);
  };

  const takeIn = (button) => {
    const mine = own();
    const broken = new Set([...document.querySelectorAll("[data-broken]")].map((each) => keyOf(each.dataset.broken)));
    const received = inAddress().filter(({ p }) => !broken.has(keyOf(p)));
    const keys = new Set(mine.map(({ p }) => keyOf(p)));
    const more = received.filter(({ p }) => !keys.has(keyOf(p)));
    if (mine.length + more.length > MOST) {
      tell(button, `La vôtre n’a de place que pour ${passages(MOST - mine.length)} de plus`);
      return;
    }
    const said = new Map(received.map(({ p, c }) => [keyOf(p), c]));
    const merged = [...mine.map(({ p, c }) => ({ p, c: c || said.get(keyOf(p)) || "" })), ...more];
    if (keep(merged)) location.href = address(merged);
    else tell(button, "Ce navigateur ne permet pas de garder une sélection");
  };

  // A passage that was moved keeps the focus, on the button that moved it or, at an end of the list, the other one; from
  // what was taken out it goes to the way back, and from there to what came back.
  let acting = null;
  let removed = "";
  const ACT = /st-key-(?:(monter|descendre|retirer)-([0-9a-f]{12})|(vider|retablir)\b)/;
  const FOCUS = {
    monter: (key) => [`.st-key-monter-${key} button`, `.st-key-descendre-${key} button`],
    descendre: (key) => [`.st-key-descendre-${key} button`, `.st-key-monter-${key} button`],
    retirer: () => [".st-key-retablir button"],
    vider: () => [".st-key-retablir button"],
    retablir: () => [`.st-key-retirer-${removed} button`, ".headline"],
  };
  const sayPlace = (key) => {
    const places = [...document.querySelectorAll('[class*="st-key-choix-"]')];
    const rank = places.findIndex((place) => place.classList.contains(`st-key-choix-${key}`)) + 1;
    if (rank) say(`Passage déplacé : ${rank} sur ${places.length}`);
  };
  const keepUp = () => {
    if (!acting) return;
    const { act, key, from, until } = acting;
    const isDone = location.search !== from && !document.querySelector('[data-test-script-state="running"]');
    const next = isDone && FOCUS[act](key).map((way) => document.querySelector(`${way}:not([disabled])`)).find(Boolean);
    if (!next && Date.now() < until) {
      setTimeout(keepUp, 80);
      return;
    }
    acting = null;
    if (next) next.focus();
    if (act === "monter" || act === "descendre") sayPlace(key);
  };

  const pressed = (target) => {
    const widget = target.closest("button:not([disabled])") && target.closest('[class*="st-key-"]');
    return widget ? widget.className : "";
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest) return;
    const button = event.target.closest("[data-select], [data-basket]");
    if (button) (button.dataset.select ? toggle : takeIn)(button);
    const [, moved, key = "", other] = ACT.exec(pressed(event.target)) || [];
    const act = moved || other;
    if (!act) return;
    if (act !== "retablir") removed = act === "retirer" ? key : "";
    acting = { act, key, from: location.search, until: Date.now() + 5000 };
    setTimeout(keepUp, 80);
  });

  // A change of the selection is no place to come back to: going back leaves the page, and undoes nothing.
  const push = history.pushState.bind(history);
  history.pushState = (state, unused, url) => {
    const stays = isPage() && url && new URL(url, location.href).pathname === location.pathname;
    if (stays) history.replaceState(state, unused, url);
    else push(state, unused, url);
  };

  // A comment is kept as it is written: Streamlit takes it when the field is left, or at Ctrl + Enter.
  const PAUSE = 600;
  let writing = 0;
  document.addEventListener("input", (event) => {
    const field = event.target.closest && event.target.closest('[class*="st-key-choix-"] textarea');
    if (!field) return;
    clearTimeout(writing);
    writing = setTimeout(() => {
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }));
    }, PAUSE);
  });

  // Another tab changed the selection: this one shows it too.
  const catchUp = () => {
    if (isMine && isPage() && !same(own(), inAddress())) location.replace(address(own()));
    else paint();
  };
  window.addEventListener("storage", (event) => { if (event.key === KEPT || event.key === null) catchUp(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) catchUp(); });
  window.addEventListener("pagehide", follow);

  arrive();
  new MutationObserver(() => { follow(); paint(); }).observe(document.documentElement, { childList: true, subtree: true });
})();
