// Links and forms of the page, answered by swapping parts in place of loading it anew.
import { send, show } from "./load.js";
import { choose } from "./mail.js";

document.addEventListener("click", (event) => {
  const row = event.target.closest("#outline [data-number]");
  if (row) return choose(row.dataset.number);
  const copied = event.target.closest("[data-copy]");
  if (copied) return void navigator.clipboard.writeText(copied.dataset.copy).then(() => (copied.textContent = "Copied"));
  const link = event.target.closest("#tools a, #tabs a, #variants a, #pane a[data-here]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  show(link.href, { push: true });
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("#choose");
  if (form) show(`./?${new URLSearchParams(new FormData(form))}`, { push: true });
});

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form.act");
  if (!form) return;
  event.preventDefault();
  if (form.dataset.sent) return; // one click is enough
  form.dataset.sent = "yes";
  const body = new URLSearchParams(new FormData(form, event.submitter));
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  if (await send(form.action, body, form)) return;
  delete form.dataset.sent; // what was written is still here, and the server knows the form if it has it already
  for (const button of form.querySelectorAll("button")) button.disabled = false;
});
