"""A page's words in a real browser: what runs over the edge, out of its cell or into other words, or is too faint."""

from base64 import b64encode

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
        faults.push(`"${name}" sticks out of its ${cell.tagName.toLowerCase()} by `
          + `${Math.round(Math.max(frame.left - box.left, box.right - frame.right))} px`);
    }
  }
  boxes.sort((one, other) => one.top - other.top);
  boxes.forEach((one, at) => {
    for (const other of boxes.slice(at + 1)) {
      if (other.top >= one.bottom) break;
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (across > 2 && down > 2) faults.push(`"${one.name}" lies on "${other.name}"`);
    }
  });
  return [...new Set(faults)];
}"""


#: The boxes of all texts of an ordinary size, as [words, left, top, width, height].
_TEXTS = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode()) {
    const words = walk.currentNode.textContent.trim(), element = walk.currentNode.parentElement;
    if (words.length < 3 || element.closest('[style*="display:none"]')) continue;
    const range = document.createRange();
    range.selectNodeContents(walk.currentNode);
    const box = range.getClientRects()[0];
    if (!box || box.width < 12 || box.height < 9) continue;
    found.push([words.slice(0, 50), box.left, box.top, box.width, box.height]);
  }
  return found;
}"""
#: Of each box in a picture, the contrast of its lightest with its darkest point.
_CONTRASTS = """async ([picture, dots, boxes]) => {
  const image = new Image();
  image.src = picture;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height), paper = canvas.getContext('2d');
  paper.drawImage(image, 0, 0);
  const linear = value => value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  return boxes.map(([words, left, top, width, height]) => {
    const data = paper.getImageData(left * dots, top * dots, width * dots, height * dots).data;
    let least = 1, most = 0;
    for (let at = 0; at < data.length; at += 4) {
      const light = 0.2126 * linear(data[at]) + 0.7152 * linear(data[at + 1]) + 0.0722 * linear(data[at + 2]);
      least = Math.min(least, light); most = Math.max(most, light);
    }
    return [words, (most + 0.05) / (least + 0.05)];
  });
}"""


def misplaced(page: Page) -> list[str]:
    """Each fault of the page's layout in a sentence; nothing is drawn, so that looking costs little."""
    found: list[str] = page.evaluate(_FAULTS)
    return found


def faint(page: Page, least: float = 4.5) -> list[str]:
    """Words that cannot be read in a picture of the page: whatever the browser made of their colours is measured."""
    picture = "data:image/png;base64," + b64encode(page.screenshot(full_page=True)).decode()
    dots = page.evaluate("devicePixelRatio")
    measured = page.context.new_page()
    try:
        found = measured.evaluate(_CONTRASTS, [picture, dots, page.evaluate(_TEXTS)])
    finally:
        measured.close()
    return [f'"{words}" has a contrast of {ratio:.1f}' for words, ratio in found if ratio < least]
