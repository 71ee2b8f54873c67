// Puts the page's parts together, and follows the files.
import "./beside.js";
import "./forms.js";
import "./width.js";
import { run } from "./keys.js";
import { after, show } from "./load.js";
import { wire } from "./mail.js";
import { say } from "./status.js";

function follow() {
  const stream = new EventSource(`events?seen=${document.body.dataset.number}`);
  stream.addEventListener("open", () => say("live", "live"));
  stream.addEventListener("changed", async () => {
    await after(); // a form that writes a file is answered first: its answer says how it went
    await show(location.href);
    say("live", `live, updated ${new Date().toLocaleTimeString()}`);
  });
  stream.addEventListener("error", () => {
    say("lost", stream.readyState === EventSource.CLOSED ? "the preview has stopped" : "reconnecting");
  });
}

document.addEventListener("command", (event) => run(document.getElementById(event.detail)));
window.addEventListener("popstate", () => show(location.href));
for (const frame of document.querySelectorAll("#frame iframe")) {
  frame.addEventListener("load", () => wire(frame));
  if (frame.contentDocument?.readyState === "complete") wire(frame);
}
follow();
