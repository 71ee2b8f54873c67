// The mail's width, by a handle at its side: with the pointer, and with the arrow keys.
import { after, show } from "./load.js";

const LEAST = 240;
const MOST = 1600;
let waiting = 0; // until the width that is asked for is in the address
let asked = 0;

function frame() {
  return document.getElementById("frame");
}

// Its width now, or what it is on the way to: it is not there at once.
function wanted() {
  return Number(frame().dataset.width) || frame().clientWidth;
}

// A width that has no rule of its own in the style sheet is set here.
export function fit() {
  const width = Number(frame().dataset.width);
  frame().style.width = frame().classList.contains("wide-as") ? `${width}px` : "";
  tell(width || frame().clientWidth);
}

function tell(width) {
  const handle = document.getElementById("drag");
  handle.setAttribute("aria-valuenow", String(Math.min(MOST, Math.max(LEAST, Math.round(width)))));
  handle.setAttribute("aria-valuetext", `${Math.round(width)} pixels`);
}

function become(width) {
  asked = Math.min(MOST, Math.max(LEAST, Math.round(width)));
  take();
  clearTimeout(waiting);
  waiting = setTimeout(keep, 250);
}

function take() {
  frame().dataset.width = String(asked);
  frame().classList.add("wide-as");
  fit();
}

// What was asked for before is shown first, as the answer to a form that was sent.
async function keep() {
  await after();
  if (!waiting) return; // a width with a name was asked for meanwhile
  waiting = 0;
  const url = new URL(location.href);
  url.searchParams.set("width", asked);
  show(url.href, { push: true });
}

// An answer to what was asked before says an older width, which is not gone back to.
function shown() {
  if (waiting) take();
  else fit();
}

// One of the widths that have a name: it is meant, and not what was on the way.
function name(event) {
  if (!event.target.closest("[id^=width-]")) return;
  clearTimeout(waiting);
  waiting = 0;
}

function drag(down) {
  const handle = document.getElementById("drag");
  const start = wanted();
  handle.setPointerCapture(down.pointerId);
  frame().classList.add("dragged");
  const move = (event) => become(start + 2 * (event.clientX - down.clientX)); // it stands in the middle
  handle.addEventListener("pointermove", move);
  handle.addEventListener("lostpointercapture", () => {
    handle.removeEventListener("pointermove", move);
    frame().classList.remove("dragged");
  }, { once: true });
}

function step(event) {
  const by = event.shiftKey ? 50 : 10;
  const change = { ArrowLeft: -by, ArrowRight: by }[event.key];
  if (change) become(wanted() + change);
  else if (event.key === "Home") become(LEAST);
  else if (event.key === "End") become(MOST);
  else return;
  event.preventDefault();
}

document.getElementById("drag").addEventListener("pointerdown", drag);
document.getElementById("drag").addEventListener("keydown", step);
document.addEventListener("click", name);
document.addEventListener("shown", shown);
fit();
