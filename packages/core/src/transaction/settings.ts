/** The options of a machine, resolved once. */

import type { Awaitable } from '../base/type-tools.ts';
import type { SceneDefaults } from '../conversation/behavior.ts';
import type { OutgoingMessage, Sent } from '../conversation/outgoing.ts';
import type { AnyScene } from '../conversation/scene.ts';
import type { Turn } from '../conversation/turn.ts';
import type { InterruptRule } from '../update/interrupt.ts';
import type { Strategy } from '../update/key.ts';
import type { Subject } from '../update/subject.ts';
import type { LanguageTurn, ServiceTurn } from './facts.ts';
import type { Migrations, UnknownStatePolicy } from './unknown-state.ts';

/** The scene of a user who has none, and what it starts with. */
export interface Initial {
  readonly scene: AnyScene;
  start(turn: ServiceTurn): { readonly data?: object; readonly params?: object };
}

/** The policy for an update whose conversation is busy. */
export type WaitingPolicy = 'queue' | 'reject' | 'drop' | 'busy';

/** The options of a machine: checked, with their defaults, all lengths of time in ms. */
export interface Settings {
  readonly namespace: string;
  readonly strategy: Strategy;
  /** For messages. */
  readonly strategyName: string;
  readonly when: ((subject: Subject) => boolean) | undefined;
  readonly waiting: {
    readonly policy: WaitingPolicy;
    readonly limit: number;
    readonly answerCallbacksAfter: number;
    readonly interrupt: InterruptRule | undefined;
  };
  readonly lease: number;
  /** The longest turn. */
  readonly longest: number;
  readonly detectReentry: boolean;
  readonly attempts: number;
  readonly ttl: number | undefined;
  readonly maxRecordBytes: number;
  readonly log: { readonly last: number; readonly bytes: number } | undefined;
  /** How many steps `back()` can go. */
  readonly history: number;
  /** The highest migration. */
  readonly version: number;
  readonly migrations: Migrations;
  readonly migrationVersions: readonly number[];
  readonly unknownState: UnknownStatePolicy;
  readonly adopt: ((turn: Turn & { readonly ctx: unknown }) => Awaitable<void>) | undefined;
  readonly initial: Initial | undefined;
  readonly services: object | ((turn: ServiceTurn) => Awaitable<object>) | undefined;
  readonly language: ((turn: LanguageTurn) => string | undefined) | undefined;
  readonly onTimeout:
    | ((turn: Turn) => Awaitable<OutgoingMessage | Sent | undefined | void>)
    | undefined;
  /** Whether polls are followed where no scene takes votes. */
  readonly polls: true | undefined;
  readonly sweep: { readonly every: number; readonly parallel: number };
  /** For scenes that choose nothing of their own. */
  readonly defaults: SceneDefaults;
}
