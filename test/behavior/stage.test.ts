/** Scenes and wizards of the drop-in modules behave as Telegraf's do, on both frameworks. */

import { flow, memoryStorage, scene as node } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type StageContext, type StageFramework, stageFrameworks, textOf } from './stages.ts';

describe.each(stageFrameworks)('a stage on $name', (framework) => {
  it('enter handlers run before enter() resolves, after the leave handlers of the scene before', async () => {
    const log: string[] = [];
    const first = framework.scene('first');
    const second = framework.scene('second');
    first.enter((_, next) => {
      log.push('first entered');
      return next();
    });
    first.leave(() => void log.push('first left'));
    second.enter(async () => {
      await Promise.resolve();
      log.push('second entered');
    });
    const bot = framework.bot();
    bot.use(framework.session());
    bot.use(framework.stage([first, second]) as never);
    bot.use(async (ctx) => {
      await ctx.scene.enter('first');
      log.push(`in ${ctx.scene.current?.id}`);
      await ctx.scene.enter('second');
      log.push(`in ${ctx.scene.current?.id}`);
    });
    await telegram(bot.bot).user('Anna').sends('hello');
    expect(log).toEqual(['first entered', 'in first', 'first left', 'second entered', 'in second']);
  });

  it('updates go to the current scene, and to the bot if it does not take them', async () => {
    const room = framework.scene('room');
    room.command('who', (ctx) => ctx.reply('The room.'));
    const bot = botWith(framework, [room]);
    bot.command('enter', framework.Stage.enter('room'));
    bot.command('leave', framework.Stage.leave());
    bot.use((ctx) => ctx.reply(`The bot, in ${ctx.scene.current?.id}.`));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/who');
    anna.sees('The bot, in undefined.');
    await anna.sends('/enter');
    await anna.sends('/who');
    anna.sees('The room.');
    await anna.sends('hello');
    anna.sees('The bot, in room.');
    await anna.sends('/leave');
    await anna.sends('/who');
    anna.sees('The bot, in undefined.');
  });

  it('the state of a scene is a copy of what enter() was given, and lives until the scene is left', async () => {
    const room = framework.scene('room');
    room.use((ctx) => {
      ctx.scene.state['seen'] = Number(ctx.scene.state['seen'] ?? 0) + 1;
      return ctx.reply(JSON.stringify(ctx.scene.state));
    });
    const given = { name: 'blue' };
    const bot = botWith(framework, [], (stage) => {
      stage.register(room);
      stage.command('enter', (ctx) => ctx.scene.enter('room', given));
      stage.command('again', (ctx) => ctx.scene.reenter());
      stage.command('reset', (ctx) => ctx.scene.reset());
    });
    bot.use((ctx) => ctx.reply(JSON.stringify(ctx.scene.state)));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/enter');
    await anna.sends('1');
    await anna.sends('2');
    anna.sees('{"name":"blue","seen":2}');
    expect(given).toEqual({ name: 'blue' });
    await anna.sends('/again');
    await anna.sends('3');
    anna.sees('{"name":"blue","seen":3}');
    await anna.sends('/reset');
    await anna.sends('4');
    anna.sees('{}');
  });

  it('a silent enter() runs no handlers', async () => {
    const log: string[] = [];
    const one = framework.scene('one');
    const two = framework.scene('two');
    one.enter(() => void log.push('one entered'));
    one.leave(() => void log.push('one left'));
    two.enter(() => void log.push('two entered'));
    two.use((ctx) => ctx.reply('In two.'));
    const bot = botWith(framework, [one, two], (stage) => {
      stage.command('one', framework.Stage.enter('one'));
      stage.command('two', framework.Stage.enter('two', {}, true));
    });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/one');
    await anna.sends('/two');
    await anna.sends('hello');
    anna.sees('In two.');
    expect(log).toEqual(['one entered']);
  });

  it('leave() inside a leave handler does nothing, and the scene is left once', async () => {
    let left = 0;
    const room = framework.scene('room');
    room.leave(async (ctx) => {
      left += 1;
      await ctx.scene.leave();
    });
    const bot = botWith(framework, [room]);
    bot.command('enter', framework.Stage.enter('room'));
    bot.use(framework.Stage.leave());
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/enter');
    await anna.sends('bye');
    await anna.sends('bye');
    expect(left).toBe(1);
  });

  it('the default scene takes users who are in none, and its leave handlers run', async () => {
    const lobby = framework.scene('lobby');
    const room = framework.scene('room');
    lobby.leave((ctx) => ctx.reply('You leave the lobby.'));
    lobby.use((ctx) => ctx.reply('In the lobby.'));
    room.use((ctx) => ctx.reply('In the room.'));
    const bot = botWith(
      framework,
      [lobby, room],
      (stage) => void stage.command('room', framework.Stage.enter('room')),
      { default: 'lobby' },
    );
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('hello');
    anna.sees('In the lobby.');
    await anna.sends('/room');
    anna.sees('You leave the lobby.');
    await anna.sends('hello');
    anna.sees('In the room.');
  });

  it('a scene whose time is over is deleted silently; its own ttl overrides that of the stage', async () => {
    const clock = virtualClock();
    let left = 0;
    const short = framework.scene('short');
    const long = framework.scene('long');
    short.ttl = 10;
    for (const scene of [short, long]) {
      scene.use((ctx) => ctx.reply(`In ${scene.id}.`));
      scene.leave(() => void left++);
    }
    const bot = framework.bot();
    bot.use(framework.session({ clock }));
    const stage = framework.stage([short, long], { ttl: 60 });
    stage.command('short', framework.Stage.enter('short'));
    stage.command('long', framework.Stage.enter('long'));
    bot.use(stage as never);
    bot.use((ctx) => ctx.reply('In none.'));
    const anna = telegram(bot.bot, { clock }).user('Anna');
    await anna.sends('/short');
    await clock.advance('9s');
    await anna.sends('hello');
    anna.sees('In short.');
    await clock.advance('3s');
    await anna.sends('hello');
    anna.sees('In none.');
    await anna.sends('/long');
    await clock.advance('59s');
    await anna.sends('hello');
    anna.sees('In long.');
    await clock.advance('3s');
    await anna.sends('hello');
    anna.sees('In none.');
    expect(left).toBe(0);
  });

  it('an unknown scene is rejected by name', async () => {
    const bot = botWith(framework, [framework.scene('room')]);
    const errors: unknown[] = [];
    bot.use(async (ctx) => {
      await ctx.scene.enter('romo').catch((error: unknown) => errors.push(error));
    });
    await telegram(bot.bot).user('Anna').sends('hello');
    expect(errors).toMatchObject([{ code: 'SCENE_UNKNOWN', details: { scene: 'romo' } }]);
  });

  it('a scene that a deploy removed lets updates through', async () => {
    const storage = memoryStorage();
    const make = (ids: readonly string[]) => {
      const bot = framework.bot();
      bot.use(framework.session({ storage }));
      bot.use(framework.stage(ids.map((id) => framework.scene(id))) as never);
      bot.command('enter', (ctx) => ctx.scene.enter('old'));
      bot.use((ctx) => ctx.reply('The bot.'));
      return bot.bot;
    };
    const tg = telegram(make(['old']));
    const anna = tg.user('Anna');
    await anna.sends('/enter');
    await tg.restart(() => make([]));
    await anna.sends('hello');
    anna.sees('The bot.');
  });
});

