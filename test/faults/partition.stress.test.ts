/** A network that no longer carries what one of two processes sends: the other one goes on, and nothing is lost or counted twice. */

import { afterEach, expect, it } from 'vitest';
import { add, botOn, chat, closeAll, kept, throughProxies, toClose } from './outages.ts';

afterEach(closeAll);

it.each(['Redis', 'PostgreSQL', 'MariaDB'] as const)(
  'a process that is cut off in the middle of a turn loses it, and continues once it is connected again: %s',
  { timeout: 120_000 },
  async (engine) => {
    const { proxy, storage, beside } = await throughProxies[engine]();
    toClose.unshift(() => proxy.close());
    const [here, there] = [botOn(storage), botOn(beside)];
    expect(await here.handle(add(1))).toMatchObject(kept(1));
    const held = here.holdUp();
    const during = here.handle({ id: 2, chat, text: 'wait' });
    await held.begun;
    // no reset arrives: the connections look alive from both sides
    proxy.drop(true);
    // waits for the end of the lease that nobody renews
    expect(await there.handle(add(3))).toMatchObject(kept(3));
    held.goOn();
    const waiting = here.handle({ ...add(4), chat: 2 });
    expect(await there.handle(add(5))).toMatchObject(kept(5));
    proxy.drop(false);
    proxy.cut();
    const { what, code } = await during;
    expect(what).toBe('failed');
    // unknown if it was cut off for as long as a lease lasts, as on a busy machine
    expect(['LEASE_LOST', 'COMMIT_UNKNOWN']).toContain(code);
    expect(await waiting).toMatchObject(kept(4));
    for (const id of [2, 6]) expect(await here.handle(add(id))).toMatchObject(kept(id));
    expect(await there.tally(chat)).toMatchObject({ count: 5, ids: [1, 3, 5, 2, 6] });
    expect(await there.tally(2)).toMatchObject({ count: 1, ids: [4] });
  },
);
