/** One walk through a bot: a fresh world with it, in which moves are done one after the other and watched. */
import { memoryStorage, type RawUpdate } from '@telefsm/core';
import type { CommittedState } from '@telefsm/core/adapter';
import { boundTo } from '@telefsm/core/scene-kit';
import type { MovedBy } from '@telefsm/core/tools';
import type { ChatAddress } from '../cloud/chat-address.ts';
import type { ApiCall, Cloud, Query } from '../cloud/cloud.ts';
import type { RawButton } from '../cloud/raw.ts';
import type { Shown } from '../cloud/screen.ts';
import { allShown } from '../driver/looking.ts';
import { StillHandled } from '../driver/patience.ts';
import { privateChat } from '../driver/stage.ts';
import { openTelegram } from '../driver/telegram.ts';
import type { TestUser } from '../driver/user.ts';
import { textParameter } from '../methods/parameters.ts';
import { virtualClock } from '../virtual-clock.ts';
import type { Explored, ExploreWorld } from './explored.ts';
import { type Move, type Person, people, shareable } from './move.ts';
import { causeOf, isBare, onlyButtons } from './view.ts';

/** A way from one state to another; `null` is a conversation without one. `by` names the button or command that led there. */
export type Passage = readonly [from: string | null, to: string | null, by?: MovedBy];

/** The result of a move. */
export interface Outcome {
  readonly move: Move;
  /** The state of who moved, before. */
  readonly before: string | null;
  /** The state of who moved, after. */
  readonly after: string | null;
  /** Whether anybody could see that the bot took it. */
  readonly noticed: boolean;
  /** Of a press: whether the bot answered the query, and whether the button belonged to what is asked now. */
  readonly press: { readonly answered: boolean; readonly current: boolean } | undefined;
  /** Whether the user is in front of a view that only a command leads out of. */
  readonly isDeadEnd: boolean;
  /** The errors of the bot's code. */
  readonly errors: readonly unknown[];
  /** The inputs that the bot could not store, as observers got them. */
  readonly rejectedInputs: readonly unknown[];
  /** Calls that Telegram rejected. */
  readonly refusals: readonly ApiCall[];
  /** Those among them that an earlier move of this walk has tried too: a pending question is asked again. */
  readonly again: readonly ApiCall[];
}

/** A button that can be pressed. */
export interface AtHand {
  readonly label: string;
  readonly back: number;
  /** Whether it belongs to what is asked now. */
  readonly current: boolean;
}

/** A walk under way. */
export interface Walk {
  /** Does a move; `undefined` when it cannot be done here. */
  go(move: Move): Promise<Outcome | undefined>;
  state(who: Person): Promise<string | null>;
  /** The data of the conversation, as text. */
  data(who: Person): Promise<string>;
  /** Buttons that somebody sees or has seen, newest first; `now` is the state of that somebody. */
  buttons(who: Person, now: string | null): readonly AtHand[];
  /** Labels of the reply keyboard. */
  keys(who: Person): readonly string[];
  /** Everything that the bot has shown somebody. */
  shown(who: Person): readonly Shown[];
  /** Commands that the bot has set at Telegram. */
  commands(): readonly string[];
  /** Every passage so far, of anybody. */
  readonly passages: readonly Passage[];
  transcript(): string;
  end(): Promise<void>;
}

