/** A chat with a machine: what one or several users send and press, and what they see. */

import type { BotPort, UpdateMachine } from '../../src/adapter.ts';
import { createMachine } from '../../src/adapter.ts';
import type { Clock, FsmStorage, MachineOptions, RawUpdate } from '../../src/index.ts';
import { memoryStorage } from '../../src/index.ts';

/** A clock that stands still until it is moved. */
export interface StandingClock {
  now(): number;
  monotonic(): number;
  setTimeout(): void;
  clearTimeout(): void;
  pass(ms: number): void;
}

/** A message that the bot sent, with the keyboard below it. */
export interface Shown {
  readonly message_id: number;
  readonly text: string;
  readonly payload: Record<string, unknown>;
  /** Labels of inline buttons by their data. */
  buttons: readonly (readonly [label: string, data: string])[];
}

/** What a press tells about its message. */
type Pressed = Pick<Shown, 'message_id' | 'buttons'>;

/** A call of the Bot API. */
export interface Call {
  readonly method: string;
  readonly payload: Record<string, unknown>;
}

/** Options of a chat's machine. */
export type ChatOptions = Omit<
  MachineOptions<readonly [], readonly [], unknown, string>,
  'states' | 'clock'
> & { readonly scenes?: readonly object[]; readonly services?: object };

/** Starts a chat with a bot that has these flows. */
export function chat(
  flows: readonly object[],
  options: ChatOptions = {},
  storage?: FsmStorage | ((clock: Clock) => FsmStorage),
) {
  let time = 1_700_000_000_000;
  const clock: StandingClock = {
    now: () => time,
    monotonic: () => time,
    setTimeout() {},
    clearTimeout() {},
    pass(ms) {
      time += ms;
    },
  };
  // a deploy finds what the version before has kept
  const kept =
    typeof storage === 'function'
      ? storage(clock as never)
      : (storage ?? memoryStorage({ clock: clock as never }));
  const calls: Call[] = [];
  const shown: Shown[] = [];
  let looked = 0;
  const passed: RawUpdate[] = [];
  const ids = { update: 0, message: 0 };
  const fails: { on?: (call: Call) => unknown } = {};
  const port: BotPort = {
    id: 7,
    username: 'the_bot',
    async call(method, payload) {
      const call = { method, payload: payload as Record<string, unknown> };
      const failure = fails.on?.(call);
      if (failure !== undefined) throw failure;
      calls.push(call);
      const message_id = ++ids.message;
      if (method === 'editMessageReplyMarkup') {
        const edited = shown.find((one) => one.message_id === call.payload['message_id']);
        if (edited) edited.buttons = inlineButtons(call.payload['reply_markup']);
      } else if (method.startsWith('send')) {
        const text = String(call.payload['text'] ?? call.payload['caption'] ?? method);
        const buttons = inlineButtons(call.payload['reply_markup']);
        shown.push({ message_id, text, payload: call.payload, buttons });
      }
      return { message_id };
    },
  };
  const make = (list: readonly object[]): UpdateMachine =>
    createMachine({
      states: list as never,
      clock,
      storage: kept,
      ...(options as object),
    } as never) as never;
  let machine = make(flows);
  machine.connect(port as never);
  const rest = (update: RawUpdate) => async () => void passed.push(update);
  const give = (fields: object) => {
    const update = { update_id: ++ids.update, ...fields } as RawUpdate;
    return machine.handle(update, port, rest(update)).then(() => update);
  };

  function user(id: number, where: number = id) {
    const from = { id, is_bot: false, first_name: `User ${id}` };
    const place = { id: where, type: where < 0 ? 'supergroup' : 'private' };
    const message = (fields: object) => ({
      message_id: ++ids.message,
      date: 1,
      from,
      chat: place,
      ...fields,
    });
    return {
      id,
      sends: (text: string) => give({ message: message({ text }) }),
      sendsMessage: (fields: object) => give({ message: message(fields) }),
      edits: (message_id: number, text: string) =>
        give({ edited_message: { ...message({ text }), message_id, edit_date: 2 } }),
      gives: give,
      /** Presses the last button with this label, or on the given message. */
      taps(label: string, on?: Shown) {
        const under =
          on ?? [...shown].reverse().find((one) => one.buttons.some(([own]) => own === label));
        const data = under?.buttons.find(([own]) => own === label)?.[1];
        if (under === undefined || data === undefined)
          throw new Error(`There is no button ${label}`);
        return this.presses(data, under);
      },
      /** Presses a button with this data; the pressed message has its keyboard, as Telegram adds it, by default one with this button. */
      presses(
        data: string,
        { message_id, buttons }: Pressed = { message_id: 1, buttons: [[data, data]] },
      ) {
        const rows = buttons.map(([text, callback_data]) => [{ text, callback_data }]);
        const reply_markup = { inline_keyboard: rows };
        const message = { message_id, date: 1, chat: place, text: '…', reply_markup };
        const query = { id: `q${ids.update}`, from, chat_instance: 'c', data, message };
        return give({ callback_query: query });
      },
    };
  }

  return {
    user,
    calls,
    shown,
    passed,
    fails,
    clock,
    port,
    get machine() {
      return machine;
    },
    /** The texts that were sent since the last call. */
    newTexts(): readonly string[] {
      const texts = shown.slice(looked).map(({ text }) => text);
      looked = shown.length;
      return texts;
    },
    /** Telegram sends an update again. */
    redeliver: (update: RawUpdate) => machine.handle(update, port, rest(update)),
    last: () => shown[shown.length - 1] as Shown,
    answers: () =>
      calls
        .filter(({ method }) => method === 'answerCallbackQuery')
        .map(({ payload }) => payload['text'] as string | undefined),
    data: async (id: number) => (await machine.at({ user: id }).peek())?.data,
    state: async (id: number) => (await machine.at({ user: id }).peek())?.current ?? null,
    /** Another version of the bot takes over. */
    deploys(list: readonly object[]) {
      machine = make(list);
      machine.connect(port as never);
    },
    async passes(ms: number) {
      clock.pass(ms);
      await machine.sweep();
    },
  };
}

function inlineButtons(markup: unknown): readonly (readonly [string, string])[] {
  const rows = (markup as { inline_keyboard?: { text: string; callback_data?: string }[][] })
    ?.inline_keyboard;
  return (rows ?? []).flat().map(({ text, callback_data = '' }) => [text, callback_data] as const);
}
