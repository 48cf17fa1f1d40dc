/** Sessions whose key is not that of a conversation: a record of their own, with the same order, redelivery and commit. */

import type { AnyScene } from '../conversation/scene.ts';
import type { AnyGroup } from '../conversation/states.ts';
import type { Turn } from '../conversation/turn.ts';
import { machineOf, ownPort } from '../machine/machine.ts';
import type { MachineOptions } from '../machine/machine-options.ts';
import type { BotPort } from '../transaction/facts.ts';
import { type Scope, type Strategy, scopeOf } from '../update/key.ts';
import type { RawUpdate } from '../update/raw-update.ts';
import { joinedGroup, subjectOf } from '../update/subject.ts';

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

/** Runs the rest of an update as one turn on the record of a session: that of a key, or the one that the strategy picks. */
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
 * @param stage - whose flows and scenes the record may be in
 * @param opened - called with each turn before anything else runs
 */
export function ownRecord(
  options: OwnRecordOptions,
  stage: StageOfSession | undefined,
  opened: ((turn: Turn, ctx: unknown) => void) | undefined,
): OwnRecord {
  const { strategy = 'userInChat' } = options;
  const scenes = stage?.asScenes();
  const machine = machineOf({ ...options, ...(scenes && { scenes }) }, opened, ownPort);
  return (update, bot, key, rest, ctx) => {
    const scope = key === undefined ? scopeInGroup(update, bot.id, strategy) : { custom: key };
    return machine.handle(update, bot, rest, ctx, scope);
  };
}

/**
 * The record of a request to join: it is that of the group, whose session it has in both frameworks. A conversation of the bot is in the private
 * chat, where it can answer.
 */
function scopeInGroup(update: RawUpdate, bot: number, strategy: Strategy): Scope | undefined {
  const chat = joinedGroup(update);
  return chat === undefined ? undefined : scopeOf(strategy, { ...subjectOf(update, bot), chat });
}
