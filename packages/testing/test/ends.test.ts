import { afterEach, describe, expect, it, vi } from 'vitest';
import { type BotWorld, botApiServer, telegram } from '../src/index.ts';
import { frameworks } from './bots.ts';

let world: BotWorld | undefined;
afterEach(async () => {
  await world?.stop();
  vi.restoreAllMocks();
});

describe.each(frameworks)('a %s bot that polls', (_, make) => {
  it('stops at an error that nobody handles, and rejects every later action', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {}); // grammY prints it
    const received: string[] = [];
    const failing = make({
      async onText(text, say) {
        received.push(text);
        if (text === 'break') throw new Error('broken handler');
        await say(`You wrote ${text}`);
      },
    });
    world = telegram(failing, { via: 'polling' });
    const anna = world.user('Anna');
    await anna.sends('one');
    await expect(anna.sends('break')).rejects.toThrow(/^broken handler$/);
    const ended = /stopped polling at update 2 \(message\): broken handler.*bot\.catch\(\)/;
    await expect(anna.sends('two')).rejects.toThrow(ended);
    anna.seesNothing();
    await expect(world.user('Ben').sends('three')).rejects.toThrow(ended);
    expect(received).toEqual(['one', 'break']);
    await world.restart(() => make({ onText: (text, say) => say(`New: ${text}`) }));
    await anna.sends('four');
    anna.sees('New: four');
  });

  it('stops where its error handler throws', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const deaf = make({
      async onText() {
        throw new Error('first');
      },
      onError() {
        throw new Error('second');
      },
    });
    world = telegram(deaf, { via: 'polling' });
    const anna = world.user('Anna');
    await expect(anna.sends('a')).rejects.toThrow(/^second$/);
    await expect(anna.sends('b')).rejects.toThrow(/stopped polling at update 1 .*second/);
  });

  it('reports that it has stopped by itself', async () => {
    const bot = make({
      async onText() {
        void (bot as unknown as { stop(): unknown }).stop();
      },
    });
    world = telegram(bot, { via: 'polling' });
    await world.user('Anna').sends('/shutdown');
    await expect(world.user('Anna').sends('b')).rejects.toThrow(/has stopped polling\. /);
  });
});

describe('numbers of updates', () => {
  it('never meet in two worlds, and count from 1 in the transcript', async () => {
    const ids: unknown[] = [];
    const [[, make]] = frameworks as [(typeof frameworks)[0]];
    const bot = () =>
      make({
        async onAny(update) {
          ids.push(update['update_id']);
        },
      });
    const worlds = [telegram(bot()), telegram(bot())];
    for (const each of worlds) {
      await each.user('Anna').sends('hi');
      await each.redeliver();
      expect(each.transcript()).toContain('(update 1 again)');
    }
    expect(new Set(ids).size).toBe(2);
    const servers = [await botApiServer(), await botApiServer()];
    for (const each of servers) void each.user('Anna').sends('hi');
    const [one, two] = servers.map(({ pending }) => pending[0]?.update_id);
    expect(one).not.toBe(two);
    for (const each of servers) await each.stop();
  });
});
