/** The bot of the random updates: every kind of scene, and steps of every kind of input. It handles no error. */

import { commandTree } from '@telefsm/commands';
import { flow, invalid, scene, state, states, typed, type UserInput } from '@telefsm/core';
import { album, contact, photo, type Sendable } from '@telefsm/testing';
import type { AnyFsm, BotUnderTest, Options } from './frameworks.ts';

const group = -1_001_000_000_001;
const Form = states('Form', { open: state() });

const order = flow('order', {
  trigger: '/order',
  deepLink: 'o_',
  controls: ['back', 'cancel'],
  editedMessages: 'update',
  prompts: 'removeKeyboards',
})
  .ask('name', { prompt: 'Name?', validate: (text) => (text.length > 1 ? text : invalid('No.')) })
  .ask('size', { prompt: ({ name }) => `Size, ${name}?`, choices: ['S', 'M', 'L'] })
  .ask('toppings', {
    prompt: 'Toppings?',
    choices: Array.from({ length: 30 }, (_, at) => `T${at}`),
    multiple: true,
  })
  .ask('anything', { prompt: 'Anything else?', accept: 'any', optional: true })
  .repeat('guests', { each: (guest) => guest.ask('guest', { prompt: 'Guest?' }), again: 'More?' })
  .confirm({ prompt: (answers) => JSON.stringify(answers).slice(0, 5000), edit: true })
  .done(({ name }) => `Thank you, ${name}.`, { from: (argument) => ({ name: argument }) });

const media = flow('media', { trigger: '/media', otherInput: 'pass' })
  .ask('photos', { prompt: 'Photos?', accept: { album: 'photo' } })
  .ask('own', { prompt: 'Contact?', accept: 'own_contact', share: 'Share', back: true })
  .ask('kind', { prompt: 'Kind?', choices: ['a', 'b'], buttons: 'reply' })
  .ask('paid', {
    prompt: {
      method: 'sendInvoice',
      payload: {
        title: 'T',
        description: 'D',
        currency: 'XTR',
        prices: [{ label: 'T', amount: 1 }],
      },
    },
    accept: 'payment',
  })
  .done(() => 'Done.');

const count = flow('count', { trigger: '/count', deepLink: 'c_', data: typed<{ n: number }>() })
  .ask('all', { prompt: ({ n }) => `All ${n}?`, validate: Number as never })
  .ask('friends', { prompt: 'Who?', accept: 'users_shared', share: 'Pick' })
  .done(() => 'Counted.', { from: (argument) => ({ n: Number(argument) }) });

/** Votes, and a question that somebody else answers in the group. */
const vote = flow('vote', { trigger: '/vote' })
  .ask('lunch', {
    prompt: {
      method: 'sendPoll',
      payload: { question: 'Lunch?', options: [{ text: 'Soup' }], is_anonymous: false },
    },
    accept: ['poll_answer', 'poll', 'text'],
  })
  .ask('verdict', {
    to: { chat: group },
    prompt: ({ lunch }) => `Is ${JSON.stringify(lunch).slice(0, 99)} fine?`,
    choices: ['Fine', 'No'],
    meanwhile: 'I have asked.',
    answered: (verdict) => `${verdict}.`,
  })
  .done(({ verdict }) => `${verdict}.`);

/** One message with widgets, and texts that are found in texts. */
const trip = flow('trip', {
  trigger: '/trip',
  prompts: 'edit',
  data: typed<{ picked?: string }>(),
})
  .ask('who', { prompt: 'Who?', accept: ['text', 'contact'] })
  .ask('day', {
    prompt: 'Day?',
    accept: ['date', 'text'],
    rows: (_, { calendar, button, redo, cancel }) => [
      calendar('picked', { min: '2026-01-05', max: '2026-03-01' }),
      [button('again', 'Again', redo('who')), button('stop', 'Stop', cancel())],
    ],
  })
  .ask('mail', { prompt: 'Mail?', accept: ['email', 'web_app', 'number'] })
  .ask('notes', { prompt: 'Notes?', accept: { burst: ['text', 'photo'], quiet: '1s' } })
  .done(({ notes }) => `${notes.length} notes.`);