describe.each(stageFrameworks)('a wizard on $name', (framework) => {
  it('each update runs one step; past the last step the wizard is left', async () => {
    const bot = botWith(framework, [order(framework)]);
    bot.command('order', framework.Stage.enter('order', { shop: 'A' }));
    bot.use((ctx) => ctx.reply('No order.'));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/order');
    anna.sees('What?');
    await anna.sends('tea');
    anna.sees('How many?');
    await anna.sends('3');
    anna.sees('A: 3 × tea');
    await anna.sends('hello');
    await anna.sends('hello');
    anna.sees('No order.');
  });

  it('handlers of the wizard run before its steps, and steps can be selected', async () => {
    const wizard = framework.wizard(
      'steps',
      (ctx) => ctx.reply('first'),
      (ctx) => ctx.reply('second'),
      (ctx) => ctx.reply('third'),
    );
    wizard.command('next', (ctx) => void ctx.wizard.next());
    wizard.command('back', (ctx) => void ctx.wizard.back());
    wizard.command('third', (ctx) => void ctx.wizard.selectStep(2));
    const bot = botWith(framework, [wizard]);
    bot.use(framework.Stage.enter('steps'));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('hello');
    anna.sees('first');
    await anna.sends('/next');
    await anna.sends('hello');
    anna.sees('second');
    await anna.sends('/third');
    await anna.sends('hello');
    anna.sees('third');
    await anna.sends('/back');
    await anna.sends('hello');
    anna.sees('second');
  });

  it('enter handlers run before the first step, which runs if they call next', async () => {
    const log: string[] = [];
    const open = framework.wizard('open', () => void log.push('step of open'));
    open.enter((_, next) => {
      log.push('open entered');
      return next();
    });
    const closed = framework.wizard('closed', () => void log.push('step of closed'));
    closed.enter(() => void log.push('closed entered'));
    const bot = botWith(framework, [open, closed]);
    bot.use(async (ctx) => {
      await ctx.scene.enter('open');
      await ctx.scene.enter('closed');
    });
    await telegram(bot.bot).user('Anna').sends('hello');
    expect(log).toEqual(['open entered', 'step of open', 'closed entered']);
  });

  it('a step that throws changes nothing, and its update may come again', async () => {
    let broken = true;
    const bot = botWith(framework, [
      framework.wizard(
        'order',
        (ctx) => void ctx.wizard.next(),
        async (ctx) => {
          ctx.wizard.state['what'] = textOf(ctx);
          ctx.wizard.next();
          if (broken) throw new Error('broken');
          await ctx.reply(JSON.stringify(ctx.wizard.state));
        },
        (ctx) => ctx.reply('Too far.'),
      ),
    ]);
    bot.command('order', framework.Stage.enter('order'));
    const tg = telegram(bot.bot);
    const anna = tg.user('Anna');
    await anna.sends('/order');
    await expect(anna.sends('tea')).rejects.toThrow('broken');
    broken = false;
    await tg.redeliver();
    anna.sees('{"what":"tea"}');
    await tg.redeliver();
    await anna.sends('hello');
    anna.sees('Too far.');
  });

  it('two texts at once run two steps, in their order', async () => {
    const bot = botWith(framework, [order(framework)]);
    bot.command('order', framework.Stage.enter('order', { shop: 'A' }));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/order');
    await Promise.all([anna.sends('tea'), anna.sends('3')]);
    anna.sees('A: 3 × tea');
  });

  it('a restart continues where the user was', async () => {
    const storage = memoryStorage();
    const make = () => {
      const bot = framework.bot();
      bot.use(framework.session({ storage }));
      bot.use(framework.stage([order(framework)]) as never);
      bot.command('order', framework.Stage.enter('order', { shop: 'A' }));
      return bot.bot;
    };
    const tg = telegram(make());
    const anna = tg.user('Anna');
    await anna.sends('/order');
    await tg.restart(make);
    await anna.sends('tea');
    await tg.restart(make);
    await anna.sends('3');
    anna.sees('A: 3 × tea');
  });
});

