/** A flow whose process is killed at each point of an update goes on in the next one from its last committed step. */

import { afterAll, describe, expect, it } from 'vitest';
import type { FlowPoint } from './flow-bot.ts';
import { conversation, expectStepsOnce, removeFlowBots } from './flow-conversation.ts';
import { engineOf, engines } from './servers.ts';

const killedAt: readonly (readonly [string, FlowPoint])[] = [
  ['after it has taken the conversation', 'granted-unheard'],
  ['in the handler', 'in the handler'],
  ['before the commit', 'commit 1 sent'],
  ['before the prompt is sent', 'before the prompt is sent'],
];

afterAll(removeFlowBots);

describe.each(engines)('on $name', ({ start }) => {
  const on = engineOf(start);

  it.each(killedAt)('killed %s: each step is asked and taken once', (_, point) =>
    expectStepsOnce(on.engine, point),
  );

  it("killed before the prompt is sent: the user's next text is not its answer", async () => {
    const { deploy, sentTexts, end } = await conversation(on.engine);
    const first = await deploy();
    await first.hears(1, '/order');
    await first.hears(2, 'tea');
    await first.diesAt('before the prompt is sent', 3, 'two');
    const second = await deploy();
    await second.hears(4, 'hello?');
    expect(await sentTexts()).toEqual(['Item?', 'How many?', 'City?']);
    await second.hears(5, 'Rome');
    expect((await sentTexts()).at(-1)).toBe('two tea to Rome');
    await end();
  });

  it('killed while its deadline fires: the next update fires it again, and is handled', async () => {
    const { deploy, sentTexts, isDue, end } = await conversation(on.engine, 300);
    const first = await deploy();
    await first.hears(1, '/order');
    await isDue();
    await first.diesAt('commit 1 sent', 2, '/order');
    const second = await deploy();
    await second.hears(2, '/order');
    expect(await sentTexts()).toEqual(['Item?', 'Too late.', 'Item?']);
    await end();
  });
});
