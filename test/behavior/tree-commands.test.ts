/** The commands of a tree that is the initial scene, while another scene is active. */

import { commandTree } from '@telefsm/commands';
import { flow, scene, typed } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { invoiceFor, openShop } from './payment-shop.ts';
import { play } from './play.ts';

const Settings = scene('settings', { data: typed<{ sound: boolean }>() }).on({
  view: ({ data, button, again }) => ({
    text: data.sound ? 'Sound is on' : 'Sound is off',
    rows: [button('sound', 'Sound', again({ sound: !data.sound }))],
  }),
});

const payOnce = flow('pay', { trigger: '/pay' })
  .ask('paid', { prompt: invoiceFor('tea', 1) as never, accept: 'payment' })
  .done(() => 'Thanks');

describe.each(frameworks)('the commands of the initial tree, on %s', (_name, framework) => {
  const start = (otherCommands: 'pass' | 'block' | 'answer' = 'pass') => {
    const desk = commandTree('desk');
    const root = desk.root.flag('note', 'none');
    root
      .command('note')
      .option('note')
      .action(({ options, setFlag, say }) => {
        setFlag('note', options.note);
        say('noted');
      });
    root
      .command('warn')
      .option('user')
      .action(({ options, flags, say }) => say('%s warned, note %s', options.user, flags.note));
    const Order = flow('order', { otherCommands })
      .ask('what', { prompt: 'What?' })
      .done(({ what }, { reply }) => reply(`Ordered ${what}`));
    const played = play(framework, [desk, Settings, Order], { initial: desk as never });
    const { bot } = played;
    bot.command('view', ({ fsm }) => fsm.enter(Settings, { sound: false }));
    bot.command('call', ({ fsm }) => fsm.call(Settings, { sound: false }));
    bot.command('order', ({ fsm }) => fsm.call(Order));
    for (const name of ['help', 'other']) bot.command(name, ({ say }) => say('of the bot'));
    return played;
  };

  it('are handled while a view is open, which ends', async () => {
    for (const way of ['/view', '/call']) {
      const { anna, bot } = start();
      await anna.sends('/note late');
      await anna.sends(way);
      anna.sees('Sound is off');
      await anna.sends('/warn bob');
      // a tree that has called the view is still there, with its flags; one that was replaced begins anew
      anna.sees(way === '/call' ? 'bob warned, note late' : 'bob warned, note none');
      await anna.sends('warn eve');
      anna.sees(/^eve warned/);
      expect(bot.errors).toEqual([]);
    }
  });

  it('are handled while a flow asks, as the flow says about other commands', async () => {
    const passing = start();
    await passing.anna.sends('/order');
    await passing.anna.sends('/warn bob');
    passing.anna.sees('bob warned, note none');

    const blocking = start('block');
    await blocking.anna.sends('/order');
    await blocking.anna.sends('/warn bob');
    await blocking.anna.sends('tea');
    blocking.anna.sees('Ordered tea');

    const answering = start('answer');
    await answering.anna.sends('/order');
    await answering.anna.sends('/warn bob');
    answering.anna.sees('Ordered /warn bob');
  });

  describe('that the user may not use', () => {
    const guardedBy = (otherCommands: 'pass' | 'passAndAsk' = 'pass') => {
      const desk = commandTree('desk', {
        permissions: () => ['note', 'open', 'stay'],
        explain: ({ code }) => (code === 'UNKNOWN_COMMAND' ? 'Not for you.' : undefined),
      });
      desk.root.command('note').action(({ say }) => say('noted'));
      desk.root.command('ban').action(({ say }) => say('banned'));
      const open = desk.root.command('open');
      const file = open.state('file');
      file.command('stay').action(({ state }) => state);
      open.action(({ say }) => {
        say('opened');
        return file;
      });
      const Order = flow('order', { otherCommands })
        .ask('what', { prompt: 'What?' })
        .done(({ what }, { reply }) => reply(`Ordered ${what}`));
      const played = play(framework, [desk, Settings, Order], { initial: desk as never });
      played.bot.command('order', ({ fsm }) => fsm.call(Order));
      return played;
    };

    it('leave a flow open, and the user reads why', async () => {
      const { anna, bot } = guardedBy();
      await anna.sends('/order');
      await anna.sends('/ban');
      anna.sees('Not for you.');
      await anna.sends('tea');
      anna.sees('Ordered tea');
      expect(bot.errors).toEqual([]);
    });

    it('ask the question again if the flow says so', async () => {
      const { anna, sentTexts } = guardedBy('passAndAsk');
      await anna.sends('/order');
      await anna.sends('/ban');
      expect(sentTexts()).toEqual(['What?', 'Not for you.', 'What?']);
    });

    it('leave a flow open where the state of the tree below has other commands', async () => {
      const { anna, sentTexts } = guardedBy();
      await anna.sends('/open');
      await anna.sends('/order');
      await anna.sends('/note');
      await anna.sends('tea');
      expect(sentTexts()).toEqual(['opened', 'What?', 'Not for you.', 'Ordered tea']);
    });

    it('are rejected in the same words without another scene', async () => {
      const { anna } = guardedBy();
      await anna.sends('/ban');
      anna.sees('Not for you.');
    });
  });

  it('wait for a payment that was approved, and count again once it is made', async () => {
    const desk = commandTree('desk');
    desk.root.command('warn').action(({ say }) => say('warned'));
    const { tg, sent, checksOut, pays } = openShop(framework, { initial: desk as never }, [
      desk,
      payOnce,
    ]);
    const anna = tg.user('Anna');
    await anna.sends('/pay');
    const charge = sent();
    expect(await checksOut(anna.id, charge)).toBe(true);
    await anna.sends('/warn');
    await pays(anna.id, charge);
    anna.sees('Thanks');
    await anna.sends('/warn');
    anna.sees('warned');
  });

  it('leave what is open if they are help, or commands of the bot', async () => {
    for (const command of ['/help', '/other']) {
      const { anna } = start();
      await anna.sends('/order');
      await anna.sends(command);
      anna.sees('of the bot');
      await anna.sends('tea');
      anna.sees('Ordered tea');
    }
  });
});
