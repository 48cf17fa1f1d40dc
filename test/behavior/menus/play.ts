/** The same menu on libraries that edit one message, played in the same ways: what users see afterwards. */

/** Carries out a call of the Bot API. */
export type Call = (method: string, payload: Record<string, unknown>) => Promise<unknown>;

/**
 * A library with the menu of the comparison: it shows `n = 0` with the buttons `Up`, `Details` and, while `n` is 0, `Double`; `Fail` sets
 * `n` to 99 and throws. /menu opens it.
 */
export interface Peer {
  /** A storage that processes of one bot share. */
  storage(): unknown;
  /** A process of the bot. What it throws counts as handled by the bot's error handler. */
  process(storage: unknown, call: Call): Promise<{ handle(update: object): Promise<void> }>;
}

/** The numbers that users see, by case. The first three begin at `n = 1`, the others at `n = 0`. */
export interface Seen {
  /** Two devices press `Up` at once. */
  readonly race: string;
  /** The same, and two processes handle the presses. */
  readonly processes: string;
  /** A press is delivered again, after a restart. */
  readonly redelivery: string;
  /** `Up` after a restart. */
  readonly restart: string;
  /** `Double`, which was offered before `Up`, pressed with an old copy of the message. */
  readonly gone: string;
  /** `Up` below the first of two menus. */
  readonly old: string;
  /** Another member of the group presses `Up`. */
  readonly stranger: string;
  /** `Up` when the message cannot be edited. */
  readonly uneditable: string;
  /** `Up` after `Fail`, which has changed `n` and thrown. */
  readonly failure: string;
  /** `Up` after an `Up` whose edit was lost in the network. */
  readonly lostEdit: string;
}

interface Message {
  readonly id: number;
  readonly chat: number;
  text: string;
  markup: { readonly inline_keyboard?: readonly (readonly object[])[] } | undefined;
}

const anna = { id: 1001, is_bot: false, first_name: 'Anna', language_code: 'en' };
const ben = { id: 1002, is_bot: false, first_name: 'Ben', language_code: 'en' };
const group = -1_001_234;

/** A chat with the menu. */
async function open(peer: Peer) {
  const storage = peer.storage();
  const messages: Message[] = [];
  const answers: unknown[] = [];
  let failing: unknown;
  let ids = 0;
  const call: Call = async (method, payload) => {
    // two processes take turns at every call
    await new Promise((resolve) => setImmediate(resolve));
    if (method === 'getMe') return { id: 1, is_bot: true, first_name: 'Bot', username: 'test_bot' };
    if (method === 'answerCallbackQuery') answers.push(payload['text']);
    const [chat, id] = [Number(payload['chat_id']), Number(payload['message_id'])];
    const at = messages.findIndex((each) => each.id === id && each.chat === chat);
    if (method === 'sendMessage') {
      const made = { id: ++ids, chat, text: String(payload['text']), markup: undefined };
      const markup = payload['reply_markup'] as Message['markup'];
      messages.push(Object.assign(made, { markup }));
      return raw(messages.at(-1) as Message);
    }
    if (method === 'deleteMessage' && at >= 0) messages.splice(at, 1);
    if (method.startsWith('edit')) {
      if (failing !== undefined) {
        const error = failing;
        failing = undefined;
        throw error;
      }
      const message = messages[at];
      if (message === undefined) throw rejection('Bad Request: message to edit not found');
      if (payload['text'] !== undefined) message.text = String(payload['text']);
      message.markup = payload['reply_markup'] as Message['markup'];
      return raw(message);
    }
    return true;
  };
  const raw = ({ id, chat, text, markup }: Message) => ({
    message_id: id,
    date: 1,
    chat:
      chat < 0
        ? { id: chat, type: 'supergroup', title: 'Team' }
        : { id: chat, type: 'private', first_name: 'Anna' },
    text,
    ...(markup && { reply_markup: structuredClone(markup) }),
  });
  let process = await peer.process(storage, call);
  const handle = (update: object, by = process) => by.handle(update).catch(() => {});
  const message = (from: typeof anna, chat: number) => ({
    update_id: ++ids,
    message: {
      message_id: ++ids,
      date: 1,
      from,
      chat: raw({ id: 0, chat, text: '', markup: undefined }).chat,
      text: '/menu',
      entities: [{ type: 'bot_command', offset: 0, length: 5 }],
    },
  });
  const buttonsOf = ({ reply_markup: markup }: ReturnType<typeof raw>) =>
    (
      (markup?.inline_keyboard ?? []) as readonly (readonly {
        text: string;
        callback_data: string;
      }[])[]
    ).flat();
  const menu = () => raw(messages.findLast(({ markup }) => markup !== undefined) as Message);
  const press = (label: string, on = menu(), from = anna) => ({
    update_id: ++ids,
    callback_query: {
      id: `q${++ids}`,
      from,
      chat_instance: '1',
      data: buttonsOf(on).find(({ text }) => text === label)?.callback_data ?? `no ${label}`,
      message: on,
    },
  });
  return {
    handle,
    press,
    answers,
    messages,
    opens: (from = anna, chat = anna.id) => handle(message(from, chat)),
    menu,
    /** Another process on the same storage. */
    another: () => peer.process(storage, call),
    async restarts() {
      process = await peer.process(storage, call);
    },
    fails: (error: unknown) => {
      failing = error;
    },
    /** The messages in the chat, oldest first. */
    screen: () =>
      messages
        .map((each) => `${each.text}${buttonsOf(raw(each)).length === 0 ? ' (no buttons)' : ''}`)
        .join(' | '),
  };
}

