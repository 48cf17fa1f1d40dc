/** The chat driver on messages that are edited: what a user sees, presses and has on the screen. */

import { scene, typed } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play, stale } from './view-play.ts';

const Page = scene('page', {
  data: typed<{ n: number; sound?: boolean }>(),
  afterInput: 'resend',
}).on({
  view: ({ data, button, toggle, again, leave }) => ({
    text: `Page ${data.n}`,
    rows: [
      [button('next', 'Next', again({ n: data.n + 1 })), button('close', 'Close', leave())],
      toggle('sound', 'Sound'),
    ],
  }),
  handle: ({ input, again }) => again({ n: Number(input.text) || 0 }),
});

describe.each(frameworks)('a driven user of a view, on %s', (_, framework) => {
  const playing = async () => {
    const made = play(framework, [Page]);
    made.bot.command('page', ({ fsm }) => fsm.enter(Page, { n: 1 }));
    await made.anna.sends('/page');
    return made;
  };

  it('sees what the message has become, with its buttons', async () => {
    const { anna } = await playing();
    anna.sees({ text: 'Page 1', buttons: [['Next', 'Close'], ['Sound']] });
    await anna.taps('Next');
    anna.sees({ text: 'Page 2', buttons: [['Next', 'Close'], ['Sound']] });
    expect(() => anna.sees('Page 1')).toThrow('Page 2');
    await anna.taps('Sound');
    anna.sees({ text: 'Page 2', buttons: [['Next', 'Close'], ['✓ Sound']] });
  });

  it('presses an edited message as it is, and as a device that is late still shows it', async () => {
    const { anna } = await playing();
    const before = anna.last;
    await anna.taps('Sound');
    await anna.taps('Sound', before);
    anna.seesNothing();
    expect(anna.screen().map(({ buttons }) => buttons.flat())).toEqual([
      ['Next', 'Close', '✓ Sound'],
    ]);
    await expect(anna.taps('Sound')).rejects.toThrow('Anna cannot tap [Sound]');
    await anna.taps('Close');
    expect(await anna.taps('Next', before)).toMatchObject({ answered: true, alert: stale });
  });

  it('has each message once on the screen, as it looks now', async () => {
    const { anna, world } = await playing();
    await anna.taps('Next');
    await anna.taps('Next');
    const looks = () => anna.screen().map(({ text, buttons }) => [text, buttons.flat().length]);
    expect(looks()).toEqual([['Page 3', 3]]);
    await anna.sends('7');
    expect(looks()).toEqual([['Page 7', 3]]);
    await anna.sends('/page');
    expect(looks()).toEqual([
      ['Page 7', 0],
      ['Page 1', 3],
    ]);
    expect(world.transcript()).toContain('Bot edits: Page 3 [Next] [Close] [Sound]');
  });
});
