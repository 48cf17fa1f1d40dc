/** Barriers for people who use a page by keyboard, by a screen reader, or with weak eyes: looked for in a real browser. */

import type { CDPSession, Page } from 'playwright-core';

/** The barriers of a page, in words. */
export async function barriers(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  try {
    return [
      ...(await namelessIn(session)),
      ...(await page.evaluate(structureFaults)),
      ...(await page.evaluate(contrastFaults)),
      ...(await focusFaults(page)),
    ];
  } finally {
    await session.detach();
  }
}

interface AccessibilityNode {
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly properties?: readonly { readonly name: string; readonly value: { value?: unknown } }[];
}

const needName = new Set(['image', 'dialog', 'meter', 'table', 'log', 'region', 'navigation']);

/** By the browser's own reckoning of roles and names: what screen readers are told. */
async function namelessIn(session: CDPSession): Promise<readonly string[]> {
  await session.send('Accessibility.enable');
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as unknown as {
    readonly nodes: readonly AccessibilityNode[];
  };
  await session.send('Accessibility.disable');
  const nameless = nodes.filter(({ ignored, role, name, properties = [] }) => {
    if (ignored || name?.value || role?.value === 'RootWebArea') return false;
    const isFocusable = properties.some((each) => each.name === 'focusable' && each.value.value);
    return isFocusable || needName.has(role?.value ?? '');
  });
  return nameless.map(({ role }) => `a ${role?.value} has no name`);
}

/** Runs in the page. */
function structureFaults(): readonly string[] {
  const faults: string[] = [];
  const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
  const shown = (element: Element) => element.outerHTML.slice(0, 100);
  const fault = (what: string, elements: readonly Element[]) => {
    for (const element of elements) faults.push(`${what}: ${shown(element)}`);
  };

  if (document.documentElement.lang === '') faults.push('the page names no language');
  if (document.title.trim() === '') faults.push('the page has no title');
  for (const [selector, what] of [
    ['main', 'main part'],
    ['h1', 'first heading'],
  ] as const) {
    const found = all(selector).length;
    if (found !== 1) faults.push(`${found} times a ${what}, in place of one`);
  }

  let level = 0;
  for (const heading of all('h1, h2, h3, h4, h5, h6')) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) fault(`a heading of level ${own} after one of level ${level}`, [heading]);
    level = own;
  }

  const landmarks = 'main, nav, body > header, body > footer, aside, dialog, [role=region]';
  const outside = all('h1, h2, p, table, form, ul, ol, figure').filter(
    (element) => element.checkVisibility() && element.closest(landmarks) === null,
  );
  fault('stands outside of all landmarks', outside);

  const ids = all('[id]').map(({ id }) => id);
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at)))
    faults.push(`the id '${id}' is there more than once`);
  for (const attribute of ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for']) {
    for (const element of all(`[${attribute}]`)) {
      const missing = (element.getAttribute(attribute) ?? '')
        .split(/\s+/)
        .filter((id) => document.getElementById(id) === null);
      if (missing.length > 0) fault(`${attribute} names what is not there`, [element]);
    }
  }

  const controls = 'a[href], button, input, select, textarea, summary';
  fault('a control inside a control', all(`:is(a[href], button, summary) :is(${controls})`));
  fault('hidden from readers, but can be focused', all(`[aria-hidden=true] :is(${controls})`));
  fault(
    'is focused out of its order',
    all('[tabindex]').filter(({ tabIndex }) => tabIndex > 0),
  );
  const isEntry = ({ tagName }: Element) => ['LI', 'SCRIPT', 'TEMPLATE'].includes(tagName);
  fault(
    'is no entry of its list',
    all('ul > *, ol > *').filter((child) => !isEntry(child)),
  );
  fault(
    'an entry without its list',
    all('li').filter(({ parentElement }) => !parentElement?.matches('ul, ol')),
  );
  fault('heads neither a row nor a column', all('th:not([scope])'));
  const scrolls = ({ scrollWidth, clientWidth, scrollHeight, clientHeight }: Element) =>
    scrollWidth > clientWidth || scrollHeight > clientHeight;
  const unreachable = all('main *').filter((element) => {
    const { overflowX, overflowY } = getComputedStyle(element);
    if (!/auto|scroll/.test(overflowX + overflowY) || !scrolls(element)) return false;
    return element.tabIndex < 0 && element.querySelector(`${controls}, [tabindex]`) === null;
  });
  fault('scrolls, but not by keyboard', unreachable);
  return faults;
}

