import { afterEach, describe, expect, it } from 'vitest';
import { type BotWorld, photo, sampleUpdate, telegram, updateTypes } from '../src/index.ts';
import { frameworks, type Script } from './bots.ts';

const transports = ['process', 'polling', 'webhook'] as const;
const everyWay = frameworks.flatMap(([name, make]) =>
  transports.map((via) => [name, via, make] as const),
);

let world: BotWorld | undefined;
afterEach(() => world?.stop());

describe.each(everyWay)('%s by %s', (name, via, make) => {
  const open = (script: Script, updateId = 1): BotWorld => {
    world = telegram(make(script), { via, updateId });
    return world;
  };

  it('talks with several users, by text and by buttons', async () => {
    const tg = open({
      onText: (text, say) => say(`You wrote ${text}`, { inline: ['Yes'] }),
      async onPress(data, say, answer) {
        await answer('noted');
        await say(`Pressed ${data}`);
      },
    });
    const anna = tg.user('Anna');
    const ben = tg.user('Ben');
    await Promise.all([anna.sends('a'), ben.sends('b')]);
    anna.sees('You wrote a');
    ben.sees('You wrote b');
    await anna.taps('Yes');
    anna.sees('Pressed Yes');
    ben.sees({ text: 'You wrote b', buttons: [['Yes']] });
  });

  it('brings updates of every type as Telegram sends them', async () => {
    const got: unknown[] = [];
    const tg = open(
      {
        async onAny(update) {
          got.push(update);
        },
      },
      100,
    );
    const updates = updateTypes.map((type, index) => sampleUpdate(type, {}, 100 + index));
    for (const update of updates) await tg.update(update);
    expect(got).toEqual(updates);
  });

  it('rejects an action with the error of the bot', async () => {
    const tg = open({
      async onText() {
        throw new Error('broken handler');
      },
    });
    await expect(tg.user('Anna').sends('hi')).rejects.toThrow(/^broken handler$/);
  });

  it('leaves an error to the handler of the bot, where the framework asks it', async () => {
    const errors: string[] = [];
    const tg = open({
      async onText(text) {
        throw new Error(text);
      },
      onError: (error) => errors.push((error as Error).message),
    });
    // grammY's webhooks do not ask bot.catch (its documentation, Error handling).
    if (name === 'grammY' && via === 'webhook') {
      await expect(tg.user('Anna').sends('one')).rejects.toThrow('one');
    } else {
      await tg.user('Anna').sends('one');
      await tg.user('Anna').sends('two');
      expect(errors).toEqual(['one', 'two']);
    }
  });

  it('delivers an update again with its number, and continues afterwards', async () => {
    const ids: unknown[] = [];
    const tg = open(
      {
        async onAny(update) {
          ids.push(update['update_id']);
        },
      },
      70,
    );
    const anna = tg.user('Anna');
    await anna.sends('a');
    await anna.sends('b');
    await tg.redeliver(tg.updates[0]);
    await anna.sends('c');
    expect(ids).toEqual([70, 71, 70, 72]);
  });

  it('gives what a dead process had not finished to the next one', async () => {
    const received: string[] = [];
    let started = (): void => {};
    const running = new Promise<void>((resolve) => {
      started = resolve;
    });
    const tg = open({
      async onText(text) {
        received.push(`old ${text}`);
        started();
        await new Promise(() => {});
      },
    });
    const anna = tg.user('Anna');
    const sending = anna.sends('hi');
    await running;
    await tg.restart(() => make({ onText: (text, say) => say(`new ${text}`) }));
    await sending;
    anna.sees('new hi');
    await anna.sends('again');
    anna.sees('new again');
    expect(received).toEqual(['old hi']);
  });

  it('lets calls fail by rejection and by the network', async () => {
    const failed: unknown[] = [];
    const tg = open({
      onText: (_text, say) =>
        say('hello').catch(
          (error: { error_code?: number; code?: unknown; error?: unknown; type?: unknown }) => {
            failed.push(
              error.error_code ?? (typeof error.code === 'number' ? error.code : 'network'),
            );
          },
        ),
    });
    const anna = tg.user('Anna');
    tg.fails('sendMessage', { error_code: 429, parameters: { retry_after: 5 } });
    await anna.sends('1');
    tg.fails('sendMessage', 'unreachable');
    await anna.sends('2');
    anna.seesNothing();
    tg.fails('sendMessage', 'lost answer');
    await anna.sends('3');
    anna.sees('hello');
    expect(failed).toEqual([429, 'network', 'network']);
  });

  it('brings media with files that can be fetched', async () => {
    const got: unknown[] = [];
    const tg = open({
      async onAny(update, call) {
        const sizes = (update['message'] as { photo: { file_id: string }[] }).photo;
        got.push(await call('getFile', { file_id: sizes.at(-1)?.file_id }));
      },
    });
    await tg.user('Anna').sends(photo());
    expect(got).toMatchObject([{ file_id: 'photo-1', file_path: 'photos/file_1.jpg' }]);
  });
});
