/** Plays random presses, failing edits and dying processes on a bot with two views, beside the model of it. */

import { type FsmStorage, scene, typed } from '@telefsm/core';
import { type Shown, telegram } from '@telefsm/testing';
import fc from 'fast-check';
import type { Framework } from '../behavior/frameworks.ts';
import { items, type Model, offered, opened, pageSize, pressed, textOf } from './views-model.ts';

interface Data {
  readonly n: number;
  readonly on: boolean;
  readonly picked: number;
}

const Main = scene('main', { data: typed<Data>() }).on({
  view: async ({ data: { n, on, picked }, page, pages, button, toggle, again, call, leave }) => {
    const shown = await page('items', items, { size: pageSize });
    return {
      text: `n=${n} on=${on} picked=${picked} page=${shown.page}`,
      rows: [
        button('up', 'Up', again({ n: n + 1 })),
        toggle('on', 'On'),
        pages('items', shown, (item) =>
          button(`item${item}`, `Item ${item}`, call(Card, { item }, { into: 'picked' })),
        ),
        button('quit', 'Quit', leave()),
      ],
    };
  },
});
const Card = scene('card', { data: typed<{ item: number }>(), result: typed<number>() }).on({
  view: ({ data: { item }, button, leave }) => ({
    photo: 'photo-id',
    caption: 'A card',
    rows: [button('ok', 'OK', leave(item))],
  }),
});

/** Where a process dies: at which statement of the storage, and whether that one was executed. */
export interface Death {
  readonly at: number;
  readonly isExecuted: boolean;
}

/** One thing that happens. */
export type Action =
  | { readonly kind: 'press'; readonly button: number; readonly death: Death | undefined }
  | { readonly kind: 'redelivered'; readonly button: number }
  | { readonly kind: 'two devices'; readonly buttons: readonly [number, number] }
  | { readonly kind: 'old press'; readonly message: number; readonly button: number }
  | { readonly kind: 'forged'; readonly data: string }
  | { readonly kind: 'talk'; readonly death: Death | undefined }
  | {
      readonly kind: 'failure';
      readonly method: string;
      readonly failure: 'gone' | 'blocked' | 'limited' | 'unreachable' | 'lost answer';
      readonly button: number;
    };

const deaths = fc.option(
  fc.record({ at: fc.integer({ min: 1, max: 4 }), isExecuted: fc.boolean() }),
  { nil: undefined, freq: 2 },
);
const button = fc.nat({ max: 9 });

/** Something that happens, and the update that comes next. */
export interface Happening {
  readonly action: Action;
  readonly next: 'a message' | 'a press';
}

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('press' as const), button, death: deaths }),
  },
  fc.record({ kind: fc.constant('redelivered' as const), button }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('two devices' as const),
      buttons: fc.tuple(button, button),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('old press' as const),
      message: fc.nat({ max: 30 }),
      button,
    }),
  },
  fc.record({
    kind: fc.constant('forged' as const),
    data: fc.constantFrom('up', 'item9', 'items>7', 'on=2', 'ok', ''),
  }),
  fc.record({ kind: fc.constant('talk' as const), death: deaths }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('failure' as const),
      method: fc.constantFrom(
        'editMessageText',
        'editMessageMedia',
        'editMessageReplyMarkup',
        'sendMessage',
        'deleteMessage',
        'answerCallbackQuery',
      ),
      failure: fc.constantFrom(
        'gone' as const,
        'blocked' as const,
        'limited' as const,
        'unreachable' as const,
        'lost answer' as const,
      ),
      button,
    }),
  },
);

/** All events, in any order. */
export const happenings: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.record({ action, next: fc.constantFrom('a message' as const, 'a press' as const) }),
  { maxLength: 15 },
);

