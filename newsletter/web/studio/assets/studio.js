// Keeps the page up to date without loading it anew: it asks the server for the same address again and swaps the
// parts that differ. The address in the location bar is the only state; without this script every link still works.
"use strict";

const live = document.getElementById("live");
let asked = 0;
let shown = Promise.resolve(); // keys that go on from what is shown wait until it is

function say(state, text) {
  live.dataset.state = state;
  live.firstElementChild.textContent = text;
}

function show(url, options) {
  shown = load(url, options);
  return shown;
}

async function load(url, { push = false } = {}) {
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
    if (stale.contains(document.activeElement) && document.activeElement.matches("input")) continue; // being typed in
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
    wire(next);
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
  const stream = new EventSource(`events?seen=${document.body.dataset.number}`);
  stream.addEventListener("open", () => say("live", "live"));
  stream.addEventListener("changed", async () => {
    await show(location.href);
    say("live", `live, updated ${new Date().toLocaleTimeString()}`);
  });
  stream.addEventListener("error", () => {
    say("lost", stream.readyState === EventSource.CLOSED ? "the preview has stopped" : "reconnecting");
  });
}

// The mail's own frame runs no script; this page listens in it, so that a click on an entry finds its source.
function wire(frame) {
  const mail = frame.contentDocument;
  if (!mail || mail.documentElement.dataset.wired) return;
  mail.documentElement.dataset.wired = "yes";
  mail.addEventListener("keydown", press);
  mail.addEventListener("click", (event) => {
    const entry = entryAt(event.target);
    if (!entry) return;
    if (event.target.closest("a") && !event.altKey) return;
    event.preventDefault();
    choose(entry.dataset.entry);
  });
}

// The nearest box around what was clicked that tells of one entry alone.
function entryAt(target) {
  for (let box = target; box && box.querySelectorAll; box = box.parentElement) {
    if (box.matches("[data-entry]")) return box;
    const found = new Set([...box.querySelectorAll("[data-entry]")].map((one) => one.dataset.entry));
    if (found.size === 1) return box.querySelector("[data-entry]");
    if (found.size > 1) return null;
  }
  return null;
}

function choose(number) {
  const row = document.querySelector(`#outline [data-number="${Number(number)}"]`);
  if (!row) return;
  for (const stale of document.querySelectorAll(".chosen")) stale.classList.remove("chosen");
  const item = CSS.escape(row.dataset.item);
  for (const one of document.querySelectorAll(`[data-item="${item}"]`)) one.classList.add("chosen");
  const rows = [...document.querySelectorAll("#outline .chosen")];
  rows.find((one) => one.checkVisibility())?.scrollIntoView({ block: "nearest" });
  document.querySelector(`#pane [data-item="${item}"]`)?.scrollIntoView({ block: "nearest" });
  const mail = document.querySelector("#frame iframe")?.contentDocument;
  const entry = mail?.querySelector(`[data-entry="${number}"]`);
  if (!entry) return;
  entry.scrollIntoView({ block: "center" });
  for (const stale of mail.querySelectorAll("[data-entry]")) stale.style.outline = "";
  entry.style.outline = "3px solid #0b8f86";
}

const KEYS = {
  1: "width-320", 2: "width-375", 3: "width-600", 4: "width-768", 0: "width-0", y: "switch-styles", i: "switch-images",
  z: "switch-zoom", "[": "variant-previous", "]": "variant-next", c: "tab-checks", g: "tab-diff", t: "tab-text",
  u: "tab-source", m: "tab-headers", f: "tab-mail", a: "tab-send",
};

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, select, textarea")) return;
  if (event.key === "d") return shown.then(() => nextScheme().click());
  if ("[]".includes(event.key)) return shown.then(() => document.getElementById(KEYS[event.key])?.click());
  if (event.key === "s") return show(document.getElementById("tab-send").href, { push: true }).then(() => document.getElementById("me")?.focus());
  if (event.key === "p") return document.getElementById("persona").focus();
  if (event.key === "n" || event.key === "N") return walk(event.key === "n" ? 1 : -1);
  if (event.key === "r") return show(location.href);
  document.getElementById(KEYS[event.key] || "")?.click();
}

function nextScheme() {
  const all = [...document.querySelectorAll("#tools [id^=scheme-]")];
  return all[(all.findIndex((one) => one.hasAttribute("aria-current")) + 1) % all.length];
}

// From problem to problem, and from there to what it is about.
function walk(step) {
  const all = [...document.querySelectorAll("#pane .finding")];
  if (!all.length) return document.getElementById("tab-checks").click();
  const here = all.findIndex((one) => one.classList.contains("here"));
  const next = all[(here + step + all.length + (here < 0 && step < 0 ? 1 : 0)) % all.length];
  for (const one of all) one.classList.toggle("here", one === next);
  next.scrollIntoView({ block: "nearest" });
  const row = next.dataset.item && document.querySelector(`#outline [data-item="${CSS.escape(next.dataset.item)}"]`);
  if (row) choose(row.dataset.number);
}

document.addEventListener("click", (event) => {
  const row = event.target.closest("#outline [data-number]");
  if (row) return choose(row.dataset.number);
  const link = event.target.closest("#tools a, #tabs a, #variants a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  show(link.href, { push: true });
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("#choose");
  if (form) show(`./?${new URLSearchParams(new FormData(form))}`, { push: true });
});
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("button")) button.disabled = true; // one click is enough
});
document.addEventListener("keydown", press);
window.addEventListener("popstate", () => show(location.href));
for (const frame of document.querySelectorAll("#frame iframe")) {
  frame.addEventListener("load", () => wire(frame));
  if (frame.contentDocument?.readyState === "complete") wire(frame);
}
listen();
