import { inspect } from 'node:util';
import { anyState, isFsmError, noState, state, states } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks, textUpdate } from './frameworks.ts';

const Form = states('Form', { name: state() });

/** The error of a bot's handler, without the framework's wrapper. */
async function thrownBy(handled: Promise<unknown>): Promise<unknown> {
  const thrown: unknown = await handled.then(
    () => undefined,
    (error) => error,
  );
  return (thrown as { error?: unknown } | undefined)?.error ?? thrown;
}

describe.each(frameworks)('installing on %s', (_, framework) => {
  it('keeps the conversation out of what a context prints, and lets the properties be removed', async () => {
    const bot = framework.bot();
    bot.fsm();
    const seen: unknown[] = [];
    bot.use(({ ctx }) => {
      for (const property of framework.properties) {
        const own = { [property]: Reflect.get(ctx, property) };
        seen.push(JSON.stringify(own), inspect(own), Reflect.deleteProperty(ctx, property));
      }
    });
    await bot.handle(textUpdate(1, 'hello'));
    expect(seen).toEqual(
      framework.properties.flatMap((name) => ['{}', `{ ${name}: [FsmContext] }`, true]),
    );
  });

  it('shows one object under every property', async () => {
    const bot = framework.bot();
    bot.fsm();
    const seen = new Set<unknown>();
    bot.use(({ ctx }) => {
      for (const property of framework.properties) seen.add(Reflect.get(ctx, property));
    });
    await bot.handle(textUpdate(1, 'hello'));
    expect(seen.size).toBe(1);
  });

  it('rejects a second machine at the same property', async () => {
    const bot = framework.bot();
    bot.fsm();
    bot.fsm();
    bot.noteErrors();
    const error = (await thrownBy(bot.handle(textUpdate(1, 'hello')))) ?? bot.errors[0];
    expect(isFsmError(error, 'INSTALLED_TWICE') && error.details).toEqual({
      property: framework.properties[0],
    });
  });

  it.each(['update', 'reply', 'api', 'telegram', 'from', 'constructor', 'toString', '__proto__'])(
    'rejects the property %s where the context has it',
    async (property) => {
      const bot = framework.bot();
      bot.use(({ ctx }, next) => {
        has = property in ctx;
        return next();
      });
      let has = false;
      bot.fsm({ property });
      bot.noteErrors();
      const error = (await thrownBy(bot.handle(textUpdate(1, 'hello')))) ?? bot.errors[0];
      expect(isFsmError(error, 'PROPERTY_TAKEN')).toBe(has);
    },
  );

  it('rejects a property that a plugin has put there before', async () => {
    const bot = framework.bot();
    bot.use(({ ctx }, next) => {
      Object.assign(ctx, { vote: { mine: true } });
      return next();
    });
    bot.fsm({ property: 'vote' });
    bot.noteErrors();
    const error = (await thrownBy(bot.handle(textUpdate(1, 'hello')))) ?? bot.errors[0];
    expect(isFsmError(error, 'PROPERTY_TAKEN') && error.details).toEqual({ property: 'vote' });
  });

  it.each([
    ['inState', 'filter'],
    ['FsmComposer', 'branch'],
    ['Scene', 'scene'],
  ])('names what is missing when %s is used before fsm()', async (_name, kind) => {
    const bot = framework.bot();
    if (kind === 'filter') bot.inState([anyState], () => {});
    else if (kind === 'branch') {
      const form = framework.form();
      form.state([Form.name], () => {});
      bot.add(form);
    } else bot.add(framework.scene('settings'));
    bot.fsm();
    bot.noteErrors();
    const error = (await thrownBy(bot.handle(textUpdate(1, 'hello')))) ?? bot.errors[0];
    expect(isFsmError(error, 'NOT_INSTALLED')).toBe(true);
  });

  it.each(['set', 'current', 'data', 'enter'])(
    'names what is missing when a handler above fsm() uses its %s',
    async (member) => {
      const bot = framework.bot();
      bot.noteErrors();
      bot.use(({ fsm }) => Reflect.get(fsm, member));
      bot.fsm();
      const error = (await thrownBy(bot.handle(textUpdate(1, '/start')))) ?? bot.errors[0];
      expect(isFsmError(error, 'NOT_INSTALLED')).toBe(true);
      expect(String(error)).toContain('Call bot.use(fsm()) before all middleware that uses it.');
    },
  );

  it('leaves the property to bots that put something of their own there', async () => {
    framework.bot().fsm();
    const bot = framework.bot();
    const seen: unknown[] = [];
    bot.use(({ ctx }, next) => {
      Object.assign(ctx, { fsm: 7 });
      return next();
    });
    bot.use(({ ctx }) => void seen.push(Reflect.get(ctx, 'fsm'), Object.keys(ctx).includes('fsm')));
    await bot.handle(textUpdate(1, 'hello'));
    expect(seen).toEqual([7, true]);
  });

  it('reads the state behind fsm() also in a handler above it, once that has called next', async () => {
    const bot = framework.bot();
    const seen: unknown[] = [];
    bot.use(async ({ ctx }, next) => {
      await next();
      for (const property of framework.properties) seen.push(Reflect.get(ctx, property).key);
    });
    bot.fsm();
    await bot.handle(textUpdate(1, 'hello'));
    expect(seen).toEqual(framework.properties.map(() => 'telefsm:b1:c5:u5'));
  });

  it('rejects targets that are none when they are registered', () => {
    const { inState } = framework.bot();
    expect(() => inState([] as never, () => {})).toThrowError(/INVALID_TARGET/);
    expect(() => inState([state() as never], () => {})).toThrowError(/STATE_UNBOUND/);
    expect(() => framework.form().state([7 as never])).toThrowError(/INVALID_TARGET/);
    expect(() => framework.form().state([undefined as never])).toThrowError(/INVALID_TARGET/);
  });

  it('runs handlers of an update without a conversation, and rejects writes with NO_CONVERSATION', async () => {
    const bot = framework.bot();
    bot.fsm();
    bot.noteErrors();
    const seen: unknown[] = [];
    bot.use(({ fsm }) => {
      seen.push(fsm.key, fsm.current, fsm.is(noState));
      fsm.set(Form.name);
    });
    const poll = { id: '7', question: '?', options: [], total_voter_count: 0 };
    const error = (await thrownBy(bot.handle({ update_id: 1, poll }))) ?? bot.errors[0];
    expect(seen).toEqual([undefined, null, true]);
    expect(isFsmError(error, 'NO_CONVERSATION') && error.details.updateType).toBe('poll');
  });
});
