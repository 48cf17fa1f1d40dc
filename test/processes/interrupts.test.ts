/** An update that arrives at another process ends the turn that runs in this one. */

import { afterAll, describe, expect, it } from 'vitest';
import { engineOf, engines } from './servers.ts';
import { removeBots, stageOfEach } from './stage.ts';

afterAll(removeBots);

describe.each(engines)('a command at another process, on $name', ({ start }) => {
  const on = engineOf(start);
  const log = stageOfEach();

  it('aborts the signal of the turn, which is rolled back and not handled again', async () => {
    const address = on.engine.newAddress();
    const interrupt = ['stop'];
    const thinking = await log.stage.start({ name: 'thinking', address, interrupt });
    const other = await log.stage.start({ name: 'other', address, interrupt });
    const chat = 7;
    const think = { id: 11, chat, text: 'think' } as const;
    thinking.tell({ handle: [{ id: 10, chat, text: 'add' }] });
    await thinking.next();
    await thinking.next();
    thinking.tell({ stopAt: 'held' });
    thinking.tell({ handle: [think, { id: 12, chat, text: 'add' }] });
    expect(await thinking.next()).toEqual({ at: 'held' });
    thinking.tell({ goOn: true });
    // a message that is no command waits
    other.tell({
      handle: [
        { id: 13, chat, text: 'add' },
        { id: 14, chat, text: '/stop' },
      ],
    });

    const messages = [await thinking.next(), await thinking.next(), await thinking.next()];
    expect(messages.at(-1)).toEqual({ all: 2 });
    await other.next();
    await other.next();
    await other.next();
    // redelivered to the other process
    other.tell({ handle: [think] });
    await other.next();
    await other.next();
    await thinking.leave();
    await other.leave();

    const entries = log.stage.entries();
    const interrupted = entries.filter(({ what }) => what === 'interrupted');
    expect(interrupted).toEqual([
      { what: 'interrupted', by: 'thinking', chat, id: 11, code: 'INTERRUPTED' },
    ]);
    expect(entries.filter(({ what, id }) => what === 'began' && id === 11)).toHaveLength(1);
    expect(entries.filter(({ what }) => what === 'failed' || what === 'trouble')).toEqual([]);
    const { tally, close } = log.stage.here(address);
    const { count = 0, ids = [] } = (await tally(chat)) ?? {};
    expect(count).toBe(4);
    expect([...ids].sort()).toEqual([10, 12, 13, 14]);
    // of one process the command goes first, although the message came before it
    expect(ids.indexOf(14)).toBeLessThan(ids.indexOf(13));
    await close();
  });
});