// everything but commands: a node that takes those takes /cancel, too
const accept = ['text', 'button', 'photo', 'contact', 'location', 'payment', 'message'] as const;
const echo = scene('echo', { accept }).on({
  enter: ({ data }) => `Echo ${JSON.stringify(data).slice(0, 200)}`,
  handle: ({ answer, again }) => again({ last: answer } as never),
});

/** A picker that tests, as a bot of plain JavaScript may have it. */
const picky = scene('picky', {
  accept: ({ kind }: UserInput) => (kind === 'photo') as never,
}).on({
  enter: () => 'A photo?',
  handle: ({ answer, again }) => again({ last: answer } as never),
});

const shop = scene('shop', {
  accept: ['text', 'photo'],
  data: typed<{ n: number; on: boolean; size?: 'S' | 'L'; many: string[]; day?: string }>(),
  afterInput: 'resend',
  deleteInput: true,
}).on({
  view: ({ data, button, toggle, counter, radio, multi, pages, calendar, again, leave }) => ({
    text: `Shop ${JSON.stringify(data).slice(0, 300)}`,
    rows: [
      counter('n', { min: 0, max: 9 }),
      toggle('on', 'On', { after: () => {} }),
      radio('size', ['S', 'L']),
      multi('many', ['a', 'b', 'c'], { max: 2 }),
      pages(
        'list',
        Array.from({ length: 25 }, (_, at) => at),
        (n) => button(`i${n}`, `Item ${n}`, again({ n })),
        { size: 5 },
      ),
      calendar('day'),
      [
        button('rejected', 'Refused', again({ n: Number.NaN })),
        button('leave', 'Leave', () => leave()),
      ],
    ],
  }),
  handle: ({ input, again, stay }) =>
    input.kind === 'text' ? again({ n: Number(input.text) }) : stay(),
});

const tree = commandTree('tree');
tree.root
  .command('add')
  .option('n', { prompt: 'How many?' })
  .action(({ say }) => say('Added.'));

/** What users who go along answer to a question, by the beginning of its text. */
export const willingAnswers: readonly (readonly [
  question: RegExp,
  answers: readonly [string | Sendable, ...(string | Sendable)[]],
])[] = [
  [/^Name/, ['Ann']],
  [/^Size/, ['S', 'M']],
  [/^Toppings/, ['T1', 'T25', 'Done']],
  [/^Anything/, ['Nothing', photo()]],
  [/^Guest/, ['Bob']],
  [/^More/, ['Yes', 'No']],
  [/^Photos/, [photo(), album(photo(), photo({ caption: 'Two' }))]],
  [/^Contact/, [contact('+4930123456')]],
  [/^Kind/, ['a', 'b']],
  [/^All/, ['5']],
  [/^Day/, ['2026-01-07', 'today']],
  [/^Mail/, ['a@b.c', '7']],
  [/^Notes/, ['One', photo()]],
  [/^A photo/, [photo()]],
  [/^Shop/, ['3']],
];

/** Where they begin. */
export const beginnings = ['/order', '/media', '/count five', '/vote', '/trip', '/shop', '/echo'];

/** Installs the machine, and the bot's own commands. */
export function randomBot(bot: BotUnderTest, options: Options): AnyFsm {
  const machine = bot.fsm({
    ...options,
    states: [order, media, count, vote, trip, echo, picky, shop, tree, Form],
  });
  bot.use(({ fsm, ctx }, next) => {
    const text = commandIn((ctx as { readonly update: object }).update);
    if (fsm.key === undefined || text === undefined) return next();
    if (text === '/echo') fsm.enter(echo);
    else if (text === '/picky') fsm.enter(picky);
    else if (text === '/shop') fsm.enter(shop, { n: 1, on: false, many: [] });
    else if (text === '/tree') fsm.enter(tree);
    else if (text === '/form') fsm.set(Form.open);
    else if (text === '/cancel') fsm.cancel();
    return next();
  });
  return machine;
}

/** The text of a message of any type. */
function commandIn(update: object): string | undefined {
  for (const payload of Object.values(update)) {
    const text: unknown = Object(payload).text;
    if (typeof text === 'string') return text;
  }
  return undefined;
}
