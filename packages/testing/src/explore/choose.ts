/** Chooses the next move of a walk: what was not tried here before, or anything at all. */
import type { BotCommand, Duration } from '@telefsm/core';
import type { MachineDescription } from '@telefsm/core/adapter';
import fc from 'fast-check';
import { type Atlas, keyOf } from './atlas.ts';
import { type Move, type Person, shareable, userTexts, usualTexts } from './move.ts';
import type { Walk } from './walk.ts';

/** Draws a value of an arbitrary that `make` builds from `args`; fast-check's `gen`. */
export type Draw = <T, Args extends unknown[]>(
  make: (...args: Args) => fc.Arbitrary<T>,
  ...args: Args
) => T;

/** The moves that are possible anywhere in a bot. */
export interface Repertoire {
  readonly commands: readonly string[];
  readonly waits: readonly Duration[];
  /** Texts that are tried in every state. */
  readonly words: readonly string[];
  texts(): fc.Arbitrary<string>;
}

/** Collects commands and times from the description of a machine. */
export function repertoireOf(
  description: MachineDescription | undefined,
  botCommands: readonly BotCommand[],
  own: { readonly texts: readonly string[]; readonly longest: number },
): Repertoire {
  const details = description?.scenes.map((scene) => scene.details as Details) ?? [];
  const ownCommands = [description?.commands, ...details.map(({ commands }) => commands)];
  const named = [
    ...['start', 'help', 'cancel', 'back', 'skip', 'nosuchcommand'],
    ...botCommands.map(({ command }) => command),
    ...details.flatMap(({ trigger, deepLink }) => [
      ...(trigger === undefined ? [] : [trigger]),
      ...(deepLink === undefined ? [] : [`start ${deepLink}`]),
    ]),
    ...ownCommands.flatMap((commands) =>
      Array.isArray(commands)
        ? commands.flatMap(({ names }: { readonly names?: readonly string[] }) => names ?? [])
        : Object.values(commands ?? {}).filter((name) => typeof name === 'string'),
    ),
  ];
  const texts = userTexts(own.texts, own.longest);
  return {
    words: [...own.texts, ...usualTexts],
    commands: [...new Set(named.map((name) => `/${name.replace(/^\//, '')}`))],
    waits: ['1m', '1d', '30d', ...new Set(details.flatMap(timeoutsIn))],
    texts: () => texts,
  };
}

/** Chooses a move for the present situation. */
export async function chooseMove(
  draw: Draw,
  walk: Walk,
  atlas: Atlas,
  { commands, waits, words, texts }: Repertoire,
): Promise<Move> {
  const who: Person = draw(fc.nat, 9) === 9 ? 'Ben' : 'Anna';
  const state = await walk.state(who);
  const buttons = walk.buttons(who, state);
  const tap = ({ label, back }: (typeof buttons)[number]): Move => ({
    do: 'taps',
    who,
    label,
    back,
  });
  const present = buttons.filter(({ current }) => current).map(tap);
  const keys = walk.keys(who).map((text): Move => ({ do: 'sends', who, text }));
  const mentioned =
    walk
      .shown(who)
      .at(-1)
      ?.text.match(/(?<![\w/])\/\w+/g) ?? [];
  const orders = [
    ...new Set([...mentioned, ...commands, ...walk.commands().map((name) => `/${name}`)]),
  ];
  const enumerable: readonly Move[] = [
    ...present,
    ...keys,
    ...[...orders, ...words].map((text): Move => ({ do: 'sends', who, text })),
    ...Object.keys(shareable).map((what): Move => ({ do: 'shares', who, what })),
    ...waits.map((time): Move => ({ do: 'waits', time })),
  ];
  const untried = enumerable.filter((move) => !atlas.tried(state, keyOf(move)));
  if (untried.length > 0 && draw(fc.nat, 2) === 0) return pick(draw, untried);
  const dice = draw(fc.nat, 99);
  if (present.length + keys.length > 0 && dice < 45) return pick(draw, [...present, ...keys]);
  if (dice < 75) return { do: 'sends', who, text: draw(texts) };
  if (dice < 80) return { do: 'repeats' };
  if (dice < 84) return { do: 'edits', who, text: draw(texts) };
  const late = buttons.filter(({ current }) => !current).map(tap);
  if (late.length > 0 && dice < 92) return pick(draw, late);
  return pick(draw, enumerable);
}

/** Draws one of several. */
export function pick<T>(draw: Draw, several: readonly T[]): T {
  return several[draw(fc.nat, several.length - 1)] as T;
}

interface Details {
  readonly trigger?: string;
  readonly deepLink?: string;
  readonly commands?: unknown;
}

/** Every time-out in a description, and a little more, so that it has passed. */
function timeoutsIn(details: unknown): readonly number[] {
  if (typeof details !== 'object' || details === null) return [];
  return Object.entries(details).flatMap(([field, value]) =>
    field === 'timeout' && typeof value === 'number' ? [value + 1000] : timeoutsIn(value),
  );
}
