import { isFsmError, noState, state, states, typed } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { frameworks, type Handler } from './frameworks.ts';

const Form = states('Form', { name: state(), age: state() });

describe.each(frameworks)('Scene on %s', (_, framework) => {
  /** A bot with two scenes whose hooks and handlers are noted. */
  function world(options: object = {}) {
    const bot = framework.bot();
    const log: string[] = [];
    const note =
      (what: string): Handler =>
      ({ ctx, fsm, text }, next) => {
        const told = ['params', 'reason', 'result']
          .filter((name) => Object.hasOwn(ctx, name))
          .map((name) => ` ${name}=${JSON.stringify(Reflect.get(ctx, name))}`);
        log.push(
          `${what} at ${fsm.current} ${JSON.stringify(fsm.data)}${told.join('')} on ${text}`,
        );
        return next();
      };
    const settings = framework.scene('settings', options);
    settings.enter(note('enter settings'));
    settings.leave(note('leave settings'));
    const help = framework.scene('help');
    help.enter(note('enter help'));
    help.leave(note('leave help'));
    const machine = bot.fsm({ states: [Form], scenes: [settings.scene, help.scene] });
    bot.noteErrors();
    const anna = telegram(bot.bot).user('Anna');
    return { bot, log, settings, help, machine, anna };
  }

  it('enter hooks get the params, and leave hooks the reason', async () => {
    const { bot, log, settings, anna } = world();
    settings.use(({ fsm }) => fsm.leave());
    bot.use(({ fsm }) =>
      fsm.enter(
        settings.scene as never,
        { lang: 'en' } as never,
        { params: { from: 'menu' } } as never,
      ),
    );
    await anna.sends('open');
    await anna.sends('close');
    expect(log).toEqual([
      'enter settings at settings {"lang":"en"} params={"from":"menu"} on open',
      'leave settings at settings {"lang":"en"} reason="left" on close',
    ]);
  });

  it('its handlers come before the bot’s other middleware, which gets what they pass on', async () => {
    const { bot, settings, anna } = world();
    settings.use(async ({ text, say }, next) =>
      text === 'pass' ? next() : void (await say('The scene.')),
    );
    bot.use(async ({ fsm, say }) => {
      if (fsm.is(noState)) fsm.enter(settings.scene as never);
      else await say('The bot.');
    });
    await anna.sends('open');
    await anna.sends('hello');
    anna.sees('The scene.');
    await anna.sends('pass');
    anna.sees('The bot.');
  });

  it('with otherUpdates "block" nothing is passed on', async () => {
    const { bot, settings, anna } = world({ otherUpdates: 'block' });
    settings.use((_talk, next) => next());
    bot.use(async ({ fsm, say }) => {
      if (fsm.is(noState)) fsm.enter(settings.scene as never);
      else await say('The bot.');
    });
    await anna.sends('open');
    await anna.sends('hello');
    anna.seesNothing();
  });

  it('entering another scene leaves the first, in this order', async () => {
    const { bot, log, settings, help, anna } = world();
    settings.use(({ fsm }) => fsm.enter(help.scene as never));
    bot.use(({ fsm }) => fsm.enter(settings.scene as never));
    await anna.sends('1');
    await anna.sends('2');
    expect(log).toEqual([
      'enter settings at settings {} params={} on 1',
      'leave settings at settings {} reason="replaced" on 2',
      'enter help at help {} params={} on 2',
    ]);
  });

  it('a called scene gives its result to the resume hook, without one the caller is entered again', async () => {
    const { bot, log, settings, help, anna } = world();
    settings.use(({ fsm }) => fsm.call(help.scene as never, {} as never, {} as never));
    help.use(({ fsm }) => fsm.leave({ read: true }));
    bot.use(({ fsm }) => fsm.enter(settings.scene as never));
    await anna.sends('1');
    await anna.sends('2');
    await anna.sends('3');
    expect(log.slice(2)).toEqual([
      'leave help at help {} reason="left" on 3',
      'enter settings at settings {} params={} on 3',
    ]);
    settings.resume(
      ({ ctx }) => void log.push(`resumed ${JSON.stringify(Reflect.get(ctx, 'result'))}`),
    );
    await anna.sends('4');
    await anna.sends('5');
    expect(log.at(-1)).toBe('resumed {"read":true}');
  });

  it('back restores the state and the data from before, and what the scene wrote is gone', async () => {
    const { bot, log, settings, machine, anna } = world();
    settings.use(({ fsm, text }) => {
      fsm.update({ written: true } as never);
      if (text === 'back') fsm.back();
    });
    bot.use(({ fsm }) =>
      fsm.is(noState) ? fsm.set(Form.name, { kept: 1 }) : fsm.enter(settings.scene as never),
    );
    await anna.sends('1');
    await anna.sends('2');
    await anna.sends('back');
    expect(log.at(-1)).toMatch(/^leave settings .* reason="back"/);
    expect(await machine.at({ user: anna.id }).peek()).toMatchObject({
      scene: null,
      current: 'Form:name',
      data: { kept: 1 },
    });
  });

  it('reentering runs leave and enter of the same scene, and keeps data', async () => {
    const { bot, log, settings, anna } = world();
    settings.use(({ fsm }) => fsm.reenter());
    bot.use(({ fsm }) => fsm.enter(settings.scene as never, { n: 1 } as never));
    await anna.sends('1');
    await anna.sends('2');
    expect(log.slice(1)).toEqual([
      'leave settings at settings {"n":1} reason="replaced" on 2',
      'enter settings at settings {"n":1} params={} on 2',
    ]);
  });

  it('a hook that throws keeps nothing, and its error reaches the bot once', async () => {
    const { bot, settings, machine, anna } = world();
    const broken = new Error('broken hook');
    settings.enter(() => {
      throw broken;
    });
    bot.use(({ fsm }) => {
      fsm.update({ before: true } as never);
      fsm.enter(settings.scene as never);
    });
    await anna.sends('open').catch(() => {});
    expect(bot.errors).toEqual([broken]);
    expect(await machine.at({ user: anna.id }).peek()).toBeUndefined();
    // a framework scene speaks for itself: nobody is told that something failed
    anna.seesNothing();
  });

  it('params, reason and result are on the context while the hooks run', async () => {
    const { bot, settings, anna } = world();
    const seen: unknown[] = [];
    bot.use(async ({ ctx, fsm }, next) => {
      Object.assign(ctx, { params: 'mine' });
      fsm.enter(settings.scene as never, {} as never, { params: { a: 1 } } as never);
      await fsm.commit();
      seen.push(Reflect.get(ctx, 'params'));
      return next();
    });
    settings.enter(({ ctx }) => void seen.push(Reflect.get(ctx, 'params')));
    await anna.sends('open');
    expect(seen).toEqual([{ a: 1 }, 'mine']);
  });

  it('begins in the first of its own states, which it may set and which are a filter inside it', async () => {
    const Settings = states('Settings', { menu: state(), language: state() });
    const { bot, settings, machine, anna } = world({ states: Settings });
    settings.state([Settings.menu], async ({ fsm, say }) => {
      fsm.set(Settings.language);
      await say('Which language?');
    });
    settings.state([Settings.language], async ({ fsm, say, text }) => {
      fsm.leave();
      await say(`Set to ${text}.`);
    });
    bot.use(({ fsm }) => fsm.enter(settings.scene as never));
    await anna.sends('open');
    expect(await machine.at({ user: anna.id }).peek()).toMatchObject({
      scene: 'settings',
      current: 'Settings:menu',
    });
    await anna.sends('language');
    anna.sees('Which language?');
    await anna.sends('English');
    anna.sees('Set to English.');
    expect(await machine.at({ user: anna.id }).peek()).toBeUndefined();
  });

  it('rejects start data that its schema rejects, and fills in what the schema does', async () => {
    const data = z.object({ lang: z.string(), visits: z.number().default(0) });
    const { bot, log, settings, anna } = world({ data });
    bot.use(({ fsm, text }) =>
      fsm.enter(settings.scene as never, (text === 'good' ? { lang: 'en' } : { lang: 1 }) as never),
    );
    await anna.sends('bad').catch(() => {});
    expect(isFsmError(bot.errors[0], 'DATA_INVALID')).toBe(true);
    expect(log).toEqual([]);
    await anna.sends('good');
    expect(log).toEqual(['enter settings at settings {"lang":"en","visits":0} params={} on good']);
  });

  it('is not entered when it is not registered', async () => {
    const { bot, anna } = world();
    const stranger = framework.scene('stranger');
    bot.use(({ fsm }) => fsm.enter(stranger.scene as never));
    await anna.sends('open').catch(() => {});
    expect(isFsmError(bot.errors[0], 'SCENE_UNKNOWN')).toBe(true);
  });

  it('two scenes of one name are rejected when the machine is made', () => {
    const bot = framework.bot();
    const twins = [framework.scene('a').scene, framework.scene('a').scene];
    expect(() => bot.fsm({ scenes: twins })).toThrowError(/SCENE_DUPLICATE/);
  });

  it('no name, and data that no schema describes, are rejected when the scene is made', () => {
    expect(() => framework.scene('')).toThrow(/"id of the scene": found ''/);
    const notStandard = { parse: (data: unknown) => data };
    expect(() => framework.scene('s', { data: notStandard })).toThrow(/Expected a Standard Schema/);
  });

  it('states without a state are rejected when the scene is made', () => {
    expect(() => framework.scene('a', { states: states('Empty', {}) })).toThrowError(
      /INVALID_OPTION/,
    );
  });

  it('outside an update its hooks cannot run, and the work that needs them fails with nothing kept', async () => {
    const { settings, machine, anna } = world();
    machine.connect({ id: 1, token: '1:test', api: {}, telegram: { token: '1:test' } } as never);
    const work = machine.at({ user: anna.id }).run((turn) => {
      turn.state.enter(settings.scene as never);
    });
    const error: unknown = await work.catch((thrown) => thrown);
    expect(isFsmError(error, 'NO_CONTEXT') && error.details).toEqual({
      scene: 'settings',
      hook: 'enter',
    });
    expect(await machine.at({ user: anna.id }).peek()).toBeUndefined();
  });

  it('a scene without hooks can be entered outside an update', async () => {
    const bot = framework.bot();
    const plain = framework.scene('plain', { data: typed<{ n: number }>() });
    const machine = bot.fsm({ scenes: [plain.scene] });
    machine.connect({ id: 1, token: '1:test', api: {}, telegram: { token: '1:test' } } as never);
    await machine.at({ user: 5 }).run((turn) => {
      turn.state.enter(plain.scene as never, { n: 1 } as never);
    });
    expect(await machine.at({ user: 5 }).peek()).toMatchObject({ scene: 'plain', data: { n: 1 } });
  });

  it('registering it with the bot as well changes nothing', async () => {
    const { bot, log, settings, anna } = world();
    settings.use(() => void log.push('handled'));
    bot.add(settings);
    bot.use(({ fsm }) => fsm.enter(settings.scene as never));
    await anna.sends('1');
    await anna.sends('2');
    expect(log.slice(1)).toEqual(['handled']);
  });
});
