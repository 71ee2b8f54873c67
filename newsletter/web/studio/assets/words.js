// What somebody is writing in the pane is theirs: it stays written when the pane is shown anew.

const ABOUT = ["act", "digest", "pair", "rule", "where"];

// The fields whose words are others than came with them, but for those of a form that was sent.
export function unsaved(pane, sent) {
  return [...pane.querySelectorAll("[data-words]")].filter((one) => one.value !== one.defaultValue && one.form !== sent);
}

// Writes them into the pane that takes its place, wherever that asks the same of the same thing.
export function carry(fields, pane) {
  for (const field of fields) {
    const same = pane.querySelector(`#${CSS.escape(field.id)}`);
    if (!same || about(same.form) !== about(field.form)) continue;
    same.value = field.value;
    pane.dataset.dirty = "yes";
  }
}

// What was sent and not done is in the answer where another text stands beside it, and otherwise is still to be sent.
export function isDone(page) {
  return !page.querySelector("#said .badly") || page.querySelectorAll("#said .conflict").length > 1;
}

// Whether the pane at that address asks something else, so that what is written in this one would be gone.
export function asksElse(url) {
  const here = new URL(location.href).searchParams;
  const there = new URL(url, location.href).searchParams;
  return ["tab", "digest", "item"].some((name) => (here.get(name) ?? "") !== (there.get(name) ?? ""));
}

function about(form) {
  const names = form.elements.act.value === "override" ? [...ABOUT, "item"] : ABOUT;
  return names.map((name) => form.elements[name]?.value ?? "").join("\n");
}
