import type { AnyScene, Clock } from '@telefsm/core';
import { fsm as fsmOnGrammy } from '@telefsm/grammy';
import { fsm as fsmOnTelegraf } from '@telefsm/telegraf';
import { type AnyBot, telegram, type VirtualClock, virtualClock } from '@telefsm/testing';
import { Bot } from 'grammy';
import { Telegraf } from 'telegraf';
import { describe, expect, it } from 'vitest';
import { play } from '../stories/play.ts';
import { fileOf, pages, readPage, type Transcript } from './pages.ts';
import { moduleOf } from './played.ts';

const all = pages.map(readPage);
const transcripts = all.flatMap((page) => page.transcripts);
const quotations = all.flatMap((page) => page.quotations);

/** Makes a bot of each framework for scenes that a page shows without one. */
const makers: readonly ((scenes: readonly AnyScene[], clock: Clock) => AnyBot)[] = [
  (scenes, clock) => {
    const bot = new Bot('1:test');
    const machine = fsmOnGrammy({ scenes, clock } as never);
    bot.use(machine as never);
    machine.start(bot);
    return bot;
  },
  (scenes, clock) => {
    const bot = new Telegraf('1:test');
    const machine = fsmOnTelegraf({ scenes, clock } as never);
    bot.use(machine as never);
    machine.start(bot);
    return bot;
  },
];

async function botsOf({ where, code }: Transcript, clock: VirtualClock): Promise<AnyBot[]> {
  const shown = await moduleOf(where, code);
  if (shown['bot'] !== undefined) return [shown['bot'] as AnyBot];
  const scenes = Object.values(shown).filter(
    (one): one is AnyScene => typeof one === 'object' && one !== null && '~scene' in one,
  );
  expect(scenes, 'the code above exports a bot, or scenes').not.toEqual([]);
  return makers.map((make) => make(scenes, clock));
}

describe('a transcript of a page', () => {
  it.each(transcripts)('at $where is what happens', async (transcript) => {
    const clock = virtualClock();
    for (const bot of await botsOf(transcript, clock)) {
      const world = telegram(bot, { clock });
      expect(await play(world, transcript.text, clock)).toBe(transcript.text);
    }
  });
});

describe('a quotation of a page', () => {
  it.each(quotations)('at $where is in $file', ({ text, file }) => {
    expect(fileOf(file)).toContain(text);
  });
});