/** A storage of one process, which dies. */
function mortal(storage: FsmStorage) {
  let left = Number.POSITIVE_INFINITY;
  let isExecuted = false;
  let died = () => {};
  const holders = new Map<string, { readonly token: string; readonly fence: number }>();
  const never = new Promise<never>(() => {});
  const statement = async <R>(execute: () => R): Promise<Awaited<R>> => {
    left--;
    if (left > 0) return await execute();
    if (left === 0) {
      if (isExecuted) await execute();
      died();
    }
    return never;
  };
  const living: FsmStorage = Object.assign(Object.create(storage), {
    acquire: (key: string, options: Parameters<FsmStorage['acquire']>[1]) =>
      statement(async () => {
        const answer = await storage.acquire(key, options);
        if ('fence' in answer && !('busy' in answer))
          holders.set(key, { token: options.token, fence: answer.fence });
        return answer;
      }),
    commit: (...given: Parameters<FsmStorage['commit']>) =>
      statement(async () => {
        const [key, holder, , keep] = given;
        const answer = await storage.commit(...given);
        if (keep !== undefined) holders.set(key, { token: holder.token, fence: holder.fence + 1 });
        return answer;
      }),
    release: (...given: Parameters<FsmStorage['release']>) =>
      statement(() => storage.release(...given)),
    renew: (...given: Parameters<FsmStorage['renew']>) => statement(() => storage.renew(...given)),
  });
  return {
    storage: living,
    /** Dies at a statement that is to come; resolves when it has. */
    dies(death: Death): Promise<void> {
      left = death.at;
      ({ isExecuted } = death);
      return new Promise((resolve) => {
        died = resolve;
      });
    },
    lives(): void {
      left = Number.POSITIVE_INFINITY;
    },
    /** Its leases expire. */
    async lapse(): Promise<void> {
      for (const [key, holder] of holders) await storage.release(key, holder);
    },
  };
}

/** How Telegram rejects a call. The limit is over at once, since nothing here has a clock. */
const rejections = {
  gone: { error_code: 400, description: 'Bad Request: message to edit not found' },
  blocked: { error_code: 403, description: 'Forbidden: bot was blocked by the user' },
  limited: {
    error_code: 429,
    description: 'Too Many Requests: retry after 0',
    parameters: { retry_after: 0 },
  },
};