/** Starts a walk with a new bot. */
export async function startWalk(
  make: (world: ExploreWorld) => Explored | Promise<Explored>,
  chat: 'private' | 'group',
  patience: number | undefined,
): Promise<Walk> {
  const clock = virtualClock();
  const { bot, machine } = await make({ clock, storage: memoryStorage({ clock }) });
  const { world, cloud, port } = openTelegram(bot, {
    clock,
    updateId: 1, // the same walk for the same seed
    ...(patience === undefined ? {} : { patience }),
  });
  let isStuck = false;
  const errors = new Set<unknown>();
  const passages: Passage[] = [];
  /** The calls that Telegram has rejected, by method and payload. */
  const refused = new Set<string>();
  port.onError((error) => errors.add(error));
  /** The conversation that each user is in, and what was last committed of each. */
  const keys = new Map<number, string>();
  const committed = new Map<string, CommittedState>();
  const silent = onlyButtons(machine);
  /** The button or command of the move under way. */
  let by: MovedBy | undefined;
  machine?.observe(({ key, subject, from, to, cause }) => {
    if (subject.user !== undefined) keys.set(subject.user, key);
    committed.set(key, to);
    const why: MovedBy | undefined = cause === 'deadline' ? { kind: 'deadline', name: '' } : by;
    const ends = [idOf(from), idOf(to)] as const;
    passages.push(why === undefined ? ends : [...ends, why]);
    // a turn may commit again, to note which message it has sent
    by = undefined;
  });
  const unkept = new Set<unknown>();
  machine?.observe('inputRejected', ({ error }) => unkept.add(error));
  for (const event of ['deadlineFailed', 'sendFailed', 'poisoned'] as const) {
    machine?.observe(event, ({ error }) => errors.add(error));
  }
  const group = chat === 'group' ? world.group('Group') : undefined;
  const userOf = (who: Person): TestUser => {
    const user = world.user(who);
    return group === undefined ? user : user.in(group);
  };
  const addressOf = (who: Person): ChatAddress =>
    group?.['~address'](userOf(who).raw) ?? ownChat(userOf(who));
  const stands = async (who: Person): Promise<CommittedState> => {
    const key = keys.get(userOf(who).id);
    if (key === undefined || (await machine?.storage.peek(key)) === undefined) return nowhere;
    return committed.get(key) ?? nowhere;
  };
  const state = async (who: Person) => idOf(await stands(who));

  const shown = (who: Person) => allShown(cloud, addressOf(who));

  /** States in which messages were shown, by the showing. */
  const askedIn = new WeakMap<object, string | null>();

  function buttons(who: Person, now: string | null): readonly AtHand[] {
    const seen = shown(who).filter(({ message }) => inlineOf(message).length > 0);
    const newest = seen.at(-1);
    const standing = cloud.record(addressOf(who).chat).messages;
    const counts = new Map<string, number>();
    return seen.toReversed().flatMap((each) =>
      [...new Set(inlineOf(each.message).map(({ text }) => text))].map((label) => {
        const back = counts.get(label) ?? 0;
        counts.set(label, back + 1);
        const unchanged = standing.get(each.message_id)?.message === each.message;
        const current = each === newest && unchanged && (askedIn.get(each) ?? null) === now;
        return { label, back, current };
      }),
    );
  }

  /** Makes whom and what users may pick, where a button asks for it: before that nobody else is in the transcript. */
  function provide({ chat }: ChatAddress, text: string): void {
    const keys = cloud.record(chat).keyboard?.markup.keyboard?.flat() ?? [];
    const key = keys.find((each) => typeof each === 'object' && each.text === text);
    if (typeof key !== 'object') return;
    if (key['request_users'] !== undefined) for (const who of people) world.user(who);
    if (key['request_chat'] === undefined) return;
    cloud.record({ id: -1_000_000_000_901, type: 'supergroup', title: 'Another group' });
    cloud.record({ id: -1_000_000_000_902, type: 'channel', title: 'A channel' });
  }

  /** The callback data of a button at hand. */
  function pressedButton(who: Person, label: string, back: number): unknown {
    const on = showings(shown(who), label).at(-1 - back);
    return on && inlineOf(on.message).find(({ text }) => text === label)?.['callback_data'];
  }

  async function perform(move: Move): Promise<void> {
    switch (move.do) {
      case 'sends': {
        const user = userOf(move.who);
        if (!keysIn(cloud, addressOf(move.who)).includes(move.text)) return user.sends(move.text);
        provide(addressOf(move.who), move.text);
        return void (await user.taps(move.text));
      }
      case 'shares':
        return userOf(move.who).sends(shareable[move.what]?.() ?? move.what);
      case 'edits':
        return userOf(move.who).edits(move.text);
      case 'taps': {
        const { who, label, back } = move;
        const on = showings(shown(who), label).at(-1 - back);
        return void (await userOf(who).taps(label, on));
      }
      case 'waits':
        await clock.advance(move.time);
        return void (await machine?.sweep());
      case 'repeats':
        return world.redeliver();
    }
  }

  async function possible(move: Move): Promise<boolean> {
    if (move.do === 'repeats') return world.updates.length > 0;
    if (move.do === 'taps') return showings(shown(move.who), move.label).length > move.back;
    if (move.do !== 'edits') return true;
    const { id } = userOf(move.who);
    const { messages } = cloud.record(addressOf(move.who).chat);
    return [...messages.values()].some(({ message }) => message.from?.id === id);
  }

  return {
    async go(move) {
      if (!(await possible(move))) return undefined;
      const who = 'who' in move ? move.who : people[0];
      const before = await state(who);
      const current =
        move.do === 'taps' &&
        buttons(who, before).some(
          ({ label, back, current }) => current && label === move.label && back === move.back,
        );
      const key = keys.get(userOf(who).id);
      by = await causeOf(move, key, machine, (label, back) => pressedButton(who, label, back));
      errors.clear();
      unkept.clear();
      const marks = [cloud.screen.length, cloud.calls.length, passages.length] as const;
      try {
        await perform(move);
      } catch (error) {
        if (error instanceof StillHandled) {
          isStuck = true;
          throw error;
        }
        errors.add(error);
      }
      by = undefined;
      const after = await state(who);
      for (const event of cloud.screen.slice(marks[0])) {
        if (event.kind !== 'shown' && event.kind !== 'edited') continue;
        askedIn.set(event.shown, after);
      }
      const calls = cloud.calls.slice(marks[1]);
      const refusals = calls.filter(({ answer }) => answer?.ok === false);
      const again = refusals.filter((call) => refused.has(textOfCall(call)));
      for (const call of refusals) refused.add(textOfCall(call));
      return {
        move,
        before,
        after,
        noticed:
          calls.some(isSeen) || passages.length > marks[2] || isOfScene(world.updates.at(-1)),
        press:
          move.do === 'taps'
            ? { answered: lastPress(cloud)?.answer !== undefined, current }
            : undefined,
        isDeadEnd: silent.has(after) && (await isBare(machine, keys.get(userOf(who).id))),
        errors: [...errors],
        rejectedInputs: [...unkept],
        refusals,
        again,
      };
    },
    state,
    data: async (who) => JSON.stringify((await stands(who)).data),
    buttons,
    keys: (who) => keysIn(cloud, addressOf(who)),
    shown,
    commands: () =>
      [...cloud.commands.values()].flatMap((commands) =>
        (commands as readonly { readonly command: string }[]).map(({ command }) => command),
      ),
    passages,
    transcript: world.transcript,
    async end() {
      // a turn that never ends is waited for by the walk's clock, which would not advance
      await Promise.all([machine?.stop(), isStuck && clock.advance(longestStop)]);
      await world.stop();
    },
  };
}

