/** The data of each page of the inspector. */

import type { Seen } from '@telefsm/core/tools';
import type { Fault } from '../graph/fault.ts';
import type { Graph } from '../graph/graph.ts';
import type { Census, Stray } from './census.ts';
import type { StepTally } from './tally.ts';
import type { Idle, Move, Trouble } from './watch.ts';

/** The first page. */
export interface Overview {
  readonly graph: Graph;
  readonly census: Census;
  readonly total: number;
  readonly troubles: number;
  readonly stuck: number;
  tally(state: string): StepTally;
}

/** A page of conversations. */
export interface ListView {
  readonly page: {
    readonly conversations: readonly {
      readonly key: string;
      readonly state: string | null;
      readonly since?: number;
      readonly deadlineIn?: number;
    }[];
    readonly next: string | undefined;
  };
  readonly state: string | undefined;
  readonly search: string | undefined;
  readonly states: readonly string[];
  readonly failure: string | undefined;
}

/** One conversation. */
export interface ConversationView {
  readonly key: string;
  readonly parts: readonly (readonly [name: string, value: string])[];
  readonly isStored: boolean;
  readonly state: string | null;
  readonly scene: string | null;
  /** As JSON, redacted. */
  readonly data: string;
  /** Data of the whole conversation, likewise; `undefined` if there is none. */
  readonly session: string | undefined;
  /** The view of the user, rendered from redacted data; `undefined` if that cannot be known. */
  readonly seen: Seen | undefined;
  readonly problem: string | undefined;
  readonly deadlineIn: number | undefined;
  readonly moves: readonly Move[];
  /** Where it may be moved. */
  readonly targets: readonly string[];
  readonly canWrite: boolean;
  readonly notice: string | undefined;
}

/** The faults that the inspector shows. */
export interface ProblemsView {
  readonly faults: readonly Fault[];
  readonly strays: readonly Stray[];
  readonly idle: readonly Idle[];
  readonly idleAfter: number;
  readonly troubles: readonly Trouble[];
}
