/** The types of the inspector's data. */

import type { Clock, Duration } from '@telefsm/core';
import type { MovedBy } from '@telefsm/core/tools';
import type { OperatedMachine } from '../conversations/operator.ts';
import type { Graph } from '../graph/graph.ts';
import type { Move as SeenMove } from '../graph/moves.ts';
import type { Redact } from './redact.ts';
import type { ConversationView, ListView, Overview, ProblemsView } from './view-data.ts';
import type { Move, Watchable } from './watch.ts';

/** As much of a machine as an inspector needs; every machine has it. */
export type InspectedMachine = OperatedMachine & Watchable;

/** Options of a model. */
export interface ModelOptions {
  readonly write?: boolean | undefined;
  readonly redact?: Redact | undefined;
  readonly stuckAfter?: Duration | undefined;
  readonly clock: Clock;
  readonly audit?: ((line: string) => void) | undefined;
  /** Names the button or command of an update, where that is known. */
  readonly causeOf?: (
    updateId: number,
    buttons: ReadonlyMap<string, MovedBy>,
  ) => MovedBy | undefined;
  /** Moves that were seen before. */
  readonly learned?: readonly SeenMove[];
  /** Called when something has changed. */
  readonly changed: () => void;
}

/** A line of what was done through the inspector. */
export interface AuditLine {
  readonly at: number;
  readonly text: string;
}

/** The actions of an inspector. */
export type Action = 'move' | 'clear' | 'ask';

/** The data of the inspector. */
export interface Model {
  /** The machine, with the moves that were seen so far. */
  readonly graph: Graph;
  /** Those moves. */
  readonly learned: readonly SeenMove[];
  readonly namespace: string;
  overview(): Overview;
  list(query: ListQuery): Promise<ListView>;
  conversation(key: string, notice?: string): Promise<ConversationView>;
  problems(): ProblemsView;
  readonly audit: readonly AuditLine[];
  moves(): readonly Move[];
  /** @throws Rejected where nothing may be changed, or the change makes no sense */
  act(action: Action, key: string, target?: string): Promise<string>;
  /** Resolves when nothing is being counted. */
  settled(): Promise<void>;
  stop(): void;
}

/** A search for conversations. */
export interface ListQuery {
  readonly state?: string | undefined;
  readonly search?: string | undefined;
  readonly after?: string | undefined;
}
