import { flow, interruptBy, isFsmError, memoryStorage, state, states, typed } from '@telefsm/core';
import { telegram, type VirtualClock, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type BotUnderTest, frameworks, type Talk, textUpdate } from './frameworks.ts';

const Form = states('Form', { name: state(), age: state() });

let lastUpdate = 1;
const update = (text: string, user = 5) => textUpdate(++lastUpdate, text, { user });

/** The code of an error, however the framework has wrapped it. */
function codeOf(error: unknown): unknown {
  if (isFsmError(error)) return error.code;
  const cause = (error as { error?: unknown })?.error;
  return cause === undefined ? error : codeOf(cause);
}

/** Hands an update to a bot; an error that reaches the framework's caller or handler is what it resolves to. */
async function outcome(bot: BotUnderTest, given: object): Promise<unknown> {
  const before = bot.errors.length;
  try {
    await bot.handle(given);
  } catch (error) {
    return codeOf(error);
  }
  return codeOf(bot.errors[before]);
}

/** Moves a clock until a promise has settled. */
async function outlast(clock: VirtualClock, promise: Promise<unknown>): Promise<void> {
  let isSettled = false;
  void promise.finally(() => {
    isSettled = true;
  });
  for (let rounds = 0; !isSettled && rounds < 1000; rounds++) {
    await clock.advance(100);
    await new Promise(setImmediate);
  }
  await promise;
}

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe.each(frameworks)(
  'a handler that waits for its own conversation, on %s',
  (_, framework) => {
    it('by handing an update to its bot is rejected within a second, later ones at once', async () => {
      const clock = virtualClock();
      const bot = framework.bot();
      bot.noteErrors();
      bot.fsm({ clock, storage: memoryStorage({ clock }) });
      const codes: unknown[] = [];
      const waited: number[] = [];
      bot.command('again', async () => {
        await new Promise(setImmediate);
        const begun = clock.now();
        codes.push(await outcome(bot, update('inner')));
        waited.push(clock.now() - begun);
      });
      await outlast(clock, bot.handle(command('/again')));
      await bot.handle(command('/again'));
      expect(codes).toEqual(['REENTERED', 'REENTERED']);
      expect(waited[0]).toBeLessThanOrEqual(1000);
      expect(waited[1]).toBe(0);
    });

    it('by running its machine again on another context of the update is rejected within a second', async () => {
      const clock = virtualClock();
      const bot = framework.bot();
      bot.noteErrors();
      const machine = bot.fsm({ clock, storage: memoryStorage({ clock }) });
      const middleware = (machine as never as { middleware(): Middleware }).middleware();
      let code: unknown;
      bot.command('plugin', async ({ ctx }) => {
        const copy = copyOf(ctx);
        await middleware(copy, async () => {}).catch((error: unknown) => {
          code = codeOf(error);
        });
      });
      const begun = clock.now();
      await outlast(clock, bot.handle(command('/plugin')));
      expect(clock.now() - begun).toBeLessThanOrEqual(2000);
      expect(code).toBe('REENTERED');
    });

    it('is detected from the start with `detectReentry`', async () => {
      const clock = virtualClock();
      const bot = framework.bot();
      bot.noteErrors();
      bot.fsm({ clock, turn: { detectReentry: true } });
      let code: unknown;
      bot.command('again', async () => {
        code = await outcome(bot, update('inner'));
      });
      await bot.handle(command('/again'));
      expect(code).toBe('REENTERED');
    });

    it('is distinguished from another user whose update waits for the chat in a second machine', async () => {
      const clock = virtualClock();
      const bot = framework.bot();
      bot.noteErrors();
      bot.fsm({ clock, storage: memoryStorage({ clock }) });
      bot.fsm({
        clock,
        property: 'vote',
        namespace: 'chat',
        strategy: 'chat',
        storage: memoryStorage({ clock }),
      });
      const slow = gate();
      const handled: string[] = [];
      bot.use(async ({ text }) => {
        handled.push(text);
        await slow.opened;
      });
      const group = { id: -7, type: 'supergroup', title: 'Group' };
      const given = [1, 2].map((user) => {
        const one = update(`of ${user}`, user);
        return { ...one, message: { ...Object(one).message, chat: group } };
      });
      const both = given.map((each) => bot.handle(each));
      await clock.advance('5s');
      expect(handled).toEqual(['of 1']);
      slow.open();
      await Promise.all(both);
      expect(handled).toEqual(['of 1', 'of 2']);
      expect(bot.errors).toEqual([]);
    });

    it('is distinguished from an update that only comes while a slow handler runs', async () => {
      const clock = virtualClock();
      const bot = framework.bot();
      bot.noteErrors();
      bot.fsm({ clock, storage: memoryStorage({ clock }) });
      const slow = gate();
      const log: string[] = [];
      bot.command('slow', () => slow.opened);
      bot.use(({ text }) => void log.push(text));
      const first = bot.handle(command('/slow'));
      const second = bot.handle(update('second'));
      await clock.advance('5s');
      expect(log).toEqual([]);
      slow.open();
      await Promise.all([first, second]);
      expect(log).toEqual(['second']);
      expect(bot.errors).toEqual([]);
    });
  },
);

