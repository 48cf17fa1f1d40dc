import { Readable } from 'node:stream';
import { scene, typed } from '@telefsm/core';
import { InputFile } from 'grammy';
import { Input } from 'telegraf';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play } from './view-play.ts';

/** Files as each framework makes them. */
const files = {
  grammY: {
    bytes: (text: string) => new InputFile(Buffer.from(text), 'chart.png'),
    path: (path: string) => new InputFile(path),
    url: (url: string) => new InputFile(new URL(url)),
    stream: (text: string) => new InputFile(Readable.from([text]), 'chart.png'),
  },
  Telegraf: {
    bytes: (text: string) => Input.fromBuffer(Buffer.from(text), 'chart.png'),
    path: (path: string) => Input.fromLocalFile(path),
    url: (url: string) => Input.fromURL(url),
    stream: (text: string) => Input.fromReadableStream(Readable.from([text]), 'chart.png'),
  },
};

describe.each(frameworks)('the media of a view, on %s', (name, framework) => {
  const make = files[name as keyof typeof files];

  const start = async (
    photo: (n: number) => string | object,
    more: Readonly<Record<string, unknown>> = {},
  ) => {
    const Chart = scene('chart', { data: typed<{ n: number; label: number }>() }).on({
      view: ({ data, button, again }) => ({
        photo: photo(data.n),
        caption: { text: `Chart ${data.label}`, options: more },
        rows: [
          button('more', 'More', again({ n: data.n + 1 })),
          button('label', 'Label', again({ label: data.label + 1 })),
          button('same', 'Same', again()),
        ],
      }),
    });
    const played = play(framework, [Chart]);
    played.bot.command('chart', ({ fsm }) => fsm.enter(Chart, { n: 0, label: 0 }));
    await played.anna.sends('/chart');
    played.calls();
    return played;
  };
  const edits = ['answerCallbackQuery', 'editMessageMedia'];

  it.each([
    ['bytes under one name', (n: number) => make.bytes(`chart ${n}`)],
    ['another path', (n: number) => make.path(`charts/${n}/chart.png`)],
    ['another address', (n: number) => make.url(`https://example.org/${n}/chart.png`)],
    ['an id', (n: number) => `file-${n}`],
  ])('is edited if it has changed: %s', async (_, photo) => {
    const { anna, calls, bot } = await start(photo);
    await anna.taps('Same');
    expect(calls()).toEqual(['answerCallbackQuery']);
    await anna.taps('More');
    expect(calls()).toEqual(edits);
    await anna.taps('Same');
    expect(calls()).toEqual(['answerCallbackQuery']);
    await anna.taps('Label');
    expect(calls()).toEqual(['answerCallbackQuery', 'editMessageCaption']);
    expect(bot.errors).toEqual([]);
  });

  it('is sent again each time if it is a stream, which cannot be compared', async () => {
    const { anna, calls, bot } = await start((n) => make.stream(`chart ${n}`));
    await anna.taps('More');
    expect(calls()).toEqual(edits);
    await anna.taps('Same');
    expect(calls()).toEqual(edits);
    expect(bot.errors).toEqual([]);
  });

  it('keeps the options of its caption when it is edited', async () => {
    const { anna, world } = await start((n) => `file-${n}`, { has_spoiler: true });
    await anna.taps('More');
    const edit = world.calls.find(({ method }) => method === 'editMessageMedia');
    expect(edit?.payload['media']).toMatchObject({ media: 'file-1', has_spoiler: true });
  });
});
