/** The bot under test: states, scenes of the framework, nodes, a view and flows. Each handler and hook performs the next script. */

import { type FsmContext, flow, scene, state, states, typed } from '@telefsm/core';
import type { AnyFsm, BotUnderTest, Framework, Options, Talk } from '../frameworks.ts';
import { shown } from './notes.ts';
import type { Hands, Names, Performer } from './performer.ts';

/** One process of the bot. */
export interface Process {
  readonly bot: BotUnderTest;
  readonly machine: AnyFsm;
  /** Performs the next script in a turn that begins outside of the bot. */
  perform(place: string, hands: Hands): Promise<unknown>;
}

/**
 * Starts a process.
 *
 * @param hasInitial - whether conversations begin in the node N
 */
export function startProcess(
  framework: Framework,
  performer: Performer,
  { hasInitial, ...options }: Options & { readonly hasInitial: boolean },
): Process {
  const perform = (place: string, hands: Hands) => performer.perform(place, hands, names);
  const performTalk = async (place: string, talk: Talk) => {
    await perform(place, {
      get state() {
        return talk.fsm as FsmContext;
      },
      update: (talk.ctx as { readonly update?: object }).update,
      reply: (text) => sendTo(talk.ctx, text),
    });
  };

  const Form = states('Form', { a: state(), b: state(), c: state() });

  const A = framework.scene('A');
  A.enter((talk) => performTalk('A.enter', talk));
  A.leave((talk) => performTalk('A.leave', talk));
  A.resume((talk) => performTalk('A.resume', talk));
  A.use((talk, next) => (talk.text === 'x' ? performTalk('A', talk) : next()));

  const B = framework.scene('B', { states: states('Bs', { one: state(), two: state() }) });
  B.enter((talk) => performTalk('B.enter', talk));
  B.use((talk, next) => (talk.text === 'x' ? performTalk('B', talk) : next()));

  const session = typed<{ p?: number }>();
  const N = scene('N', { session, timeout: '1m' }).on({
    enter: async (turn) => {
      await perform('N.enter', turn);
      return `N ${shown(turn.data)}`;
    },
    handle: (turn) => perform('N', turn),
    resume: (turn) => perform('N.resume', turn),
    leave: async (turn) => {
      await perform(`N.leave ${turn.reason}`, turn);
      return 'Bye, N';
    },
    timeout: (turn) => perform('N.timeout', turn),
  });

  const V = scene('V', { session, data: typed<{ on?: boolean }>() }).on({
    view: ({ data, session, button, toggle }) => ({
      text: `V ${shown(data)} ${shown(session)}`,
      rows: [[button('b', 'B', (turn) => perform('V.button', turn))], toggle('on', 'On')],
    }),
    handle: (turn) => perform('V', turn),
    leave: async (turn) => {
      await perform(`V.leave ${turn.reason}`, turn);
    },
  });

  const F = flow('F', {
    trigger: '/f',
    early: 'answer',
    controls: ['back', 'cancel'],
    timeout: '1h',
    session,
  })
    .ask('name', { prompt: 'Name?' })
    .ask('size', { prompt: 'Size?', choices: ['S', 'M'] })
    .done(
      async (answers, turn) => {
        await perform('F.done', turn);
        return `F ${shown(answers)}`;
      },
      {
        canceled: async (_, turn) => {
          await perform('F.canceled', turn);
          return 'F is canceled';
        },
      },
    );

  const R = flow('R', {
    trigger: '/r',
    early: 'answer',
    controls: ['back', 'cancel'],
    prompts: 'edit',
  })
    .repeat('items', { each: (item) => item.ask('item', { prompt: 'Item?' }), again: 'More?' })
    .confirm({ prompt: (answers) => `${shown(answers)}?`, edit: true })
    .done((answers) => `R ${shown(answers)}`);

  const scenes = { A: A.scene, B: B.scene, N, V, F, R };
  const names: Names = { state: (name) => Form[name], scene: (name) => scenes[name] };

  const bot = framework.bot();
  bot.noteErrors();
  const machine = bot.fsm({
    ...options,
    states: [Form, N, V, F, R],
    scenes: [A.scene, B.scene],
    onTimeout: async (turn) => {
      await perform('timeout', turn);
    },
    ...(hasInitial && { initial: N as never }),
  });
  machine.connect(bot.bot as never);
  bot.use(async (talk) => {
    // a press that is not of the bot has no text to answer
    if (!('callback_query' in (talk.ctx as { readonly update: object }).update))
      await performTalk('the bot', talk);
  });
  return { bot, machine, perform };
}

interface Sender {
  sendMessage(chat: number, text: string): Promise<unknown>;
}

interface ContextOfEither {
  readonly update: Readonly<Record<string, { readonly chat?: { readonly id: number } } | number>>;
  /** grammY. */
  readonly api?: Sender;
  /** Telegraf. */
  readonly telegram?: Sender;
}

/** Sends a message to the chat of an update: `ctx.reply()` of Telegraf is missing in business chats. */
function sendTo(ctx: object, text: string): Promise<unknown> {
  const { update, api, telegram } = ctx as ContextOfEither;
  const chat = Object.values(update).find((payload) => Object(payload).chat !== undefined);
  return ((api ?? telegram) as Sender).sendMessage(Object(chat).chat?.id ?? 1001, text);
}
