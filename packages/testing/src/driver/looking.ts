/** The messages that a user sees in a chat, compared with those that a test expects. */
import { isDeepStrictEqual } from 'node:util';
import { addressOf, type ChatAddress, sameAddress } from '../cloud/chat-address.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { RawUser } from '../cloud/raw.ts';
import { type Shown, shownOf } from '../cloud/screen.ts';
import { complaint } from './complaint.ts';

/** An expected message: its whole text, a pattern in it, or some of its members. */
export type Expected = string | RegExp | Partial<Shown>;

/** The messages that the bot has shown in a place since the user last did something there, oldest first. */
function newlyShown(cloud: Cloud, user: RawUser, address: ChatAddress): readonly Shown[] {
  const shown: Shown[] = [];
  for (let at = cloud.screen.length - 1; at >= 0; at--) {
    const event = cloud.screen[at];
    if (
      event?.kind === 'did' &&
      event.user.id === user.id &&
      (event.address === undefined || sameAddress(event.address, address))
    )
      break;
    if (
      (event?.kind === 'shown' || event?.kind === 'edited') &&
      sameAddress(event.address, address)
    )
      shown.unshift(event.shown);
  }
  return shown;
}

/** Everything that the bot has shown in a place, oldest first. */
export function allShown(cloud: Cloud, address: ChatAddress): readonly Shown[] {
  return cloud.screen.flatMap((event) =>
    (event.kind === 'shown' || event.kind === 'edited') && sameAddress(event.address, address)
      ? [event.shown]
      : [],
  );
}

/** The messages of the bot that are in a place now, oldest first. */
export function screenOf(cloud: Cloud, address: ChatAddress): readonly Shown[] {
  return [...cloud.record(address.chat, address.business).messages.values()].flatMap(
    ({ message, call }) =>
      call !== undefined && sameAddress(addressOf(message), address)
        ? [shownOf(message, call)]
        : [],
  );
}

/** The last message that the bot has shown in a place; fails when there is none. */
export function lastShown(cloud: Cloud, user: RawUser, address: ChatAddress): Shown {
  const last = allShown(cloud, address).at(-1);
  if (last === undefined) {
    throw complaint(cloud, `The bot has shown nothing to ${user.first_name} here.`, {
      operator: 'last',
    });
  }
  return last;
}

/** Finds the newest message that matches among those just shown; fails with the transcript when none does. */
export function expectShown(
  cloud: Cloud,
  user: RawUser,
  address: ChatAddress,
  expected: Expected,
): Shown {
  const shown = newlyShown(cloud, user, address);
  const found = shown.findLast((each) => matches(each, expected));
  if (found !== undefined) return found;
  const actual =
    shown.length === 1
      ? comparable(shown[0] as Shown, expected)
      : shown.map((each) => comparable(each, expected));
  const instead =
    shown.length === 0
      ? 'the bot has shown nothing'
      : `the bot has shown ${shown.map((each) => JSON.stringify(each.text || `[${each.kind}]`)).join(', ')}`;
  throw complaint(
    cloud,
    `${user.first_name} does not see ${described(expected)}: ${instead} since ${user.first_name} last did something here.`,
    {
      actual,
      expected,
      operator: 'sees',
    },
  );
}

/** Fails with the transcript when the bot has shown something. */
export function expectNothing(cloud: Cloud, user: RawUser, address: ChatAddress): void {
  const shown = newlyShown(cloud, user, address);
  if (shown.length === 0) return;
  const texts = shown.map((each) => each.text || `[${each.kind}]`);
  throw complaint(
    cloud,
    `${user.first_name} should see nothing, but the bot has shown ${texts.map((text) => JSON.stringify(text)).join(', ')}.`,
    {
      actual: texts,
      expected: [],
      operator: 'seesNothing',
    },
  );
}

function matches(shown: Shown, expected: Expected): boolean {
  if (typeof expected === 'string') return shown.text === expected;
  if (isPattern(expected)) return expected.test(shown.text);
  return Object.entries(expected).every(([member, value]) =>
    isDeepStrictEqual(shown[member as keyof Shown], value),
  );
}

/** The part of a message that the expectation names, for a readable difference. */
function comparable(shown: Shown, expected: Expected): unknown {
  if (typeof expected === 'string' || isPattern(expected)) return shown.text;
  return Object.fromEntries(
    Object.keys(expected).map((member) => [member, shown[member as keyof Shown]]),
  );
}

/** A pattern with the flag `g` or `y` would remember where it was. */
function isPattern(expected: Expected): expected is RegExp {
  if (Object.prototype.toString.call(expected) !== '[object RegExp]') return false;
  (expected as RegExp).lastIndex = 0;
  return true;
}

function described(expected: Expected): string {
  return isPattern(expected) ? String(expected) : JSON.stringify(expected);
}
