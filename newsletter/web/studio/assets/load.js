// Keeps the page up to date without loading it anew: asks the server for an address again and swaps the parts that
// differ. The address in the location bar is the only state; without script every link and form still works.
import { swapFrame } from "./frame.js";
import { say } from "./status.js";
import { asksElse, carry, isDone, unsaved } from "./words.js";

let asked = 0;
let shown = Promise.resolve();

// Shows the address; resolves when it is shown, or is not because something was asked for later.
export function show(url, { push = false } = {}) {
  if (push && leaves(url) && !window.confirm("What you wrote here is not saved. Leave it?")) return shown;
  shown = load(() => fetch(url, { headers: { Accept: "text/html" } }), { push });
  return shown;
}

// Sends a form, and shows the page that answers it; resolves to true where one did.
export function send(url, body, form) {
  shown = load(() => fetch(url, { method: "POST", body }), { push: true, form });
  return shown;
}

// What is done after another thing waits until that is shown, and whatever was asked for while it waited.
export async function after() {
  let last;
  do {
    last = shown;
    await last;
  } while (last !== shown);
}

async function load(ask, { push = false, form = null } = {}) {
  const mine = ++asked;
  let answer, text;
  try {
    answer = await ask();
    text = await answer.text();
  } catch {
    return say("lost", "not connected");
  }
  if (mine !== asked) return; // something else was asked for meanwhile
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!answer.ok || !page.getElementById("main")) return say("lost", `refused (${answer.status})`);
  if (push) history.pushState(null, "", answer.url);
  swapParts(page, push, isDone(page) ? form : null);
  swapFrame(page.getElementById("frame"), page.body.dataset.number);
  document.dispatchEvent(new Event("shown"));
  return true;
}

function swapParts(page, force, done) {
  const focused = document.activeElement?.id;
  document.title = page.title;
  document.getElementById("main").className = page.getElementById("main").className;
  for (const fresh of page.querySelectorAll("[data-part]")) {
    const stale = document.getElementById(fresh.id);
    if (!force && isBusy(stale)) continue;
    if (stale.innerHTML === fresh.innerHTML && stale.className === fresh.className) {
      delete stale.dataset.dirty;
      continue;
    }
    carry(unsaved(stale, done), fresh);
    // What is read out as it changes must stay the same element.
    if (fresh.getAttribute("role") === "status") stale.innerHTML = fresh.innerHTML;
    else swap(stale, document.adoptNode(fresh));
  }
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus();
}

function swap(stale, fresh) {
  const top = stale.scrollTop;
  const open = new Set([...stale.querySelectorAll("details[open][id]")].map((one) => one.id));
  stale.replaceWith(fresh);
  for (const one of fresh.querySelectorAll("details[id]")) one.open ||= open.has(one.id);
  fresh.scrollTop = top;
}

// Whether somebody is writing there: no change of a file may take their words away.
function isBusy(part) {
  return part.dataset.dirty === "yes" || (part.contains(document.activeElement) && document.activeElement.matches("input, textarea"));
}

function leaves(url) {
  return document.getElementById("pane").dataset.dirty === "yes" && asksElse(url);
}

document.addEventListener("input", (event) => {
  const pane = event.target.closest("#pane");
  if (pane && event.target.closest("[data-words]")) pane.dataset.dirty = "yes";
});
