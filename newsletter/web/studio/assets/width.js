// The mail's width, by a handle at its side: with the pointer, and with the arrow keys.
import { show } from "./load.js";

const LEAST = 240;
const MOST = 1600;
let waiting = 0;

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
  frame().dataset.width = String(Math.min(MOST, Math.max(LEAST, Math.round(width))));
  frame().classList.add("wide-as");
  fit();
  clearTimeout(waiting);
  waiting = setTimeout(keep, 250);
}

function keep() {
  const url = new URL(location.href);
  url.searchParams.set("width", frame().dataset.width);
  show(url.href, { push: true });
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
document.addEventListener("shown", fit);
fit();
