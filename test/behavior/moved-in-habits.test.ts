/** Habits of bots that were written for Telegraf: what they rely on, played by Telegraf's own scenes and by ours on both frameworks. */

import { flow } from '@telefsm/core';
import { type BotWorld, sampleUpdate, telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import {
  type SceneOfEither,
  type StageFramework,
  type StageHandler,
  stageFrameworks,
  telegrafItself,
  textOf,
} from './stages.ts';
import { updatesWithoutChat } from './updates-without-chat.ts';

/** A bot of one habit, and the texts that Anna sends it. */
interface Habit {
  readonly texts: readonly string[];
  scenes(framework: StageFramework): readonly SceneOfEither[];
  readonly stage?: object;
}

const report: StageHandler = (ctx) =>
  ctx.reply(`In ${ctx.scene.current?.id ?? 'no scene'}, ${JSON.stringify(ctx.session ?? null)}`);

function sceneOf(framework: StageFramework, id: string, hooks: Hooks): SceneOfEither {
  const scene = framework.scene(id);
  if (hooks.enter) scene.enter(hooks.enter);
  if (hooks.leave) scene.leave(hooks.leave);
  if (hooks.use) scene.use(hooks.use);
  return scene;
}
interface Hooks {
  readonly enter?: StageHandler;
  readonly leave?: StageHandler;
  readonly use?: StageHandler;
}

/** A wizard whose first step replies before it moves on. */
function twoSteps(framework: StageFramework, second: StageHandler) {
  return framework.wizard(
    'first',
    async (ctx) => {
      await ctx.reply('Step one');
      ctx.wizard.next();
    },
    second,
  );
}

const habits: Readonly<Record<string, Habit>> = {
  'ctx.scene.enter() without await, with a step that replies before it moves on': {
    texts: ['/enter', 'a', 'b'],
    scenes(framework) {
      const wizard = twoSteps(framework, async (ctx) => {
        await ctx.reply('Step two');
        void ctx.scene.leave();
      });
      wizard.enter((_, next) => next());
      return [wizard];
    },
  },

  'ctx.scene.leave() and ctx.scene.reenter() without await, with slow handlers': {
    texts: ['/enter', 'again', 'quit', 'b'],
    scenes: (framework) => [
      sceneOf(framework, 'first', {
        async enter(ctx) {
          await ctx.reply('Welcome');
          ctx.scene.state['visits'] = Number(ctx.scene.state['visits'] ?? 0) + 1;
        },
        async leave(ctx) {
          await ctx.reply(`Bye after ${ctx.scene.state['visits']}`);
          Reflect.set(ctx.session ?? {}, 'left', true);
        },
        async use(ctx, next) {
          if (textOf(ctx) === 'again') void ctx.scene.reenter();
          else if (textOf(ctx) === 'quit') void ctx.scene.leave();
          else await next();
        },
      }),
    ],
  },

  'running the next step at once, from ctx.wizard.steps': {
    texts: ['/enter', 'a', 'b'],
    scenes: (framework) => [
      framework.wizard(
        'first',
        async (ctx, next) => {
          ctx.wizard.next();
          await ctx.wizard.steps[ctx.wizard.cursor]?.(ctx, next);
        },
        async (ctx) => {
          await ctx.reply(`Step two for ${textOf(ctx)}`);
          await ctx.scene.leave();
        },
      ),
    ],
  },

  'leaving the scene in middleware, before next()': {
    texts: ['/enter', 'a', 'quit', 'b'],
    scenes: (framework) => [
      sceneOf(framework, 'first', {
        async use(ctx, next) {
          if (textOf(ctx) === 'quit') await ctx.scene.leave();
          await next();
        },
      }),
    ],
  },

  'leaving a wizard in its own middleware, before next()': {
    texts: ['/enter', 'a', 'quit', 'b', '/enter', 'c'],
    scenes(framework) {
      const wizard = twoSteps(framework, (ctx) => ctx.reply('Step two'));
      wizard.use(async (ctx, next) => {
        if (textOf(ctx) === 'quit') await ctx.scene.leave();
        await next();
      });
      return [wizard];
    },
  },

  'scenes that enter each other from enter and leave handlers': {
    texts: ['/enter', 'a', 'quit', 'b'],
    scenes: (framework) => [
      sceneOf(framework, 'first', {
        async enter(ctx) {
          await ctx.scene.enter('second', { from: 'first' });
          await ctx.reply(`Entered ${ctx.scene.current?.id}`);
        },
      }),
      sceneOf(framework, 'second', {
        enter: (ctx) => ctx.scene.enter('third', { ...ctx.scene.state, via: 'second' }),
        async leave(ctx) {
          await ctx.scene.enter('first');
          await ctx.reply(`Left for ${ctx.scene.current?.id}`);
        },
      }),
      sceneOf(framework, 'third', {
        leave: (ctx) => ctx.reply(`Left ${JSON.stringify(ctx.scene.state)}`),
        use: (ctx, next) => (textOf(ctx) === 'quit' ? ctx.scene.leave() : next()),
      }),
    ],
  },

  'handling the error of a scene that cannot be entered or left': {
    texts: ['/try', 'a', 'quit', 'b'],
    scenes: (framework) => [
      sceneOf(framework, 'broken', {
        enter() {
          throw new Error('Closed today');
        },
        leave() {
          throw new Error('Locked');
        },
        use: (ctx, next) =>
          textOf(ctx) === 'quit'
            ? ctx.scene.leave().catch((error: Error) => ctx.reply(error.message))
            : next(),
      }),
    ],
  },

  'assigning undefined to the session inside a scene': {
    texts: ['/enter', 'forget', 'a', '/enter', 'b'],
    scenes: (framework) => [
      sceneOf(framework, 'first', {
        async use(ctx, next) {
          if (textOf(ctx) !== 'forget') return next();
          ctx.session = undefined;
          await ctx.reply(`In ${ctx.scene.current?.id ?? 'no scene'}`);
        },
      }),
    ],
  },

  'groups of a pattern, a step that waits for them, and a way back': {
    texts: ['/enter', 'a', 'many', '12 tea', 'back', '3 cakes', 'pay', 'b'],
    stage: { ttl: 100 },
    scenes(framework) {
      const asked = framework.scene('asked');
      asked.hears(/^(\d+) (\w+)$/, (ctx) => {
        const [, count, what] = ctx.match ?? [];
        Object.assign(ctx.wizard.state, { count, what });
        ctx.wizard.next();
        return ctx.reply(`${count} × ${what}?`);
      });
      asked.use((ctx) => ctx.reply('For example: 2 tea'));
      const wizard = framework.wizard(
        'first',
        async (ctx) => {
          await ctx.reply('What?');
          ctx.wizard.next();
        },
        asked as never,
        async (ctx) => {
          if (textOf(ctx) === 'back') ctx.wizard.back();
          else ctx.wizard.selectStep(9);
          await ctx.reply(JSON.stringify([ctx.wizard.cursor, ctx.wizard.state]));
        },
      );
      return [wizard];
    },
  },
};

function botOf(framework: StageFramework, { scenes, stage = {} }: Habit) {
  const bot = framework.bot();
  bot.use(framework.session());
  bot.use(framework.stage(scenes(framework), stage) as never);
  bot.command('enter', (ctx) => {
    void ctx.scene.enter('first', { visits: 0 });
  });
  bot.command('try', (ctx) =>
    ctx.scene.enter('broken').catch((error: Error) => ctx.reply(error.message)),
  );
  bot.use(report);
  return bot.bot;
}

async function played(framework: StageFramework, habit: Habit): Promise<string> {
  const world: BotWorld = telegram(botOf(framework, habit));
  const anna = world.user('Anna');
  for (const text of habit.texts) {
    await anna.sends(text);
    // work that Telegraf does not wait for
    for (let turns = 0; turns < 10; turns++) await new Promise(setImmediate);
  }
  return world.transcript();
}

describe.each(stageFrameworks)('a habit of Telegraf bots on $name', (framework) => {
  it.each(Object.keys(habits))('has the same conversation: %s', async (name) => {
    const habit = habits[name] as Habit;
    const expected = await played(telegrafItself, habit);
    expect(expected.split('\n').length).toBeGreaterThan(habit.texts.length);
    // Telegraf leaves the number of a step with a user who is in no wizard any more
    const clean = expected.replaceAll('{"__scenes":{"cursor":0}}', '{"__scenes":{}}');
    expect(await played(framework, habit)).toBe(clean);
  });

  it.each([
    ['a flow', 'order', 'Anything else?'],
    ['a scene', 'shop', 'At the shop'],
    ['another wizard', 'second', 'At the shop'],
  ])(
    'a wizard that its own handler leaves for %s, before next(), does nothing more',
    async (_, id, seen) => {
      const order = flow('order')
        .ask('note', { prompt: 'Anything else?' })
        .done(() => 'Ordered.');
      const wizard = framework.wizard('first', (ctx) => ctx.reply('Step one'));
      wizard.use(async (ctx, next) => {
        if (textOf(ctx) === 'go') await ctx.scene.enter(id);
        await next();
      });
      const shop = sceneOf(framework, 'shop', {
        enter: (ctx) => ctx.reply('At the shop'),
        leave: (ctx) => ctx.reply('Bye'),
        use: (ctx) => ctx.reply('Still at the shop'),
      });
      const second = framework.wizard(
        'second',
        async (ctx) => {
          await ctx.reply('At the shop');
          ctx.wizard.next();
        },
        (ctx) => ctx.reply('Still at the shop'),
      );
      const bot = framework.bot();
      const stage = framework.stage([wizard, shop, second, order]);
      bot.use(framework.session({ stage }));
      bot.use(stage as never);
      bot.command('enter', (ctx) => ctx.scene.enter('first'));
      bot.use(report);
      const world = telegram(bot.bot);
      const anna = world.user('Anna');
      await anna.sends('/enter');
      await anna.sends('go');
      anna.sees(seen);
      expect(world.transcript()).not.toContain('Still');
      await anna.sends('a');
      anna.sees(id === 'order' ? 'Ordered.' : 'Still at the shop');
      expect(world.transcript()).not.toContain('Bye');
      if (id !== 'order') return;
      await anna.sends('b');
      anna.sees('In no scene, {"__scenes":{}}');
    },
  );

  it('has the same conversation: two stages behind one session', async () => {
    const bots = [telegrafItself, framework].map((each) => {
      const bot = each.bot();
      bot.use(each.session());
      for (const id of ['one', 'two']) {
        const scene = sceneOf(each, id, {
          enter: (ctx) => ctx.reply(`Welcome to ${id}`),
          leave: (ctx) => ctx.reply(`Bye from ${id}`),
        });
        scene.command('leave', (ctx) => ctx.scene.leave());
        scene.use((ctx, next) => (/^(pass|\/)/.test(textOf(ctx)) ? next() : ctx.reply(`At ${id}`)));
        const stage = each.stage([scene]);
        stage.command(id, each.Stage.enter(id));
        bot.use(stage as never);
      }
      bot.use(report);
      return telegram(bot.bot);
    });
    for (const world of bots) {
      const anna = world.user('Anna');
      for (const text of ['/one', 'a', '/two', 'b', 'pass', '/leave', '/one', '/leave', 'c']) {
        await anna.sends(text);
      }
    }
    const [expected, ours] = bots.map((world) => world.transcript());
    expect(expected).toContain('At two');
    expect(ours).toBe(expected);
  });

  it.each(updatesWithoutChat)(
    'a %s of a user in a wizard is for the bot: it has no chat, so no session',
    async (type) => {
      const seen: string[] = [];
      const bot = framework.bot();
      bot.use(framework.session({ defaultSession: () => ({}) }));
      bot.use((ctx, next) => {
        if (ctx.session === undefined) seen.push('no session');
        return next();
      });
      const wizard = framework.wizard('first', (ctx) => void seen.push(`step ${textOf(ctx)}`));
      bot.use(framework.stage([wizard]) as never);
      bot.command('enter', (ctx) => ctx.scene.enter('first'));
      bot.use(() => void seen.push('bot'));
      const { handleUpdate } = bot.bot as { handleUpdate(update: object): Promise<void> };
      const send = (...update: Parameters<typeof sampleUpdate>) =>
        handleUpdate.call(bot.bot, sampleUpdate(...update));
      await send(
        'message',
        { text: '/enter', entities: [{ type: 'bot_command', offset: 0, length: 6 }] },
        1,
      );
      await send('message', { text: 'a' }, 2);
      await send(type, {}, 3);
      await send('message', { text: 'b' }, 4);
      expect(seen).toEqual(['step /enter', 'step a', 'no session', 'bot', 'step b']);
    },
  );
});