describe.each(stageFrameworks)('a named step on $name', (framework) => {
  const { step } = framework;
  const says = (text: string) => (ctx: StageContext) => ctx.reply(text);
  const ask = says('Ask.');
  const asks = (ctx: StageContext) => {
    ctx.wizard.next();
    return ctx.reply('Ask.');
  };

  type MakeWizard = () => ReturnType<typeof framework.wizard>;

  /** A user who has begun the first wizard before a deploy and answers the second one after it. */
  async function continued(before: MakeWizard, after: MakeWizard) {
    const storage = memoryStorage();
    const botOf = (make: MakeWizard) => () => {
      const bot = framework.bot();
      bot.use(framework.session({ storage }));
      bot.use(framework.stage([make()]) as never);
      bot.use(framework.Stage.enter('w'));
      return bot.bot as never;
    };
    const world = telegram(botOf(before)());
    const anna = world.user('Anna');
    await anna.sends('hello');
    await world.restart(botOf(after));
    await anna.sends('Anna');
    return anna;
  }

  it('keeps its users when a deploy inserts a step before it', async () => {
    const anna = await continued(
      () => framework.wizard('w', asks, step('name', says('Name.'))),
      () => framework.wizard('w', asks, says('New.'), step('name', says('Name.'))),
    );
    anna.sees('Name.');
  });

  it('keeps its users under a former name', async () => {
    const anna = await continued(
      () => framework.wizard('w', asks, step('name', says('Name.'))),
      () => framework.wizard('w', ask, ask, step('fullName', says('Full name.'), { was: 'name' })),
    );
    anna.sees('Full name.');
  });

  it('goes by its number if its name is gone', async () => {
    const anna = await continued(
      () => framework.wizard('w', asks, step('name', says('Name.'))),
      () => framework.wizard('w', ask, says('Second.')),
    );
    anna.sees('Second.');
  });

  it('is selected by its name, and an unknown name is rejected with the known ones', async () => {
    const errors: unknown[] = [];
    const bot = botWith(framework, [
      framework.wizard(
        'w',
        async (ctx) => {
          try {
            framework.selectStep(ctx, 'agee');
          } catch (error) {
            errors.push(error);
          }
          framework.selectStep(ctx, 'age');
        },
        step('name', says('Name.')),
        step('age', says('Age.')),
      ),
    ]);
    bot.use(framework.Stage.enter('w'));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('hello');
    await anna.sends('hello');
    anna.sees('Age.');
    expect(String(errors[0])).toContain("'name', 'age'");
  });
});

