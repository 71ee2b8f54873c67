// Keeps the page up to date without loading it anew: it asks the server for the same address again and swaps the
// parts that differ. The address in the location bar is the only state; without this script every link still works.
"use strict";

const live = document.getElementById("live");
let asked = 0;

function say(state, text) {
  live.dataset.state = state;
  live.firstElementChild.textContent = text;
}

async function show(url, { push = false } = {}) {
  const mine = ++asked;
  let answer;
  try {
    answer = await fetch(url, { headers: { Accept: "text/html" } });
  } catch {
    return say("lost", "not connected");
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== asked) return; // a later question has been asked meanwhile
  if (!answer.ok || !page.getElementById("main")) return say("lost", `refused (${answer.status})`);
  if (push) history.pushState(null, "", url);
  swapParts(page);
  swapFrame(page.getElementById("frame"), page.body.dataset.number);
}

function swapParts(page) {
  const focused = document.activeElement && document.activeElement.id;
  document.title = page.title;
  document.getElementById("main").className = page.getElementById("main").className;
  for (const fresh of page.querySelectorAll("[data-part]")) {
    const stale = document.getElementById(fresh.id);
    if (stale.innerHTML === fresh.innerHTML && stale.className === fresh.className) continue;
    const top = stale.scrollTop;
    stale.replaceWith(document.adoptNode(fresh));
    fresh.scrollTop = top;
  }
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus();
}

// The new mail loads behind the old one and takes its place, scrolled alike, when it is there: nothing flickers.
function swapFrame(fresh, number) {
  const frame = document.getElementById("frame");
  const changed = document.body.dataset.number !== number;
  const moved = frame.dataset.src !== fresh.dataset.src;
  frame.className = fresh.className;
  document.body.dataset.number = number;
  if (!changed && !moved) return;
  frame.dataset.src = fresh.dataset.src;
  frame.dataset.width = fresh.dataset.width;
  const stale = frame.lastElementChild;
  const next = stale.cloneNode(false);
  next.style.visibility = "hidden";
  next.src = fresh.dataset.src;
  next.addEventListener("load", () => {
    if (!next.isConnected || next !== frame.lastElementChild) return next.remove();
    keepPlace(frame.firstElementChild, next);
    next.style.visibility = "";
    while (frame.firstElementChild !== next) frame.firstElementChild.remove();
    frame.dataset.shown = number;
    if (changed && !frame.classList.contains("old")) flash(frame);
  });
  frame.append(next);
}

function keepPlace(stale, next) {
  const from = stale.contentDocument?.scrollingElement;
  const to = next.contentDocument?.scrollingElement;
  if (!from || !to) return;
  const alike = Math.abs(from.scrollHeight - to.scrollHeight) < 400 ? 1 : to.scrollHeight / from.scrollHeight;
  to.scrollTop = from.scrollTop * alike;
}

function flash(frame) {
  frame.classList.remove("flash");
  requestAnimationFrame(() => frame.classList.add("flash"));
}

function listen() {
  const stream = new EventSource(`/events?seen=${document.body.dataset.number}`);
  stream.addEventListener("open", () => say("live", "live"));
  stream.addEventListener("changed", async () => {
    await show(location.href);
    say("live", `live, updated ${new Date().toLocaleTimeString()}`);
  });
  stream.addEventListener("error", () => {
    say("lost", stream.readyState === EventSource.CLOSED ? "the preview has stopped" : "reconnecting");
  });
}

const KEYS = {
  1: "width-320", 2: "width-375", 3: "width-600", 4: "width-768",
  c: "tab-checks", t: "tab-text", m: "tab-headers", f: "tab-mail",
};

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, select, textarea")) return;
  if (event.key === "d") return document.querySelector("#tools [id^=scheme-]:not([aria-current])").click();
  if (event.key === "r") return show(location.href);
  document.getElementById(KEYS[event.key] || "")?.click();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#tools a, #tabs a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  show(link.href, { push: true });
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("#choose");
  if (form) show(`/?${new URLSearchParams(new FormData(form))}`, { push: true });
});
document.addEventListener("keydown", press);
window.addEventListener("popstate", () => show(location.href));
listen();
