// Keys: what each does stands in the table of the dialog that `?` opens, and nowhere else.
import { after, send, show } from "./load.js";
import { chosen, heard, walk } from "./mail.js";
import { openPalette } from "./palette.js";

const OFF = "studio-keys"; // in localStorage: "off" where single characters do nothing (WCAG 2.2, 2.1.4)
const help = document.getElementById("keys");
const onOff = document.getElementById("keys-on");
const rows = [...help.querySelectorAll("[data-keys]")];
let turn = Promise.resolve();

const RUNS = {
  scheme: () => nextScheme().click(),
  persona: () => document.getElementById("persona").focus(),
  next: () => walk(1),
  previous: () => walk(-1),
  again: () => show(location.href),
  keys: () => help.showModal(),
  palette: () => openPalette(),
  close: () => document.activeElement?.blur(),
  test: () => toPane("tab-send", "me"),
  approve: () => toPane("tab-send", "by", "approve"),
  source: () => openSource(),
};

export function openSource(entry = chosen()) {
  const form = document.getElementById("open-source");
  form.elements.entry.value = entry;
  form.elements.finding.value = document.querySelector("#pane .finding.here")?.dataset.finding ?? "";
  return send(form.action, new URLSearchParams(new FormData(form)));
}

// What a row of the table does; one after the other, each upon what the one before it showed.
export function run(row) {
  turn = turn.then(after).then(() => {
    if (row.dataset.click) document.getElementById(row.dataset.click)?.click();
    else RUNS[row.dataset.run]();
  });
  return turn;
}

export function rowOf(key, command = false) {
  return rows.find((row) => row.dataset.keys.split(" ").includes(key) && (row.dataset.command === "yes") === command);
}

function press(event) {
  if (event.altKey || event.isComposing) return;
  const command = event.ctrlKey || event.metaKey;
  const row = rowOf(command ? event.key.toLowerCase() : event.key, command);
  if (!row || !(command || allowed(event))) return;
  if (event.key === "Escape") return RUNS.close(); // at once: the next key is none of what was written in
  event.preventDefault();
  run(row);
}

function allowed(event) {
  if (event.key === "Escape") return !document.querySelector("dialog[open]");
  if (document.querySelector("dialog[open]") || localStorage.getItem(OFF) === "off") return false;
  return !event.target.closest?.("input, select, textarea");
}

function nextScheme() {
  const all = [...document.querySelectorAll("#tools [id^=scheme-]")];
  return all[(all.findIndex((one) => one.hasAttribute("aria-current")) + 1) % all.length];
}

async function toPane(tab, ...places) {
  await show(document.getElementById(tab).href, { push: true });
  places.map((id) => document.getElementById(id)).find(Boolean)?.focus();
}

onOff.checked = localStorage.getItem(OFF) !== "off";
onOff.addEventListener("change", () => localStorage.setItem(OFF, onOff.checked ? "on" : "off"));
document.getElementById("open-keys").addEventListener("click", () => help.showModal());
document.addEventListener("keydown", press);
heard.key = press;