describe.each(stageFrameworks)('flows on a stage on $name', (framework) => {
  const survey = flow('survey')
    .ask('shop', { prompt: 'Which shop?' })
    .ask('stars', { prompt: 'Stars?' })
    .done(({ shop, stars }) => `${shop}: ${stars}`);
  const Note = node('note', {}).on({
    enter: () => 'A note?',
    handle: ({ input, leave }) => {
      if (input.text !== 'none') return undefined;
      return leave();
    },
  });

  function withFlows() {
    const bot = framework.bot();
    bot.use(framework.fsm({ states: [survey, Note] }));
    bot.use(framework.session());
    const room = framework.scene('room');
    room.leave((ctx) => ctx.reply('You leave the room.'));
    room.use((ctx) => ctx.reply('In the room.'));
    const stage = framework.stage([room, survey, Note]);
    stage.command('room', framework.Stage.enter('room'));
    stage.command('survey', framework.Stage.enter('survey', { shop: 'A' }));
    stage.command('note', framework.Stage.enter('note'));
    stage.command('leave', framework.Stage.leave());
    bot.use(stage as never);
    bot.use((ctx) => ctx.reply('The bot.'));
    return telegram(bot.bot).user('Anna');
  }

  it('are entered by ctx.scene.enter, and the scene before is left', async () => {
    const anna = withFlows();
    await anna.sends('/room');
    await anna.sends('hello');
    anna.sees('In the room.');
    await anna.sends('/survey');
    anna.sees('Stars?');
    await anna.sends('5');
    anna.sees('A: 5');
    await anna.sends('hello');
    anna.sees('The bot.');
  });

  it('end when a scene is entered, or by ctx.scene.leave', async () => {
    const anna = withFlows();
    await anna.sends('/note');
    anna.sees('A note?');
    await anna.sends('/room');
    await anna.sends('hello');
    anna.sees('In the room.');
    await anna.sends('/note');
    await anna.sends('/leave');
    await anna.sends('hello');
    anna.sees('The bot.');
  });

  it('enter scenes of the stage, whose enter handlers have session, scene and wizard', async () => {
    const wizard = framework.wizard(
      'ticket',
      async (ctx) => {
        await ctx.reply(`${ctx.wizard.state['about']}?`);
        ctx.wizard.next();
      },
      async (ctx) => {
        ctx.session = { ...ctx.session, tickets: Number(ctx.session?.['tickets'] ?? 0) + 1 };
        await ctx.reply('Sent.');
        await ctx.scene.leave();
      },
    );
    const stage = framework.stage([wizard]);
    const [ticket] = stage.asScenes();
    const help = flow('help')
      .ask('about', { prompt: 'What about?' })
      .done(({ about }, { state }) => state.enter(ticket as never, { about }));
    const bot = framework.bot();
    bot.use(framework.fsm({ states: [help], scenes: stage.asScenes() }));
    bot.use(framework.session());
    bot.command('help', (ctx) => ctx.fsm.enter(help));
    bot.use(stage as never);
    bot.use((ctx) => ctx.reply(`${ctx.session?.['tickets']} ticket, ${ctx.fsm.current}`));
    const tg = telegram(bot.bot);
    const anna = tg.user('Anna');
    await anna.sends('/help');
    await anna.sends('Billing');
    anna.sees('Billing?');
    await anna.sends('Wrong sum');
    anna.sees('Sent.');
    await anna.sends('hello');
    anna.sees('1 ticket, null');
  });

  it('cannot call scenes of the stage, nor enter them without an update', async () => {
    const stage = framework.stage([framework.scene('room')]);
    const [room] = stage.asScenes();
    const bot = framework.bot();
    const machine = framework.fsm({ states: [Note], scenes: stage.asScenes() });
    bot.use(machine);
    bot.use(framework.session());
    bot.use(stage as never);
    bot.command('note', (ctx) => ctx.fsm.enter(Note));
    bot.command('call', (ctx) => ctx.fsm.call(room as never));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/note');
    await expect(anna.sends('/call')).rejects.toMatchObject({
      code: 'INVALID_TARGET',
    });
    await expect(
      machine.at({ user: anna.id }).run((turn) => turn.state.enter(room as never)),
    ).rejects.toMatchObject({ code: 'NO_CONTEXT' });
  });

  it('need no fsm(): session({ stage }) keeps users in flows and scenes, also over a restart', async () => {
    const storage = memoryStorage();
    const room = framework.scene('room');
    room.enter((ctx) => ctx.reply(`In the room with ${ctx.scene.state['about']}.`));
    room.command('survey', framework.Stage.enter('survey', { shop: 'A' }));
    room.use((ctx) => ctx.reply('Still in the room.'));
    const help = flow('help', { trigger: '/help' })
      .ask('about', { prompt: 'What about?' })
      .ask('urgent', { prompt: 'Urgent?' })
      .done((answers, { state }) => state.enter('room' as never, answers));
    const make = () => {
      const bot = framework.bot();
      const stage = framework.stage([room, help, survey]);
      bot.use(framework.session({ storage, stage }));
      bot.use(stage as never);
      bot.use((ctx) => ctx.reply('The bot.'));
      return bot.bot;
    };
    const tg = telegram(make());
    const anna = tg.user('Anna');
    await anna.sends('/help');
    await anna.sends('Billing');
    anna.sees('Urgent?');
    await tg.restart(make);
    await anna.sends('yes');
    anna.sees('In the room with Billing.');
    await anna.sends('hello');
    anna.sees('Still in the room.');
    await anna.sends('/survey');
    anna.sees('Stars?');
    await anna.sends('5');
    anna.sees('A: 5');
    await anna.sends('hello');
    anna.sees('The bot.');
  });

  it('that the machine does not have are rejected, and the error says how to pass the stage', async () => {
    const bot = framework.bot();
    bot.use(framework.session());
    bot.use(framework.stage([survey]) as never);
    const errors: unknown[] = [];
    bot.use(async (ctx) => {
      await ctx.scene.enter('survey').catch((error: unknown) => errors.push(error));
    });
    await telegram(bot.bot).user('Anna').sends('hello');
    expect(errors).toMatchObject([
      { code: 'SCENE_UNKNOWN', message: expect.stringContaining('session({ stage })') },
    ]);
  });

  it('are those of a machine at another property', async () => {
    const bot = framework.bot();
    const stage = framework.stage([survey]);
    const machine = framework.fsm({ property: 'talks', scenes: stage.asScenes() });
    bot.use(machine);
    bot.use(framework.session({ machine }));
    bot.use(stage as never);
    bot.use((ctx) => ctx.scene.enter('survey'));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('hello');
    expect(await machine.at({ user: anna.id }).peek()).toMatchObject({ scene: 'survey' });
  });

  it('need a machine, and the error names the fix', async () => {
    const bot = framework.bot();
    bot.use(framework.session({ store: new Map() }));
    bot.use(framework.stage([survey]) as never);
    const errors: unknown[] = [];
    bot.use(async (ctx) => {
      await ctx.scene.enter('survey').catch((error: unknown) => errors.push(error));
    });
    await telegram(bot.bot).user('Anna').sends('hello');
    expect(errors).toMatchObject([{ code: 'NOT_INSTALLED' }]);
  });
});