/** Runs in the page: texts that stand out too little (WCAG 2.2, 1.4.3); those in drawings are left out. */
function contrastFaults(): readonly string[] {
  type Color = readonly [red: number, green: number, blue: number, opacity: number];
  const colorOf = (text: string): Color => {
    const [red = 0, green = 0, blue = 0, opacity = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    const scale = text.startsWith('color(') ? 255 : 1;
    return [red * scale, green * scale, blue * scale, opacity];
  };
  const over = (top: Color, below: Color): Color => {
    const mix = (at: 0 | 1 | 2) => top[at] * top[3] + below[at] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  const groundOf = (element: Element | null): Color => {
    // the ground of all pages, in either scheme, is that of the body
    if (element === null) return [255, 255, 255, 1];
    const own = colorOf(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, groundOf(element.parentElement));
  };
  const luminance = (color: Color) => {
    const light = (at: 0 | 1 | 2) => {
      const part = color[at] / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * light(0) + 0.7152 * light(1) + 0.0722 * light(2);
  };

  const faults = new Set<string>();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { textContent, parentElement: element } = texts.currentNode;
    const text = textContent?.trim() ?? '';
    if (text === '' || element === null || element.closest('svg, script, style')) continue;
    if (!element.checkVisibility() || element.matches(':disabled')) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const ground = groundOf(element);
    const [low = 0, high = 0] = [luminance(over(colorOf(color), ground)), luminance(ground)].sort(
      (a, b) => a - b,
    );
    const size = Number.parseFloat(fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio >= (isLarge ? 3 : 4.5)) continue;
    faults.add(`'${text.slice(0, 40)}' has a contrast of ${ratio.toFixed(2)} only`);
  }
  return [...faults];
}

/** Goes through the page by the Tab key: in the order of the page, seen by an outline, and out again at the end. */
async function focusFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    getSelection()?.removeAllRanges();
    // where Tab begins
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
  });
  const faults: string[] = [];
  let steps = 0;
  for (; steps < 400; steps++) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate(() => {
      const walk = globalThis as unknown as { first?: Element; last?: Element };
      const element = document.activeElement;
      if (element === null || element === document.body || element === walk.first) {
        walk.first = walk.last = undefined as never;
        return undefined;
      }
      const preceding = element.compareDocumentPosition(walk.last ?? element);
      const goesBack = (preceding & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
      walk.first ??= element;
      walk.last = element;
      // a drawn element has no outline: its frame is thicker
      const frame = element.matches('svg *') ? element.querySelector('rect') : null;
      const isSeen =
        frame === null
          ? getComputedStyle(element).outlineStyle !== 'none'
          : Number.parseFloat(getComputedStyle(frame).strokeWidth) > 3;
      const { width, height } = element.getBoundingClientRect();
      return {
        goesBack,
        isSeen: isSeen && width * height > 0,
        text: element.outerHTML.slice(0, 100),
      };
    });
    if (found === undefined) break;
    if (found.goesBack) faults.push(`the focus goes back to ${found.text}`);
    if (!found.isSeen) faults.push(`the focus is not seen on ${found.text}`);
  }
  if (steps === 0) faults.push('nothing can be focused');
  if (steps === 400) faults.push('the focus never leaves the page');
  return faults;
}
