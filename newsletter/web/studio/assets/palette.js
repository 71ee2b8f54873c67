// Everything by its name: what can be done, who can be looked as, every mail, event and finding.
import { show } from "./load.js";
import { choose, visit } from "./mail.js";

const MOST = 40;
const dialog = document.getElementById("palette");
const input = document.getElementById("palette-words");
const list = document.getElementById("palette-list");
let all = [];
let here = 0;
let asked = 0;

export async function openPalette() {
  if (dialog.open) return;
  input.value = "";
  list.replaceChildren();
  dialog.showModal();
  const mine = ++asked;
  const answer = await fetch(`palette${location.search}`);
  if (!answer.ok || mine !== asked) return;
  all = await answer.json();
  offer();
}

function offer() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = all.filter((one) => words.every((word) => `${one.kind} ${one.title}`.toLowerCase().includes(word)));
  list.replaceChildren(...fitting.slice(0, MOST).map(row));
  point(0);
}

function row(entry, number) {
  const option = document.createElement("li");
  const kind = document.createElement("span");
  option.id = `palette-${number}`;
  option.role = "option";
  option.entry = entry;
  kind.textContent = entry.kind;
  kind.className = "kind";
  option.append(kind, ` ${entry.title}`);
  if (entry.key) option.append(Object.assign(document.createElement("kbd"), { textContent: entry.key }));
  return option;
}

function point(number) {
  const options = [...list.children];
  here = options.length ? (number + options.length) % options.length : 0;
  options.forEach((one, at) => one.setAttribute("aria-selected", String(at === here)));
  options[here]?.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", options[here]?.id ?? "");
}

async function take(entry) {
  dialog.close();
  if (entry.row) return document.dispatchEvent(new CustomEvent("command", { detail: entry.row }));
  if (entry.url) await show(entry.url, { push: true });
  if (entry.finding !== undefined) visit(entry.finding);
  if (entry.number !== undefined) choose(entry.number);
}

input.addEventListener("input", offer);
dialog.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") point(here + (event.key === "ArrowDown" ? 1 : -1));
  else if (event.key === "Enter" && list.children[here]) take(list.children[here].entry);
  else return;
  event.preventDefault();
});
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) take(option.entry);
});
document.getElementById("open-palette").addEventListener("click", openPalette);
