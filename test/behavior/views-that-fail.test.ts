/** Views that cannot be shown: loaders that throw, and calls that Telegram rejects. */

import { scene, typed } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { type BotUnderTest, type Framework, frameworks } from './frameworks.ts';
import { labels, play } from './view-play.ts';

const Counter = scene('counter', { data: typed<{ n?: number }>() }).on({
  view: ({ data, button, again, leave }) => ({
    text: `n = ${data.n ?? 0}`,
    rows: [button('up', 'Up', again({ n: (data.n ?? 0) + 1 })), button('ok', 'OK', leave())],
  }),
});
const opens = (bot: BotUnderTest) => bot.command('count', ({ fsm }) => fsm.enter(Counter));
/** A bot whose user has opened the counter, and the failures that its observers were notified of. */
async function opened(framework: Framework) {
  const made = play(framework, [Counter]);
  const failures: unknown[] = [];
  made.machine.observe('sendFailed', ({ error }) => void failures.push(error));
  opens(made.bot);
  await made.anna.sends('/count');
  made.calls();
  return { ...made, failures };
}
const failed = 'Something went wrong. Please try again.';
const errorsOf = ({ errors }: BotUnderTest) =>
  errors.map((error) => String((error as { error?: unknown }).error ?? error));

describe.each(frameworks)('a view that cannot be shown, on %s', (_, framework) => {
  it('a loader that throws fails the press, which is answered, and changes nothing', async () => {
    let isDown = false;
    const List = scene('list', { data: typed<{ n?: number }>() }).on({
      view: ({ data, pages, button, again }) => ({
        text: `Picked ${data.n ?? 'nothing'}`,
        rows: [
          pages(
            'all',
            ({ page }) => {
              if (isDown && page > 0) throw new Error('The database is down.');
              return { items: [2 * page, 2 * page + 1], total: 6 };
            },
            (n) => button(`${n}`, `Item ${n}`, again({ n })),
            { size: 2 },
          ),
        ],
      }),
    });
    const { bot, anna, machine, calls } = play(framework, [List]);
    bot.command('list', ({ fsm }) => fsm.enter(List));
    await anna.sends('/list');
    const list = anna.last;
    isDown = true;
    calls();
    await anna.taps('»').catch(() => {});
    expect(calls()).toEqual(['sendMessage', 'answerCallbackQuery']);
    expect(anna.last.text).toBe(failed);
    expect(errorsOf(bot)).toEqual(['Error: The database is down.']);
    expect((await machine.at({ user: anna.id }).peek())?.data).toEqual({});
    await anna.taps('Item 1', list);
    expect(anna.screen()[0]?.text).toBe('Picked 1');
    isDown = false;
    await anna.taps('»');
    expect(anna.screen().flatMap(labels).flat()).toContain('Item 3');
  });

  it('a picker and an `after` that throw change nothing, and the view stays', async () => {
    const Settings = scene('settings', {
      data: typed<{ sound?: boolean; n?: number }>(),
      accept: (input) => {
        if (input.kind !== 'text') return undefined;
        if (input.text === 'bad') throw new Error('The picker is broken.');
        return Number(input.text);
      },
      deleteInput: true,
    }).on({
      view: ({ data, toggle }) => ({
        text: `n = ${data.n ?? 0}`,
        rows: [
          toggle('sound', 'Sound', {
            after: () => {
              throw new Error('The settings are not saved.');
            },
          }),
        ],
      }),
      handle: ({ answer, again }) => again({ n: answer }),
    });
    const { bot, anna, machine, calls } = play(framework, [Settings]);
    bot.command('settings', ({ fsm }) => fsm.enter(Settings));
    await anna.sends('/settings');
    const view = anna.last;
    calls();
    await anna.taps('Sound').catch(() => {});
    expect(calls()).toEqual(['sendMessage', 'answerCallbackQuery']);
    await anna.sends('bad').catch(() => {});
    expect(calls()).toEqual(['sendMessage']);
    expect(errorsOf(bot)).toEqual([
      'Error: The settings are not saved.',
      'Error: The picker is broken.',
    ]);
    expect((await machine.at({ user: anna.id }).peek())?.data).toEqual({});
    await anna.sends('7');
    expect(anna.screen()[0]).toMatchObject({ text: 'n = 7', message_id: view.message_id });
  });

  it('more buttons than Telegram accepts are an error that says what to do', async () => {
    const Big = scene('big', { data: typed<{ n?: number }>() }).on({
      view: ({ data, button, again, grid }) => ({
        text: 'Big',
        rows: [
          grid(
            Array.from({ length: data.n ?? 1 }, (_, at) =>
              button(`${at}`, 'More', again({ n: 101 })),
            ),
            8,
          ),
        ],
      }),
    });
    const { bot, anna, machine } = play(framework, [Big]);
    bot.command('big', ({ fsm }) => fsm.enter(Big));
    await anna.sends('/big');
    await anna.taps('More').catch(() => {});
    expect(errorsOf(bot).join()).toContain(
      'Invalid option "big view rows": found 101. Expected at most 100 buttons; show a long list by pages.',
    );
    expect((await machine.at({ user: anna.id }).peek())?.data).toEqual({});
  });

  it('markup that Telegram rejects is reported, its user reads that, and the next press repairs it', async () => {
    const { bot, anna, world, calls, failures } = await opened(framework);
    const view = anna.last;
    const description = "Bad Request: can't parse entities: Unclosed start tag at byte offset 5";
    world.fails('editMessageText', { error_code: 400, description });
    await anna.taps('Up');
    // the same text is not sent as a new message; the message sent is the apology
    expect(calls()).toEqual(['answerCallbackQuery', 'editMessageText', 'sendMessage']);
    expect(anna.screen().map(({ text }) => text)).toEqual(['n = 0', failed]);
    expect(failures).toHaveLength(1);
    expect(failures.join()).toContain("can't parse entities");
    await anna.taps('Up', view);
    expect(anna.screen().map(({ text }) => text)).toEqual(['n = 2', failed]);
    expect(bot.errors).toEqual([]);
  });

  it('a keyboard that is too long is not called a text that is too long', async () => {
    const { anna, world, failures } = await opened(framework);
    const description = 'Bad Request: reply markup is too long';
    world.fails('editMessageText', { error_code: 400, description });
    await anna.taps('Up');
    expect(failures).toHaveLength(1);
    expect(failures.join()).toContain('reply markup is too long');
    expect(failures.join()).not.toContain('TEXT_TOO_LONG');
  });

  it.each([
    "message can't be edited",
    'message to edit not found',
    'there is no text in the message to edit',
    'MESSAGE_ID_INVALID',
    'MEDIA_PREV_INVALID',
  ])('an edit that fails with "%s" is made good by a new message', async (reason) => {
    const { bot, anna, world, calls } = play(framework, [Counter]);
    opens(bot);
    await anna.sends('/count');
    calls();
    world.fails('editMessageText', { error_code: 400, description: `Bad Request: ${reason}` });
    await anna.taps('Up');
    expect(calls()).toEqual([
      'answerCallbackQuery',
      'editMessageText',
      'sendMessage',
      'deleteMessage',
    ]);
    expect(anna.last.text).toBe('n = 1');
  });

  it('an old view that can neither be deleted nor lose its buttons is reported, and stays', async () => {
    const { bot, anna, world, calls, failures } = await opened(framework);
    for (const [method, reason] of [
      ['editMessageText', "message can't be edited"],
      ['deleteMessage', "message can't be deleted"],
      ['editMessageReplyMarkup', 'not enough rights'],
    ] as const) {
      world.fails(method, { error_code: 400, description: `Bad Request: ${reason}` });
    }
    await anna.taps('Up');
    expect(calls()).toEqual([
      'answerCallbackQuery',
      'editMessageText',
      'sendMessage',
      'deleteMessage',
      'editMessageReplyMarkup',
    ]);
    expect(failures).toHaveLength(1);
    expect(failures.join()).toContain('not enough rights');
    expect(bot.errors).toEqual([]);
    expect(anna.screen().map(({ text }) => text)).toEqual(['n = 0', 'n = 1']);
    await anna.taps('Up');
    expect(anna.last.text).toBe('n = 2');
  });

  it('a user who has blocked the bot is reported, and the turn is committed', async () => {
    const { bot, anna, world, machine, calls, failures } = await opened(framework);
    const description = 'Forbidden: bot was blocked by the user';
    world.fails('editMessageText', { error_code: 403, description });
    await anna.taps('Up');
    expect(calls()).toEqual(['answerCallbackQuery', 'editMessageText']);
    expect(failures).toHaveLength(1);
    expect((await machine.at({ user: anna.id }).peek())?.data).toEqual({ n: 1 });
    await anna.taps('Up');
    expect(anna.last.text).toBe('n = 2');
    expect(bot.errors).toEqual([]);
  });
});
