// What is clicked in the mail finds its row, its findings and its source; what is chosen in the outline, its words.

// Set by whoever listens to keys: the mail's own frame runs no script, and this page hears in it what is pressed.
export const heard = { key: () => {} };

export function wire(frame) {
  const mail = frame.contentDocument;
  if (!mail || mail.documentElement.dataset.wired) return;
  mail.documentElement.dataset.wired = "yes";
  mail.addEventListener("keydown", (event) => heard.key(event));
  mail.addEventListener("click", (event) => {
    const entry = entryAt(event.target);
    if (!entry) return;
    if (event.target.closest("a") && !event.altKey) return;
    event.preventDefault();
    choose(entry.dataset.entry);
  });
}

// The entry of the nearest box around what was clicked that tells of one alone.
function entryAt(target) {
  for (let box = target; box && box.querySelectorAll; box = box.parentElement) {
    const found = numbersIn(box);
    if (box.matches("[data-entry]")) return box;
    if (found.size === 1) return box.querySelector("[data-entry]");
    if (found.size > 1) return null;
  }
  return null;
}

// The largest box around an entry's title that tells of no other.
export function boxOf(entry) {
  let box = entry;
  while (box.parentElement && numbersIn(box.parentElement).size === 1 && box.parentElement.tagName !== "BODY") box = box.parentElement;
  return box;
}

function numbersIn(box) {
  return new Set([...box.querySelectorAll("[data-entry]")].map((one) => one.dataset.entry));
}

// The id of the entry that was chosen last; empty where none was.
export function chosen() {
  return document.querySelector("#outline .chosen")?.dataset.item ?? "";
}

export function choose(number) {
  const row = document.querySelector(`#outline [data-number="${Number(number)}"]`);
  if (!row) return;
  for (const stale of document.querySelectorAll(".chosen")) stale.classList.remove("chosen");
  const item = CSS.escape(row.dataset.item);
  for (const one of document.querySelectorAll(`[data-item="${item}"]`)) one.classList.add("chosen");
  const rows = [...document.querySelectorAll("#outline .chosen")];
  rows.find((one) => one.checkVisibility())?.scrollIntoView({ block: "nearest" });
  document.querySelector(`#pane [data-item="${item}"]`)?.scrollIntoView({ block: "nearest" });
  point(document.querySelector("#frame iframe")?.contentDocument, number);
}

function point(mail, number) {
  const entry = mail?.querySelector(`[data-entry="${number}"]`);
  if (!entry) return;
  entry.scrollIntoView({ block: "center" });
  for (const stale of mail.querySelectorAll("[data-entry]")) stale.style.outline = "";
  entry.style.outline = "3px solid #0b8f86";
}

// From finding to finding (1 or -1), and from there to what it is about.
export function walk(step) {
  const all = [...document.querySelectorAll("#pane .finding")];
  if (!all.length) return document.getElementById("tab-checks").click();
  const here = all.findIndex((one) => one.classList.contains("here"));
  visit((here + step + all.length + (here < 0 && step < 0 ? 1 : 0)) % all.length);
}

export function visit(number) {
  const all = [...document.querySelectorAll("#pane .finding")];
  const next = all[number];
  if (!next) return;
  for (const one of all) one.classList.toggle("here", one === next);
  next.scrollIntoView({ block: "nearest" });
  const row = next.dataset.item && document.querySelector(`#outline [data-item="${CSS.escape(next.dataset.item)}"]`);
  if (row) choose(row.dataset.number);
}
