// The last issue beside this one: what scrolls in one scrolls in the other.

function pair() {
  const frames = [document.querySelector("#beside iframe"), document.querySelector("#frame iframe:last-child")];
  return frames.map((one) => one?.contentDocument).filter((one) => one?.scrollingElement);
}

let moved = {}; // what was scrolled from here, and how far: any other place is somebody's own

function together(mail) {
  if (moved.mail === mail && moved.top === mail.scrollingElement.scrollTop) return;
  const other = pair().find((one) => one !== mail);
  if (!other || pair().length < 2) return;
  const from = mail.scrollingElement;
  const to = other.scrollingElement;
  to.scrollTop = (from.scrollTop / Math.max(1, from.scrollHeight - from.clientHeight)) * (to.scrollHeight - to.clientHeight);
  moved = { mail: other, top: to.scrollTop };
}

function listen() {
  for (const mail of pair()) {
    if (mail.documentElement.dataset.paired) continue;
    mail.documentElement.dataset.paired = "yes";
    mail.addEventListener("scroll", () => together(mail));
  }
}

// A load event does not bubble, but passes by on its way down.
document.addEventListener("load", listen, true);
document.addEventListener("shown", listen);
listen();