/** Whether an update presses a button that a scene has made: it looks each press up, and its cells and choices that are made already change nothing. */
function isOfScene(update: RawUpdate | undefined): boolean {
  const { callback_query: query } = Object(update);
  return typeof query?.data === 'string' && boundTo(query.data) !== undefined;
}

/** Longer than a machine waits for its turns when it is stopped, in ms. */
const longestStop = 30_000;
const nowhere: CommittedState = { current: null, scene: null, data: {} };

function idOf({ current, scene }: CommittedState): string | null {
  return current ?? scene;
}

function ownChat({ raw }: TestUser): ChatAddress {
  return { chat: privateChat(raw) };
}

function showings(shown: readonly Shown[], label: string): readonly Shown[] {
  return shown.filter(({ message }) => inlineOf(message).some(({ text }) => text === label));
}

/** Buttons whose press is sent to the bot. */
function inlineOf(message: Shown['message']): readonly RawButton[] {
  const buttons = message.reply_markup?.inline_keyboard?.flat() ?? [];
  return buttons.filter((button) => button['callback_data'] !== undefined);
}

/** Keys that send something, or open a window in which the driver can pick it. */
function keysIn(cloud: Cloud, { chat }: ChatAddress): readonly string[] {
  const keys = cloud.record(chat).keyboard?.markup.keyboard?.flat() ?? [];
  return keys.flatMap((key) => {
    if (typeof key === 'string') return [key];
    const opens = Object.keys(key).some((field) =>
      ['web_app', 'request_user', 'request_managed_bot'].includes(field),
    );
    return opens ? [] : [key.text];
  });
}

function lastPress(cloud: Cloud): Query | undefined {
  return [...cloud.queries.values()].findLast(({ kind }) => kind === 'callback');
}

/** Whether somebody sees the call, rather than the bot only asking or showing that it types. */
function isSeen({ method, payload, answer }: ApiCall): boolean {
  if (answer?.ok !== true || method === 'sendChatAction' || method.startsWith('get')) return false;
  if (method !== 'answerCallbackQuery') return true;
  return Boolean(textParameter(payload, 'text')) || payload['url'] !== undefined;
}

function textOfCall({ method, payload }: ApiCall): string {
  return `${method} ${JSON.stringify(payload)}`;
}
