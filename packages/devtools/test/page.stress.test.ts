import { state, states } from '@telefsm/core';
import { createMachine, type UpdateMachine } from '@telefsm/core/adapter';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { order } from '../../../examples/order/order.ts';
import { type Inspector, type InspectorOptions, inspector } from '../src/index.ts';
import { barriers } from './barriers.ts';
import { openBrowser, picture } from './browser.ts';
import { longFlow, parcel } from './samples.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const Form = states('Form', { name: state(), age: state(), city: state() });
const all = [order, parcel, Form] as const;
let opened: Inspector;
let page: Page;

async function open(options: InspectorOptions = {}, members: readonly unknown[] = all) {
  const machine = createMachine({ states: members as typeof all }) as unknown as UpdateMachine;
  machine.connect({ id: 1, call: async () => ({ message_id: 1 }) });
  opened = await inspector(machine, options);
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(opened.url);
  return { machine, talk: (user: number) => machine.at({ bot: 1, user }) };
}
afterEach(async () => {
  await page.close();
  await opened.stop();
});

const key = (user: number) => `telefsm:b1:c${user}:u${user}`;

describe('the page in a browser', () => {
  it('shows conversations on the diagram, and moves them there as they move', async () => {
    const { talk } = await open();
    expect(page.url()).not.toContain('token');
    const product = page.getByRole('link', { name: /^product .* 0 conversations/ });
    await product.waitFor();
    for (const user of [1, 2, 3, 4]) await talk(user).run((turn) => turn.state.enter(order));
    await page.getByRole('link', { name: /^product .* 4 conversations/ }).waitFor();
    for (const user of [1, 2]) await talk(user).answer(order.steps.product, 'phone');
    await talk(3).run((turn) => turn.state.cancel());
    for (const user of [5, 6, 7]) await talk(user).run((turn) => turn.state.set(Form.name));
    await page.getByRole('link', { name: /^product .* 1 conversation/ }).waitFor();
    await page.getByRole('link', { name: /^quantity .* 2 conversations/ }).waitFor();
    await page.getByRole('row', { name: /^product 1 4 2 1 \(33 %\)/ }).waitFor();
    await picture(page, 'inspector-overview');
    await page.getByRole('link', { name: /^quantity .* 2 conversations/ }).click();
    await page.getByRole('heading', { name: 'Conversations' }).waitFor();
    expect(await page.getByRole('rowheader').allTextContents()).toEqual([key(1), key(2)]);
  });

  it('finds a conversation, shows its way, and moves it after a question', async () => {
    const { talk } = await open({ write: true });
    await talk(42).run((turn) => turn.state.set(Form.name, { name: 'Anna' }));
    await talk(42).run((turn) => turn.state.set(Form.age));
    await page.getByRole('link', { name: 'Conversations', exact: true }).click();
    await page.getByRole('searchbox').fill('42');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('link', { name: key(42) }).click();
    await page.getByText('"name": "Anna"').first().waitFor();
    expect(await page.locator('.timeline li').count()).toBe(2);
    await page.getByRole('button', { name: 'Move…' }).click();
    await page.getByRole('dialog').getByLabel('To').selectOption('Form:city');
    await picture(page, 'inspector-move');
    await page.getByRole('button', { name: 'Move it' }).click();
    await page.getByText(`moved ${key(42)} from Form:age to Form:city`).waitFor();
    // the focus is on the report, so that a screen reader announces it
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('moved');
    expect((await talk(42).peek())?.current).toBe('Form:city');
    expect(await page.locator('.timeline li').count()).toBe(3);
    await page.locator('.timeline summary').first().click();
    await talk(42).run((turn) => turn.state.update({ name: 'Ann' }));
    await page.locator('.timeline li').nth(3).waitFor();
    expect(await page.locator('.timeline details[open]').count()).toBe(1);
    await picture(page, 'inspector-conversation');
  });

  it('changes nothing when the question is answered by no', async () => {
    const { talk } = await open({ write: true });
    await talk(1).run((turn) => turn.state.set(Form.name));
    await page.goto(
      `http://127.0.0.1:${opened.port}/conversation?key=${encodeURIComponent(key(1))}`,
    );
    await page.getByRole('button', { name: 'Clear…' }).click();
    await page.getByRole('button', { name: 'Leave it' }).filter({ visible: true }).click();
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect((await talk(1).peek())?.current).toBe('Form:name');
  });

  it('runs no script of users', async () => {
    const { talk } = await open();
    const evil =
      '</pre><script>document.title="taken"</script><img src=x onerror=document.title="taken">';
    await talk(1).run((turn) => turn.state.set(Form.name, { evil }));
    await page.goto(
      `http://127.0.0.1:${opened.port}/conversation?key=${encodeURIComponent(key(1))}`,
    );
    await page.getByText('onerror').first().waitFor();
    expect(await page.title()).toBe('Conversation · telefsm');
  });

  it('is used by keyboard alone', async () => {
    const { talk } = await open({ write: true });
    await talk(1).run((turn) => turn.state.set(Form.name));
    await page.goto(
      `http://127.0.0.1:${opened.port}/conversation?key=${encodeURIComponent(key(1))}`,
    );
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(
      'Skip to the content',
    );
    await page.getByRole('button', { name: 'Clear…' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.getByRole('button', { name: 'Delete it' }).press('Enter');
    await page.getByText(`cleared ${key(1)}, which was in Form:name`).waitFor();
  });

  it.each(['light', 'dark'] as const)(
    'has no barriers that can be looked for, %s',
    async (colorScheme) => {
      const { talk } = await open({ write: true });
      await talk(1).run((turn) => turn.state.enter(order));
      await page.emulateMedia({ colorScheme });
      for (const path of [
        '/',
        '/conversations',
        `/conversation?key=${encodeURIComponent(key(1))}`,
        '/problems',
        '/audit',
      ]) {
        await page.goto(`http://127.0.0.1:${opened.port}${path}`);
        expect(await barriers(page)).toEqual([]);
      }
    },
  );

  it('draws a flow of thirty questions, and fits a phone', async () => {
    await open({}, [longFlow()]);
    expect(await page.locator('.diagram .place').count()).toBe(30);
    await page.setViewportSize({ width: 390, height: 800 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture(page, 'inspector-phone');
    // the same phone at twice the size
    await page.setViewportSize({ width: 195, height: 400 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(195);
  });
});