describe('a bot that changes its framework', () => {
  it('takes the users in its wizards along', async () => {
    const storage = memoryStorage();
    const make = (framework: StageFramework) => {
      const bot = framework.bot();
      bot.use(framework.session({ storage }));
      bot.use(framework.stage([order(framework)]) as never);
      bot.command('order', framework.Stage.enter('order', { shop: 'A' }));
      return bot.bot;
    };
    const [grammy, telegraf] = stageFrameworks as readonly [StageFramework, StageFramework];
    const tg = telegram(make(telegraf));
    const anna = tg.user('Anna');
    await anna.sends('/order');
    await tg.restart(() => make(grammy));
    await anna.sends('tea');
    await tg.restart(() => make(telegraf));
    await anna.sends('3');
    anna.sees('A: 3 × tea');
  });
});

function botWith(
  framework: StageFramework,
  scenes: Parameters<StageFramework['stage']>[0],
  prepare?: (stage: ReturnType<StageFramework['stage']>) => void,
  options?: object,
) {
  const bot = framework.bot();
  bot.use(framework.session());
  const stage = framework.stage(scenes, options);
  prepare?.(stage);
  bot.use(stage as never);
  return bot;
}

function order(framework: StageFramework) {
  return framework.wizard(
    'order',
    async (ctx) => {
      await ctx.reply('What?');
      ctx.wizard.next();
    },
    async (ctx) => {
      ctx.wizard.state['what'] = textOf(ctx);
      await ctx.reply('How many?');
      ctx.wizard.next();
    },
    async (ctx) => {
      const { shop, what } = ctx.wizard.state;
      await ctx.reply(`${shop}: ${textOf(ctx)} × ${what}`);
      ctx.wizard.next();
    },
  );
}
