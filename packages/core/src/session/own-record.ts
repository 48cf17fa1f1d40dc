/** Sessions whose key is not that of a conversation: a record of their own, with the same order, redelivery and commit. */

import type { AnyScene } from '../conversation/scene.ts';
import type { AnyGroup } from '../conversation/states.ts';
import type { Turn } from '../conversation/turn.ts';
import { machineOf, ownPort } from '../machine/machine.ts';
import type { MachineOptions } from '../machine/machine-options.ts';
import type { BotPort } from '../transaction/facts.ts';
import type { RawUpdate } from '../update/raw-update.ts';

/** Options of the machine behind a session that has its own record. */
export type OwnRecordOptions = Pick<
  MachineOptions<readonly [], readonly [], unknown>,
  | 'storage'
  | 'namespace'
  | 'strategy'
  | 'ttl'
  | 'waiting'
  | 'lease'
  | 'turn'
  | 'maxRecordBytes'
  | 'attempts'
  | 'clock'
>;

/** A stage, by what a session uses of it. */
export interface StageOfSession {
  asScenes(): readonly (AnyScene & AnyGroup)[];
}

/** Runs the rest of an update as one turn on the record of a session. */
export type OwnRecord = (
  update: RawUpdate,
  bot: BotPort,
  key: string | undefined,
  rest: (turn: Turn) => Promise<unknown>,
  ctx: object,
) => Promise<void>;

/**
 * Makes the record of a session.
 *
 * @param byKey - whether the bot makes the key of each update; otherwise the strategy picks the record
 * @param stage - whose flows and scenes the record may be in
 * @param opened - called with each turn before anything else runs
 */
export function ownRecord(
  options: OwnRecordOptions,
  byKey: boolean,
  stage: StageOfSession | undefined,
  opened: ((turn: Turn, ctx: unknown) => void) | undefined,
): OwnRecord {
  let custom: string | undefined;
  const strategy = byKey ? () => (custom === undefined ? undefined : { custom }) : options.strategy;
  const scenes = stage?.asScenes();
  const machine = machineOf(
    { ...options, ...(strategy && { strategy }), ...(scenes && { scenes }) },
    opened,
    ownPort,
  );
  return (update, bot, key, rest, ctx) => {
    custom = key;
    return machine.handle(byKey ? withoutDelays(update) : update, bot, rest, ctx);
  };
}

/**
 * An update without what delays a machine: messages about a chat migration, and votes. This machine has to ask its strategy before `handle`
 * returns, or it gets the key of another update.
 */
function withoutDelays(update: RawUpdate): RawUpdate {
  const { message: _, poll: __, poll_answer: ___, ...rest } = update;
  return rest;
}
