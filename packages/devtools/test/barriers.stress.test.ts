/** That the search for barriers finds them: a page for each. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barriers } from './barriers.ts';
import { openBrowser } from './browser.ts';

let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await openBrowser();
  page = await browser.newPage();
});
afterAll(() => browser.close());

const sound = '<h1>Title</h1><p>Text with <a href="#a">a link</a>.</p>';

const look = async (main: string, more = '') => {
  await page.setContent(
    `<!doctype html><html lang="en"><title>T</title><style>a:focus { outline: 2px solid }</style>${more}<main>${main}</main>`,
  );
  return barriers(page);
};

describe('the search for barriers', () => {
  it('finds none where there are none', async () => {
    expect(await look(sound)).toEqual([]);
  });

  it.each([
    ['a button has no name', `${sound}<button></button>`],
    ['a textbox has no name', `${sound}<p>Name: <input></p>`],
    ['a combobox has no name', `${sound}<select></select>`],
    ['a image has no name', `${sound}<img src="data:,">`],
    ['2 times a first heading', `${sound}<h1>Another</h1>`],
    ['a heading of level 3 after one of level 1', `${sound}<h3>Deep</h3>`],
    ["the id 'x' is there more than once", `${sound}<p id="x"></p><p id="x"></p>`],
    ['aria-describedby names what is not there', `${sound}<p aria-describedby="none">a</p>`],
    ['a control inside a control', `${sound}<a href="#b">b <button>c</button></a>`],
    ['hidden from readers', `${sound}<p aria-hidden="true"><a href="#b">b</a></p>`],
    ['is focused out of its order', `${sound}<a href="#b" tabindex="2">b</a>`],
    [
      'the focus goes back to',
      `${sound}<a href="#b" id="b">b</a><a href="#c">c</a><a href="#d" onfocus="onfocus = null; b.focus()">d</a>`,
    ],
    ['the focus is not seen', `${sound}<a href="#b" style="outline: none">b</a>`],
    ['is no entry of its list', `${sound}<ul><p>a</p></ul>`],
    ['an entry without its list', `${sound}<li>a</li>`],
    ['heads neither a row', `${sound}<table aria-label="t"><tr><th>a</th></tr></table>`],
    [
      'a table has no name',
      `${sound}<table><thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead><tbody><tr><td>c</td><td>d</td></tr></tbody></table>`,
    ],
    [
      'scrolls, but not by keyboard',
      `${sound}<div style="overflow: scroll; height: 9px"><p>a</p></div>`,
    ],
    ["'faint' has a contrast of 2.85", `${sound}<p style="color: #999">faint</p>`],
    [
      "'through' has a contrast of",
      `${sound}<div style="background: #000"><p style="color: #fff3">through</p></div>`,
    ],
  ])('finds: %s', async (expected, main) => {
    expect((await look(main)).join('\n')).toContain(expected);
  });

  it('finds content outside of all landmarks', async () => {
    expect((await look(sound, '<p>Outside</p>')).join('\n')).toContain('outside of all landmarks');
  });

  it('finds a page without a language, a title, a main part and anything to focus', async () => {
    await page.setContent('<!doctype html><h1>Title</h1>');
    expect(await barriers(page)).toEqual([
      'the page names no language',
      'the page has no title',
      '0 times a main part, in place of one',
      'stands outside of all landmarks: <h1>Title</h1>',
      'nothing can be focused',
    ]);
  });
});
