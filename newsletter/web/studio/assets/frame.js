// The mail on the stage: a new one loads behind the old one and takes its place, scrolled alike, when it is there.
import { boxOf, wire } from "./mail.js";

let shown = named(); // of the mail that is to be seen

export function swapFrame(fresh, number) {
  const frame = document.getElementById("frame");
  const changed = document.body.dataset.number !== number;
  const moved = frame.dataset.src !== fresh.dataset.src;
  const now = named();
  frame.className = fresh.className;
  frame.dataset.width = fresh.dataset.width;
  document.body.dataset.number = number;
  if (!changed && !moved) return;
  frame.dataset.src = fresh.dataset.src;
  const next = frame.lastElementChild.cloneNode(false);
  next.style.visibility = "hidden";
  next.src = fresh.dataset.src;
  next.addEventListener("load", () => {
    if (!next.isConnected || next !== frame.lastElementChild) return next.remove();
    take(frame, next, now, changed && !moved);
    frame.dataset.shown = number;
  });
  frame.append(next);
}

function take(frame, next, now, news) {
  const stale = frame.firstElementChild;
  keepPlace(stale, next);
  wire(next);
  if (news && !frame.classList.contains("old")) flash(stale.contentDocument, next.contentDocument, shown, now);
  shown = now;
  next.style.visibility = "";
  while (frame.firstElementChild !== next) frame.firstElementChild.remove();
}

function keepPlace(stale, next) {
  const from = stale.contentDocument?.scrollingElement;
  const to = next.contentDocument?.scrollingElement;
  if (!from || !to) return;
  const alike = Math.abs(from.scrollHeight - to.scrollHeight) < 400 ? 1 : to.scrollHeight / from.scrollHeight;
  to.scrollTop = from.scrollTop * alike;
}

// The entries of the outline: the numbers they have in the mail, by their ids and how often they came before.
function named() {
  const times = {};
  return new Map([...document.querySelectorAll("#outline [data-number]")].map((one) => {
    const item = one.dataset.item;
    times[item] = (times[item] ?? 0) + 1;
    return [`${item} ${times[item]}`, one.dataset.number];
  }));
}

// Marks every entry whose words are other than they were: for a moment, and for whoever asks.
function flash(old, mail, before, now) {
  if (!old || !mail) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  for (const [item, number] of now) {
    const entry = mail.querySelector(`[data-entry="${number}"]`);
    if (!entry || words(mail, number) === words(old, before.get(item))) continue;
    entry.dataset.changed = "yes";
    if (!still) boxOf(entry).animate([{ boxShadow: "0 0 0 4px #0b8f86" }, { boxShadow: "0 0 0 4px transparent" }], 900);
  }
}

function words(mail, number) {
  const entry = mail.querySelector(`[data-entry="${number}"]`);
  return entry ? boxOf(entry).textContent : "";
}