describe.each(frameworks)('stop(), on %s', (_, framework) => {
  it('rejects what waits when it gives up waiting, and nothing starts afterwards', async () => {
    const clock = virtualClock();
    const bot = framework.bot();
    bot.noteErrors();
    const machine = bot.fsm({ clock, storage: memoryStorage({ clock }) });
    const slow = gate();
    const log: string[] = [];
    bot.use(async ({ text }) => {
      log.push(text);
      await slow.opened;
    });
    const running = bot.handle(update('running'));
    const waiting = ['second', 'third'].map((text) => outcome(bot, update(text)));
    await clock.advance(0);
    const stopped = machine.stop();
    await clock.advance('25s');
    await stopped;
    expect(await Promise.all(waiting)).toEqual(['STOPPED', 'STOPPED']);
    slow.open();
    await running;
    expect(log).toEqual(['running']);
    machine.start();
    await bot.handle(update('after the start'));
    expect(log).toEqual(['running', 'after the start']);
    await machine.stop();
  });
});

describe.each(frameworks)('an error of the bot while a flow waits, on %s', (_, framework) => {
  const survey = flow('survey', { trigger: '/survey' })
    .ask('name', { prompt: 'Your name?' })
    .done(() => 'Thanks.');

  it('is no error of the flow: the user gets no text', async () => {
    const bot = framework.bot();
    bot.noteErrors();
    bot.fsm({ states: [survey] });
    bot.use(({ ctx }) => {
      const { message } = (ctx as { update: { message?: { text?: string } } }).update;
      if (message?.text !== 'Anna') throw new Error('mine');
    });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/survey');
    anna.sees('Your name?');
    await anna.sends('/help');
    await anna.blocks();
    await anna.unblocks();
    anna.seesNothing();
    expect(bot.errors.map(String)).toEqual(Array(3).fill('Error: mine'));
    await anna.sends('Anna');
    anna.sees('Thanks.');
  });

  it('sends the text `failed` if the flow itself fails', async () => {
    const failing = flow('failing', { trigger: '/failing' })
      .ask('name', {
        prompt: 'Your name?',
        validate: () => {
          throw new Error('mine');
        },
      })
      .done(() => 'Thanks.');
    const bot = framework.bot();
    bot.noteErrors();
    bot.fsm({ states: [failing] });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/failing');
    anna.sees('Your name?');
    await anna.sends('Anna');
    anna.sees('Something went wrong. Please try again.');
  });
});

