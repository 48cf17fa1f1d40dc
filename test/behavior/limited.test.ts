/** Telegram takes no messages for a while (429): what is to be shown is shown later, and nobody else waits for it. */

import { flow, scene, typed } from '@telefsm/core';
import { virtualClock } from '@telefsm/testing';
import { describe, expect, it, vi } from 'vitest';
import { gate } from '../../packages/core/test/fixtures/bench.ts';
import { type BotUnderTest, type Framework, frameworks } from './frameworks.ts';
import { play } from './view-play.ts';

const limit = (seconds: number) => ({
  error_code: 429,
  description: `Too Many Requests: retry after ${seconds}`,
  parameters: { retry_after: seconds },
});

const Counter = scene('counter', { data: typed<{ n?: number }>() }).on({
  view: ({ data, button, again, goto }) => ({
    text: `n = ${data.n ?? 0}`,
    rows: [button('up', 'Up', again({ n: (data.n ?? 0) + 1 })), button('done', 'Done', goto(Done))],
  }),
  handle: ({ input, again }) => again({ n: Number(input.text) }),
});
const Done = scene('done').on({
  view: ({ button, goto }) => ({ text: 'Done', rows: [button('again', 'Again', goto(Counter))] }),
});
const order = flow('order', { trigger: '/order' })
  .ask('item', { prompt: 'What?' })
  .ask('count', { prompt: ({ item }) => `How many (${item})?` })
  .done(({ item, count }) => `${count} × ${item}`);

const hello = flow('hello', { trigger: '/hello' })
  .ask('name', { prompt: 'Your name?' })
  .done(({ name }) => `Hello, ${name}.`);

const states = [Counter, Done, order, hello];
const opens = (bot: BotUnderTest) => bot.command('count', ({ fsm }) => fsm.enter(Counter));
const start = (framework: Framework) => {
  const clock = virtualClock();
  const limited: unknown[] = [];
  const made = play(framework, states, { clock });
  opens(made.bot);
  made.machine.observe('sendFailed', ({ error }) => void limited.push(error));
  return { ...made, clock, limited, texts: () => made.anna.screen().map(({ text }) => text) };
};

