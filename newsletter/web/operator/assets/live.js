// Keeps the page up to date while something is being sent: asks for it again and swaps the parts that differ.
// Without this script the page is as complete, and reloading shows how it stands.

const line = document.getElementById("live");
let asked = 0;

function say(state, text) {
  line.dataset.state = state;
  line.textContent = text;
}

async function refresh() {
  const mine = ++asked;
  let answer, text;
  try {
    answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    text = await answer.text();
  } catch {
    return say("lost", "not connected");
  }
  if (mine !== asked) return; // asked again meanwhile
  if (answer.status === 401 || answer.redirected) return say("lost", "signed out: load the page again");
  if (!answer.ok) return say("lost", `refused (${answer.status})`);
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const fresh of page.querySelectorAll("[data-part]")) {
    const stale = document.getElementById(fresh.id);
    if (stale && stale.innerHTML !== fresh.innerHTML && !isUsed(stale)) swap(stale, document.adoptNode(fresh));
  }
  say("live", `live, updated ${new Date().toLocaleTimeString()}`);
}

// A part in which somebody is about to press a button, or marks words, stays as it is for this once.
function isUsed(part) {
  const marked = document.getSelection();
  return part.contains(document.activeElement) || (!marked.isCollapsed && part.contains(marked.anchorNode));
}

function swap(stale, fresh) {
  const open = new Set([...stale.querySelectorAll("details[open][id]")].map((one) => one.id));
  const scrolled = new Map([...stale.querySelectorAll(".scroll[id]")].map((one) => [one.id, one.scrollLeft]));
  stale.replaceWith(fresh);
  for (const one of fresh.querySelectorAll("details[id]")) one.open ||= open.has(one.id);
  for (const one of fresh.querySelectorAll(".scroll[id]")) one.scrollLeft = scrolled.get(one.id) ?? 0;
}

if (line && document.body.dataset.number) {
  const stream = new EventSource(`${document.body.dataset.home}/events?seen=${document.body.dataset.number}`);
  stream.addEventListener("open", () => say("live", "live"));
  stream.addEventListener("changed", refresh);
  stream.addEventListener("error", () => {
    say("lost", stream.readyState === EventSource.CLOSED ? "the program has stopped" : "reconnecting");
  });
}
