/** A flow whose process is killed goes on in the next one from its last committed step. Every point of an update is in the stress tier. */

import { afterAll, describe, expect, it } from 'vitest';
import { until } from '../servers/until.ts';
import { conversation, expectStepsOnce, removeFlowBots } from './flow-conversation.ts';
import { engineOf, engines } from './servers.ts';

afterAll(removeFlowBots);

describe.each(engines)('on $name', ({ start }) => {
  const on = engineOf(start);

  it('killed after the commit, before its answer: each step is asked and answered once', () =>
    expectStepsOnce(on.engine, 'commit 1 applied'));

  it('killed while its deadline comes: it ends once, by whichever process is first', async () => {
    const { deploy, sentTexts, isDue, end } = await conversation(on.engine, 300);
    const first = await deploy();
    await first.hears(1, '/order');
    await first.kill();
    await isDue();
    const next = [await deploy(), await deploy()];
    for (const bot of next) bot.tell('sweep');
    await until(async () => (await sentTexts()).length >= 2);
    await next[0]?.hears(2, '/order');
    // the new one may have ended in its turn already
    expect((await sentTexts()).slice(0, 3)).toEqual(['Item?', 'Too late.', 'Item?']);
    await end();
  });
});