describe.each(frameworks)('a limit of Telegram, on %s', (_, framework) => {
  it('an edit is made when the limit is over, and the turn does not wait for it', async () => {
    const { anna, world, clock, texts, bot, limited } = start(framework);
    await anna.sends('/count');
    world.fails('editMessageText', limit(40));
    await anna.taps('Up');
    expect(texts()).toEqual(['n = 0']);
    expect(limited).toHaveLength(1);
    await clock.advance('39s');
    expect(texts()).toEqual(['n = 0']);
    await clock.advance('1s');
    expect(texts()).toEqual(['n = 1']);
    expect(bot.errors).toEqual([]);
  });

  it('nobody else waits', async () => {
    const { anna, world } = start(framework);
    const ben = world.user('Ben');
    await anna.sends('/count');
    await ben.sends('/count');
    world.fails('editMessageText', limit(3600));
    await anna.taps('Up');
    await ben.taps('Up');
    ben.sees('n = 1');
  });

  it('presses and texts meanwhile count, call nothing that would be limited again, and are shown together', async () => {
    const { anna, world, clock, texts, calls, machine } = start(framework);
    await anna.sends('/count');
    world.fails('editMessageText', limit(40));
    await anna.taps('Up');
    calls();
    await anna.taps('Up');
    await anna.sends('8');
    await anna.taps('Up');
    expect(calls()).toEqual(['answerCallbackQuery', 'answerCallbackQuery']);
    expect((await machine.at({ user: anna.id }).peek())?.data).toEqual({ n: 9 });
    await clock.advance('40s');
    expect(calls()).toEqual(['editMessageText']);
    expect(texts()).toEqual(['n = 9']);
  });

  it('a limit that is renewed is waited for again', async () => {
    const { anna, world, clock, texts } = start(framework);
    await anna.sends('/count');
    world.fails('editMessageText', limit(40), 3);
    await anna.taps('Up');
    await clock.advance('119s');
    expect(texts()).toEqual(['n = 0']);
    await clock.advance('1s');
    expect(texts()).toEqual(['n = 1']);
  });

  it('a view that could not be sent is sent', async () => {
    const { anna, world, clock, texts, bot } = start(framework);
    world.fails('sendMessage', limit(40));
    await anna.sends('/count');
    expect(texts()).toEqual([]);
    await clock.advance('40s');
    expect(texts()).toEqual(['n = 0']);
    await anna.taps('Up');
    expect(texts()).toEqual(['n = 1']);
    expect(bot.errors).toEqual([]);
  });

  it('another view that takes over the message is shown', async () => {
    const { anna, world, clock, texts } = start(framework);
    await anna.sends('/count');
    world.fails('editMessageText', limit(40));
    await anna.taps('Done');
    await clock.advance('40s');
    expect(texts()).toEqual(['Done']);
    await anna.taps('Again');
    expect(texts()).toEqual(['n = 0']);
  });

  it('a question of a flow is asked', async () => {
    const { anna, world, clock, texts, bot } = start(framework);
    await anna.sends('/order');
    world.fails('sendMessage', limit(40));
    await anna.sends('Tea');
    expect(texts()).toEqual(['What?']);
    await clock.advance('40s');
    expect(texts()).toEqual(['What?', 'How many (Tea)?']);
    await anna.sends('2');
    anna.sees('2 × Tea');
    expect(bot.errors).toEqual([]);
  });

  it('what a flow says is said, once, in its order and before the next question', async () => {
    const [told, name] = ['Ordered.', 'Name?'];
    const next = flow('next')
      .ask('name', { prompt: name })
      .done(() => 'Thanks.');
    const tea = flow('tea', { trigger: '/tea' })
      .ask('count', { prompt: 'How many?' })
      .done((_, { state }) => {
        state.enter(next);
        return told;
      });
    const clock = virtualClock();
    const { bot, anna, world, calls } = play(framework, [tea, next], { clock });
    await anna.sends('/tea');
    world.fails('sendMessage', limit(40));
    calls();
    await anna.sends('2');
    expect(calls()).toEqual(['sendMessage']);
    await clock.advance('40s');
    expect(anna.screen().map(({ text }) => text)).toEqual(['How many?', told, name]);
    await anna.sends('Anna');
    anna.sees('Thanks.');
    await clock.advance('60s');
    expect(anna.screen()).toHaveLength(4);
    expect(bot.errors).toEqual([]);
  });

  it('what was held is said by an update that comes first', async () => {
    const tea = flow('tea', { trigger: '/tea' })
      .ask('count', { prompt: 'How many?' })
      .done(() => 'Ordered.');
    const { bot, anna, world } = play(framework, [tea]);
    await anna.sends('/tea');
    world.fails('sendMessage', limit(0));
    await anna.sends('2');
    await anna.sends('/tea');
    expect(anna.screen().map(({ text }) => text)).toEqual(['How many?', 'Ordered.', 'How many?']);
    expect(bot.errors).toEqual([]);
  });

  it('a deadline that shows the view again', async () => {
    const Late = scene('late').on({ view: () => 'Too late' });
    const Quick = scene('quick', { timeout: '1m' }).on({
      view: () => 'Quick!',
      timeout: ({ goto }) => goto(Late),
    });
    const clock = virtualClock();
    const { bot, machine, anna, world } = play(framework, [Quick, Late], { clock });
    bot.command('quick', ({ fsm }) => fsm.enter(Quick));
    machine.start(bot.bot as never);
    await anna.sends('/quick');
    world.fails('editMessageText', limit(40));
    await clock.advance('70s');
    expect(anna.last.text).toBe('Quick!');
    await clock.advance('60s');
    expect(anna.screen().map(({ text }) => text)).toEqual(['Too late']);
    await machine.stop();
  });

  it('render() from outside keeps to the limit, and is not lost', async () => {
    const { anna, world, clock, texts, machine, calls } = start(framework);
    await anna.sends('/count');
    world.fails('editMessageText', limit(40));
    await anna.taps('Up');
    calls();
    await clock.advance('5s');
    await machine.at({ user: anna.id }).render();
    expect(calls()).toEqual([]);
    await clock.advance('35s');
    expect(calls()).toEqual(['editMessageText']);
    expect(texts()).toEqual(['n = 1']);
  });

  it('after a restart the next update shows it', async () => {
    const { anna, world, machine, bot } = start(framework);
    await anna.sends('/count');
    world.fails('editMessageText', limit(3600));
    await anna.taps('Up');
    await machine.stop();
    const next = framework.bot();
    next.fsm({ states, storage: machine.storage });
    next.command('hello', () => {});
    await world.restart(() => next.bot as never);
    await anna.taps('Up');
    expect(anna.screen().map(({ text }) => text)).toEqual(['n = 2']);
    expect(bot.errors).toEqual([]);
  });

  it('what the limit has kept back is over when the user has left', async () => {
    const { anna, world, clock, texts, calls, machine } = start(framework);
    await anna.sends('/count');
    world.fails('editMessageText', limit(40));
    await anna.taps('Up');
    await machine.at({ user: anna.id }).run(({ state }) => state.clear());
    calls();
    await clock.advance('60s');
    expect(calls()).toEqual([]);
    expect(texts()).toEqual(['n = 0']);
  });

  it('stop() waits for a limit that is soon over, and sends what it has kept back', async () => {
    const { anna, world, clock, machine, limited } = start(framework);
    await anna.sends('/hello');
    world.fails('sendMessage', limit(20));
    await anna.sends('/cancel');
    expect(anna.last.text).toBe('Your name?');
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const begun = clock.monotonic();
    const stopped = machine.stop().then(() => clock.monotonic());
    await clock.advance('20s');
    expect((await stopped) - begun).toBe(20_000);
    // the process has nothing else that keeps it alive: the timers of its clock do not
    const alive = timers.mock.calls.findIndex(([, ms]) => ms === 25_000);
    expect(timers.mock.results[alive]?.value.hasRef()).toBe(true);
    expect(anna.last.text).not.toBe('Your name?');
    expect(limited).toHaveLength(1);
  });

  it('stop() waits for a question that is asked when a second limit is over, while another one is still being asked', async () => {
    const gates = { a: Promise.resolve(), b: Promise.resolve() };
    const slow = (name: 'a' | 'b') =>
      flow(name, { trigger: `/${name}` })
        .ask('it', { prompt: () => gates[name].then(() => `The name of ${name}?`) })
        .done(({ it }) => it);
    const clock = virtualClock();
    const { anna, world, machine } = play(framework, [slow('a'), slow('b')], { clock });
    const boris = world.user('Boris');
    world.fails('sendMessage', limit(1), 3);
    await anna.sends('/a');
    await boris.sends('/b');
    const [forA, forB] = [gate(), gate()];
    gates.a = forA.opened;
    let isStopped = false;
    const stopped = machine.stop().then(() => {
      isStopped = true;
    });
    await clock.advance('1s');
    gates.b = forB.opened;
    await clock.advance('1s');
    forA.open();
    await clock.advance('1s');
    anna.sees('The name of a?');
    expect(isStopped).toBe(false);
    forB.open();
    await stopped;
    boris.sees('The name of b?');
  });

  it('stop() reports what a longer limit keeps back, without waiting for it', async () => {
    const { anna, world, clock, machine, limited, calls } = start(framework);
    await anna.sends('/hello');
    world.fails('sendMessage', limit(40));
    await anna.sends('/cancel');
    calls();
    const begun = clock.monotonic();
    await machine.stop();
    expect(clock.monotonic()).toBe(begun);
    expect(limited).toEqual([limited[0], limited[0]]);
    await clock.advance('40s');
    expect(calls()).toEqual([]);
  });

  describe('of another chat', () => {
    const boss = 4242;
    const refund = flow('refund', { trigger: '/refund' })
      .ask('verdict', { to: { user: boss }, prompt: 'Refund?', choices: ['Yes', 'No'] })
      .done(({ verdict }) => `Answer: ${verdict}`);
    const report = flow('report', { trigger: '/report' })
      .ask('what', { prompt: 'What has happened?' })
      .done(({ what }) => ({ method: 'sendMessage', payload: { chat_id: boss, text: what } }));
    const meet = () => {
      const clock = virtualClock();
      const made = play(framework, [refund, hello, report], { clock });
      const there = made.world.user('Boss', { id: boss });
      return { ...made, clock, there, texts: () => there.screen().map(({ text }) => text) };
    };

    it('keeps back the question to somebody else, and nothing that the user reads', async () => {
      const { anna, there, world, clock, texts, bot } = meet();
      world.fails('sendMessage', limit(40));
      await anna.sends('/refund');
      await anna.sends('Hello?');
      await anna.sends('/cancel');
      anna.sees('Canceled.');
      await anna.sends('/hello');
      anna.sees('Your name?');
      await clock.advance('40s');
      expect(texts()).toEqual([]);
      world.fails('sendMessage', limit(40));
      await anna.sends('/refund');
      await clock.advance('39s');
      await anna.sends('Hello?');
      expect(texts()).toEqual([]);
      await clock.advance('1s');
      expect(texts()).toEqual(['Refund?']);
      anna.sees('I have asked. Please wait for the answer.');
      await there.taps('Yes');
      anna.sees('Answer: Yes');
      expect(bot.errors).toEqual([]);
    });

    it('keeps back a question to that chat that follows a message to it', async () => {
      const clock = virtualClock();
      const next = flow('next')
        .ask('verdict', { to: { user: boss }, prompt: 'Agree?', choices: ['Yes'] })
        .done(() => 'Done.');
      const first = flow('first', { trigger: '/first' })
        .ask('what', { prompt: 'What?' })
        .done(({ what }, { state }) => {
          state.enter(next);
          return { method: 'sendMessage', payload: { chat_id: boss, text: what } };
        });
      const { anna, world } = play(framework, [first, next], { clock });
      const there = world.user('Boss', { id: boss });
      await anna.sends('/first');
      world.fails('sendMessage', limit(40));
      await anna.sends('Fire');
      expect(there.screen()).toEqual([]);
      await clock.advance('40s');
      expect(there.screen().map(({ text }) => text)).toEqual(['Fire', 'Agree?']);
    });

    it('keeps back no question of the user that follows a message to that chat', async () => {
      const clock = virtualClock();
      const next = flow('next')
        .ask('name', { prompt: 'Your name?' })
        .done(() => 'Done.');
      const first = flow('first', { trigger: '/first' })
        .ask('what', { prompt: 'What?' })
        .done(({ what }, { state }) => {
          state.enter(next);
          return { method: 'sendMessage', payload: { chat_id: boss, text: what } };
        });
      const { anna, world } = play(framework, [first, next], { clock });
      world.user('Boss', { id: boss });
      await anna.sends('/first');
      world.fails('sendMessage', limit(40));
      await anna.sends('Fire');
      anna.sees('Your name?');
    });

    it('keeps back the messages to that chat, in their order', async () => {
      const { anna, world, clock, texts } = meet();
      for (const text of ['Fire', 'Smoke']) {
        await anna.sends('/report');
        anna.sees('What has happened?');
        if (text === 'Fire') world.fails('sendMessage', limit(40));
        await anna.sends(text);
      }
      await anna.sends('/hello');
      anna.sees('Your name?');
      await clock.advance('40s');
      expect(texts()).toEqual(['Fire', 'Smoke']);
    });
  });
});