describe.each(frameworks)('the turn that the hooks of a flow get, on %s', (_, framework) => {
  const greet = typed<{ greet(name: string): string }>();
  const booking = flow('booking', { trigger: '/book', services: greet, timeout: '10m' })
    .ask('name', { prompt: 'Your name?' })
    .done(({ name }, { services }) => services.greet(name), {
      canceled: (_answers, { services, step }) => `${services.greet('canceled')} at ${step}`,
      timedOut: (_answers, { services, reply, subject, now }) =>
        `${services.greet('late')} ${typeof reply} ${typeof now()} ${typeof subject.user}`,
    });

  it('has services when it is done, canceled and timed out', async () => {
    const clock = virtualClock();
    const bot = framework.bot();
    bot.noteErrors();
    const machine = bot.fsm({
      clock,
      storage: memoryStorage({ clock }),
      states: [booking],
      services: { greet: (name: string) => `Hello, ${name}` },
    });
    const world = telegram(bot.bot, { clock });
    machine.start(bot.bot as never);
    const anna = world.user('Anna');
    await anna.sends('/book');
    await anna.sends('Anna');
    anna.sees('Hello, Anna');
    await anna.sends('/book');
    await anna.sends('/cancel');
    anna.sees('Hello, canceled at name');
    await anna.sends('/book');
    await clock.advance('11m');
    anna.sees('Hello, late function number number');
    expect(bot.errors).toEqual([]);
    await machine.stop();
  });
});

describe.each(frameworks)('a state that `done` of a flow sets, on %s', (_, framework) => {
  it.each([
    ['', false],
    [' and commits', true],
  ])('is where the user is then%s', async (_name, commits) => {
    const survey = flow('survey', { trigger: '/survey' })
      .ask('name', { prompt: 'Your name?' })
      .done(async ({ name }, { state: fsm }) => {
        fsm.set(Form.age as never, { name } as never);
        if (commits) await fsm.commit();
        return 'How old are you?';
      });
    const bot = framework.bot();
    bot.noteErrors();
    const machine = bot.fsm({ states: [survey, Form] });
    bot.inState([Form.age], ({ fsm, say, text }: Talk) => {
      const { name } = fsm.data as { name?: string };
      fsm.clear();
      return say(`${name} is ${text}.`);
    });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/survey');
    await anna.sends('Anna');
    anna.sees('How old are you?');
    expect(await machine.at({ user: anna.id }).peek()).toMatchObject({
      current: 'Form:age',
      scene: null,
      data: { name: 'Anna' },
    });
    await anna.sends('7');
    anna.sees('Anna is 7.');
    expect(bot.errors).toEqual([]);
  });
});

describe.each(frameworks)('an update that interrupts, on %s', (_, framework) => {
  it('ends a slow answer, and the flow is canceled at once', async () => {
    let signal: AbortSignal | undefined;
    const [begun, never] = [gate(), gate()];
    const slow = flow('slow', { trigger: '/slow' })
      .ask('question', {
        prompt: 'Ask me anything.',
        validate: async (text, _answers, turn) => {
          signal = (turn as { signal?: AbortSignal }).signal;
          begun.open();
          await never.opened;
          return text;
        },
      })
      .done(() => 'Done.');
    const bot = framework.bot();
    bot.noteErrors();
    bot.fsm({
      states: [slow],
      waiting: {
        interrupt: interruptBy(['cancel']),
      } as never,
    });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/slow');
    anna.sees('Ask me anything.');
    const asked = anna.sends('What is love?');
    await begun.opened;
    await anna.sends('/cancel');
    await asked;
    anna.sees('Canceled.');
    expect(signal?.aborted ?? true).toBe(true);
    expect(bot.errors).toEqual([]);
    never.open();
  });
});

type Middleware = (ctx: object, next: () => Promise<void>) => Promise<unknown>;

/** A second context of one update, as plugins that replay updates make it. */
function copyOf(ctx: object): object {
  const {
    update,
    api,
    me,
    telegram: client,
    botInfo,
  } = ctx as {
    update: object;
    api?: object;
    me?: object;
    telegram?: object;
    botInfo?: object;
  };
  const Made = ctx.constructor as new (...parameters: unknown[]) => object;
  return api === undefined ? new Made(update, client, botInfo) : new Made(update, api, me);
}

function command(text: string): object {
  const given = update(text) as { message: object };
  const entities = [{ type: 'bot_command', offset: 0, length: text.length }];
  return { ...given, message: { ...given.message, entities } };
}
