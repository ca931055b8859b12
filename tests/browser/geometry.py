"""What stands where on the screen: scripts that measure a page, each in one call, and the screens to do it on."""

from typing import Final

# Width and height of windows, in CSS pixels: phones, one of them sideways, a tablet, desks.
PHONES: Final = [(360, 640), (390, 664), (390, 844)]
WIDER: Final = [(844, 390), (820, 1180), (1280, 900), (1920, 1080)]
# Widths of windows, and the size of letters that a reader has chosen in the browser; 16 is the usual one.
LARGE: Final = [(320, 24), (360, 24), (320, 32), (360, 32)]
LARGE_AND_WIDE: Final = [(390, 32), (820, 32), (1280, 32)]

# Each character that is seen, with its edges and whether it is raised; and the text line by line, without the raised.
_TEXT: Final = """
  const charactersOf = element => {
    const found = [], range = document.createRange(), walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { data, parentElement } = walker.currentNode;
      if (parentElement.closest(".unseen")) continue;
      const raised = Boolean(parentElement.closest("sup"));
      for (let at = 0; at < data.length; at++) {
        if (!data[at].trim()) continue;
        range.setStart(walker.currentNode, at);
        range.setEnd(walker.currentNode, at + 1);
        const box = range.getClientRects()[0];
        if (box?.width) found.push({ text: data[at], bottom: box.bottom, left: box.left, right: box.right, raised });
      }
    }
    return found;
  };
  const linesOf = element => {
    const lines = [];
    for (const { text, bottom, raised } of charactersOf(element)) {
      if (raised) continue;
      const last = lines.at(-1);
      if (last && Math.abs(last.bottom - bottom) < 8) last.text += text;
      else lines.push({ text, bottom });
    }
    return lines.map(each => each.text);
  };
  const all = selector => [...document.querySelectorAll(selector)];
"""

# The text of each element that a selector finds, line by line.
LINES: Final = f"selector => {{ {_TEXT} return all(selector).map(linesOf); }}"

# Chinese paragraphs of more than one line whose last line is one character, and how many have more than one line.
LONELY: Final = f"""() => {{
  {_TEXT}
  const paragraphs = all("main :is(p, li):not(:has(p, li, input))").map(linesOf).filter(lines => lines.length > 1);
  const last = paragraphs.map(each => each.at(-1));
  return [last.length, last.filter(each => (each.match(/[\\p{{L}}\\p{{N}}]/gu) ?? []).length < 2)];
}}"""

# Paragraphs in Arabic in which a citation does not stand to the left of the sentence before it, on the same line.
BEFORE_ITS_SENTENCE: Final = f"""() => {{
  {_TEXT}
  return all("p:has(> .cite), li:has(> .cite)").filter(each => {{
    const shown = charactersOf(each);
    return shown.some((first, at) => {{
      const before = shown[at - 1];
      // Digits of one number run from left to right, and what comes after a citation is not asked about here.
      if (!before || !first.raised || before.raised || Math.abs(before.bottom - first.bottom) >= 20) return false;
      const sentence = shown.slice(0, at).filter(({{ bottom }}) => Math.abs(bottom - before.bottom) < 5);
      return first.right > Math.min(...sentence.map(({{ left }}) => left)) + 1;
    }});
  }}).map(each => each.textContent);
}}"""

# What is wider than the screen, cut off, or broken; what can be tapped and is too small or under something else.
MISPLACED: Final = """() => {
  const wrong = [], screen = document.documentElement.clientWidth, thumb = 44;
  const name = each => `${each.tagName} ${each.getAttribute("class")} ${each.textContent.trim().slice(0, 30)}`;
  const seen = each => !each.closest(".unseen, .skip, .band, script") && each.getClientRects().length > 0;
  const isNumber = each => each.matches("bdi, .number, .alarm-number") && each.closest("[href^='tel:']");
  if (document.documentElement.scrollWidth > screen) wrong.push(`page: ${document.documentElement.scrollWidth} px`);
  for (const each of [...document.body.querySelectorAll("*")].filter(seen)) {
    const { left, right, width, height } = each.getBoundingClientRect();
    if (left < -0.5 || right > screen + 0.5) wrong.push(`beyond the screen: ${name(each)}`);
    // What begins a line may leave an empty box at the end of the one before.
    if (isNumber(each) && [...each.getClientRects()].filter(({ width }) => width > 0).length > 1)
      wrong.push(`broken number: ${name(each)}`);
    if (each.matches(".button, .call") && (width < thumb || height < thumb)) wrong.push(`small: ${name(each)}`);
    const button = each.parentElement.closest(".button")?.getBoundingClientRect();
    if (button && (left < button.left || right > button.right)) wrong.push(`cut off: ${name(each)}`);
  }
  const parts = ".site-name, .call, .languages a, .button, .field > :is(label, input, select, textarea)";
  const boxes = [...document.querySelectorAll(parts)].filter(seen).map(each => [each, each.getBoundingClientRect()]);
  for (const [one, a] of boxes)
    for (const [other, b] of boxes)
      if (one !== other && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
          && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1) wrong.push(`${name(one)} over ${name(other)}`);
  return wrong;
}"""

# The signs in the window that something else lies over, at each place on the way down to the end of their box.
COVERED: Final = """() => {
  const box = document.querySelector("[aria-labelledby=red-flags-top]"), covered = [];
  for (let y = 0; y <= box.getBoundingClientRect().bottom + scrollY; y += 40) {
    scrollTo(0, y);
    for (const part of box.querySelectorAll("h2, p, li")) {
      const { left, right, top, bottom } = part.getBoundingClientRect();
      for (let at = Math.max(top + 1, 1); at < Math.min(bottom, innerHeight) - 1; at += 8)
        if (!box.contains(document.elementFromPoint((left + right) / 2, at))) covered.push(`${y}: ${part.textContent}`);
    }
  }
  return covered;
}"""

# A reader's way over an article's page: what is in sight at first, further down, and after "Ask us to contact you".
READING: Final = """async places => {
  const edges = each => each.getBoundingClientRect(), one = selector => document.querySelector(selector);
  const all = selector => [...document.querySelectorAll(selector)];
  const isWhole = each => {
    const { top, bottom } = edges(each);
    return 0 <= top && top < bottom && bottom <= innerHeight;
  };
  scrollTo(0, 0);
  const signs = all("#red-flags-top ~ ul > li").filter(isWhole).length, call = isWhole(one(".call"));
  const text = edges(one(".summary")), column = { left: text.left, right: innerWidth - text.right };
  scrollTo(0, text.bottom);
  const bar = innerHeight - edges(one(".call-or-write")).bottom;
  const buttons = all(".call-or-write .button, form > .button").map(each => [edges(each).width, edges(each).height]);
  one(".call-or-write a[href='#enquiry']").click();
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  return {
    signs, call, bar, buttons, column,
    across: ["form", "form > .button", "#field-phone"].map(each => edges(one(each)).width),
    words: [".call-or-write a[href='#enquiry']", "form > .button"].map(each => one(each).textContent.trim()),
    unseen: places.filter(place => !isWhole(one(place))),
    folded: all(".enquiry .red-flags li").filter(each => !each.checkVisibility()).length,
  };
}"""
