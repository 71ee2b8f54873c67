"""Where a page's words lie in a real browser: what runs over the edge, out of its cell, or into other words."""

from playwright.sync_api import Page

#: Every text's boxes without the air above and below its letters; a clash needs two pixels both ways.
_FAULTS = """() => {
  const root = document.documentElement, wide = root.scrollWidth, seen = root.clientWidth, faults = [], boxes = [];
  if (wide > seen) faults.push(`the page is ${wide} px wide in a window of ${seen} px`);
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, words = node.textContent.trim(), element = node.parentElement;
    if (!words || words === '\\u00a0' || ['STYLE', 'SCRIPT'].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    if (style.visibility === 'hidden' || Number(style.opacity) === 0 || parseFloat(style.fontSize) < 2) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const cell = element.closest('td, th, div, p, h1, h2, h3, h4, li');
    const frame = cell ? cell.getBoundingClientRect() : null;
    for (const box of range.getClientRects()) {
      if (box.width < 1 || box.height < 1) continue;
      const air = box.height * 0.22, name = words.slice(0, 50);
      boxes.push({node, name, left: box.left, right: box.right, top: box.top + air, bottom: box.bottom - air});
      if (box.left < -1 || box.right > seen + 1) faults.push(`"${name}" lies over the edge of the window`);
      if (frame && (box.left < frame.left - 1.5 || box.right > frame.right + 1.5))
        faults.push(`"${name}" sticks ${Math.round(Math.max(frame.left - box.left, box.right - frame.right))} px out of `
          + `its ${cell.tagName.toLowerCase()}`);
    }
  }
  boxes.sort((one, other) => one.top - other.top);
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length && boxes[j].top < boxes[i].bottom; j++) {
    const one = boxes[i], other = boxes[j];
    const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    if (across > 2 && down > 2) faults.push(`"${one.name}" lies on "${other.name}"`);
  }
  return [...new Set(faults)];
}"""


def misplaced(page: Page) -> list[str]:
    """Each fault of the page's layout in a sentence; nothing is drawn, so that looking costs little."""
    found: list[str] = page.evaluate(_FAULTS)
    return found