/** Plays actions; throws where the message and the record do not agree with the model after the next update. */
export async function playViews(
  framework: Framework,
  storage: FsmStorage,
  given: readonly Happening[],
): Promise<void> {
  let life = mortal(storage);
  const make = () => {
    life = mortal(storage);
    const bot = framework.bot();
    bot.noteErrors();
    const machine = bot.fsm({ states: [Main, Card], storage: life.storage });
    bot.command('open', ({ fsm }) => fsm.enter(Main, { n: 0, on: false, picked: -1 }));
    bot.use(() => {});
    return { bot: bot.bot, machine };
  };
  let { bot, machine } = make();
  const world = telegram(bot, { patience: Number.POSITIVE_INFINITY });
  const anna = world.user('Anna');
  let model: Model = { ...opened, at: 'nowhere' };
  let queries = 0;
  const history: { readonly shown: Shown; readonly model: Model }[] = [];

  const current = () => anna.screen().findLast(({ buttons }) => buttons.length > 0);
  const buttonsOf = ({ message }: Shown) =>
    (message.reply_markup?.inline_keyboard ?? [])
      .flat()
      .map((each) => String(each['callback_data']));
  const headOf = (shown: Shown) => (buttonsOf(shown)[0] as string).replace(/\.v=.*$/, '.v=');
  const idOf = (data: string) => data.slice(data.lastIndexOf('.v=') + 3);
  /** Presses data below a message as it is now. */
  const press = async (data: string, on: Shown): Promise<unknown> => {
    const now = anna.screen().find(({ message_id }) => message_id === on.message_id);
    const { chat, message_id } = on.message;
    const message = structuredClone(now?.message ?? { chat, message_id, date: 0 });
    const query = { id: `q${++queries}`, from: anna.raw, chat_instance: '1', data, message };
    return world.update({ callback_query: query } as never);
  };
  /** A press while Telegram and the process work: it is answered once, and edits at most one message. */
  const pressOnce = async (data: string, on: Shown): Promise<void> => {
    const before = world.calls.length;
    await press(data, on);
    const made = world.calls.slice(before).map(({ method }) => method);
    const answers = made.filter((method) => method === 'answerCallbackQuery').length;
    const edits = made.filter((method) => method.startsWith('edit')).length;
    if (answers === 1 && edits <= 1) return;
    throw new Error(`A press of '${data}' made the calls ${made.join(', ')}.`);
  };
  /** A process may crash during an action; the next process gets the unfinished updates. */
  const within = async (action: () => Promise<unknown>, death: Death | undefined) => {
    const died = death && life.dies(death);
    const done = action().catch(() => {});
    const isDead = await Promise.race(
      [died?.then(() => true), done.then(() => false)].filter(Boolean),
    );
    if (isDead !== true) return life.lives();
    await life.lapse();
    await world.restart(() => {
      const made = make();
      ({ bot, machine } = made);
      return made.bot as never;
    });
  };
  /** The next update; then what is shown, what is stored and the model agree. */
  const agree = async (possible: readonly Model[], next: Happening['next'] = 'a message') => {
    const last = current();
    // a press of what the view does not offer
    if (next === 'a press' && last !== undefined)
      await press(`${headOf(last)}none`, last).catch(() => {});
    else await anna.sends('hello').catch(() => {});
    const stored = await machine.at({ user: anna.id }).peek();
    const shown = current();
    const isLike = (each: Model) => {
      if (each.at === 'nowhere') return stored === undefined;
      if (stored?.scene !== each.at || shown?.text !== textOf(each)) return false;
      const ids = buttonsOf(shown)
        .map(idOf)
        .filter((id) => id !== ' ');
      if (ids.join() !== sortedLike(ids, offered(each)).join()) return false;
      return (
        each.at === 'card' ||
        JSON.stringify(stored.data) ===
          JSON.stringify({ n: each.n, on: each.on, picked: each.picked })
      );
    };
    const found = possible.find(isLike);
    if (found === undefined) {
      throw new Error(
        `shown: ${shown?.text}; stored: ${JSON.stringify(stored)}; possible: ${JSON.stringify(possible)}\n${world.transcript()}`,
      );
    }
    model = found;
    if (shown !== undefined && model.at !== 'nowhere') history.push({ shown, model });
  };

  for (const { action, next } of given) {
    if (model.at === 'nowhere') {
      model = { ...opened, entry: model.entry + 1 };
      await anna.sends('/open').catch(() => {});
      await agree([model]);
    }
    const shown = current() as Shown;
    const all = buttonsOf(shown).filter((data) => idOf(data) !== ' ');
    const pick = (at: number) => all[at % all.length] as string;
    const after = (data: string) => pressed(model, idOf(data));
    switch (action.kind) {
      case 'press': {
        const data = pick(action.button);
        if (action.death === undefined) await pressOnce(data, shown);
        else await within(() => press(data, shown), action.death);
        await agree(action.death === undefined ? [after(data)] : [after(data), model], next);
        break;
      }
      case 'redelivered': {
        const data = pick(action.button);
        await pressOnce(data, shown);
        await world.redeliver();
        await agree([after(data)], next);
        break;
      }
      case 'two devices': {
        const [one, two] = action.buttons.map(pick) as [string, string];
        await Promise.all([press(one, shown), press(two, shown)]);
        const first = after(one);
        await agree(
          [
            first.at === model.at && first.entry === model.entry
              ? pressed(first, idOf(two))
              : first,
          ],
          next,
        );
        break;
      }
      case 'old press': {
        const old = history[action.message % history.length] as (typeof history)[number];
        const datas = buttonsOf(old.shown);
        const data = datas[action.button % datas.length] as string;
        await pressOnce(data, old.shown);
        const isOffered = old.shown.message_id === shown.message_id && all.includes(data);
        await agree([isOffered ? after(data) : model], next);
        break;
      }
      case 'forged': {
        const data = `${headOf(shown)}${action.data}`;
        await pressOnce(data, shown);
        await agree([all.includes(data) ? after(data) : model], next);
        break;
      }
      case 'talk':
        await within(() => anna.sends('hello'), action.death);
        await agree([model], next);
        break;
      case 'failure': {
        const { method, failure } = action;
        const isCut = failure === 'unreachable' || failure === 'lost answer';
        world.fails(method, isCut ? failure : rejections[failure]);
        const data = pick(action.button);
        await press(data, shown).catch(() => {});
        await agree([after(data)], next);
        break;
      }
    }
  }
  await machine.stop();
}

/** The ids in the order of the keyboard, if they are those that are offered. */
function sortedLike(shown: readonly string[], wanted: readonly string[]): readonly string[] {
  return shown.length === wanted.length ? shown.filter((id) => wanted.includes(id)) : wanted;
}
