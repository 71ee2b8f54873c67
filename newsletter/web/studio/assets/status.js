// The line that says whether the page follows the files.

const live = document.getElementById("live");

export function say(state, text) {
  live.dataset.state = state;
  live.firstElementChild.textContent = text;
}