/** An error as Telegram answers. */
export class Rejected extends Error {
  readonly error_code = 400;
  readonly description: string;
  constructor(description: string) {
    super(description);
    this.description = description;
  }
}
const rejection = (description: string) => new Rejected(description);

/** Plays every case on a library. */
export async function playMenu(peer: Peer): Promise<Seen> {
  const opened = async () => {
    const made = await open(peer);
    await made.opens();
    return made;
  };
  const at1 = async () => {
    const made = await opened();
    await made.handle(made.press('Up'));
    return made;
  };
  const race = await at1();
  await Promise.all([race.handle(race.press('Up')), race.handle(race.press('Up'))]);

  const processes = await at1();
  const other = await processes.another();
  const [first, second] = [processes.press('Up'), processes.press('Up')];
  await Promise.all([processes.handle(first), processes.handle(second, other)]);

  const redelivery = await at1();
  const press = redelivery.press('Up');
  await redelivery.handle(press);
  await redelivery.restarts();
  await redelivery.handle(press);

  const restart = await opened();
  await restart.restarts();
  await restart.handle(restart.press('Up'));

  const gone = await opened();
  const before = gone.menu();
  await gone.handle(gone.press('Up'));
  await gone.handle(gone.press('Double', before));

  const old = await opened();
  const older = old.menu();
  await old.opens();
  await old.handle(old.press('Up', older));

  const stranger = await open(peer);
  await stranger.opens(anna, group);
  await stranger.handle(stranger.press('Up', stranger.menu(), ben));

  const uneditable = await opened();
  uneditable.fails(rejection("Bad Request: message can't be edited"));
  await uneditable.handle(uneditable.press('Up'));

  const failure = await opened();
  await failure.handle(failure.press('Fail'));
  await failure.handle(failure.press('Up'));

  const lostEdit = await opened();
  lostEdit.fails(new TypeError('fetch failed'));
  await lostEdit.handle(lostEdit.press('Up'));
  await lostEdit.handle(lostEdit.press('Up'));

  return {
    race: race.screen(),
    processes: processes.screen(),
    redelivery: redelivery.screen(),
    restart: restart.screen(),
    gone: gone.screen(),
    old: old.screen(),
    stranger: stranger.screen(),
    uneditable: uneditable.screen(),
    failure: failure.screen(),
    lostEdit: lostEdit.screen(),
  };
}
