/** The data of the inspector: its pages and its JSON are made of it. */

import { type Committed, isFsmError } from '@telefsm/core';
import {
  describeMachine,
  lookAt,
  type MovedBy,
  namespacePrefix,
  parseKey,
  type Seen,
  toMs,
} from '@telefsm/core/tools';
import { type Page, pageOf } from '../conversations/listing.ts';
import { askAgain, clear, find, move } from '../conversations/operator.ts';
import { Rejected } from '../conversations/rejected.ts';
import { check } from '../graph/check.ts';
import { graph as graphOf } from '../graph/machine-graph.ts';
import { censusOf } from './census.ts';
import { partsOf } from './key-parts.ts';
import { learning } from './learning.ts';
import type {
  Action,
  AuditLine,
  InspectedMachine,
  ListQuery,
  Model,
  ModelOptions,
} from './model-types.ts';
import { maskOf, shownData } from './redact.ts';
import type { ConversationView, ListView } from './view-data.ts';
import { watch } from './watch.ts';

const pageSize = 50;
const mostAudit = 500;
const latest = 100;

/** Begins to watch a machine. */
export function modelOf(machine: InspectedMachine, options: ModelOptions): Model {
  const { redact, clock, changed, write = false } = options;
  const description = describeMachine(machine);
  const { namespace } = description;
  const { storage } = machine;
  const graph = graphOf(machine);
  const learned = learning(machine, graph, options.learned);
  const mask = maskOf(redact);
  const census = censusOf(storage, description, changed, clock);
  const stuckAfter = toMs(options.stuckAfter ?? '24h', 'stuckAfter');
  const faults = check(graph);
  const audit: AuditLine[] = [];
  const watched = watch(machine, graph, {
    redact,
    clock,
    troubled: changed,
    moved(change) {
      const { key, from, to } = change;
      census.follow(key, from.current, to.current);
      learned.note([from.current ?? from.scene, to.current ?? to.scene, causeOf(change)]);
      changed();
    },
  });
  // a commit that moves nothing may note which message shows a view
  const unobserve = machine.observe(() => changed());
  const causeOf = ({ cause, updateId }: Committed): MovedBy | undefined => {
    if (cause === 'deadline') return { kind: 'deadline', name: '' };
    return updateId === undefined ? undefined : options.causeOf?.(updateId, learned.buttons);
  };
  const idle = () => watched.idle(stuckAfter);

  async function list({ state, search, after }: ListQuery): Promise<ListView> {
    let page: Page = { conversations: [], next: undefined };
    let failure: string | undefined;
    try {
      page = await pageOf(storage, {
        prefix: namespacePrefix(namespace),
        limit: pageSize,
        ...(state && { state }),
        ...(search && { match: search }),
        ...(after && { after }),
      });
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      failure = error.message;
    }
    const conversations = page.conversations.map(({ key, state: at, stored: { deadlineIn } }) => {
      const since = watched.since(key);
      return {
        key,
        state: at,
        ...(since !== undefined && { since: clock.now() - since }),
        ...(deadlineIn !== undefined && { deadlineIn }),
      };
    });
    const states = graph.nodes.filter(({ id }) => !id.includes('~')).map(({ id }) => id);
    return { page: { conversations, next: page.next }, state, search, states, failure };
  }

  async function conversation(key: string, notice?: string): Promise<ConversationView> {
    const found = await find(storage, machine, key);
    const snapshot = found?.snapshot;
    const foreign = `This is not a key of this machine's strategy. You can clear its record, but not read it.`;
    let seen: Seen | undefined;
    let failure: string | undefined;
    try {
      seen = found?.snapshot && (await lookAt(machine, key, mask));
      if (seen !== undefined) learned.see(seen);
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    const problem =
      found?.unreadable ??
      failure ??
      (found !== undefined && snapshot === undefined && parseKey(key) === undefined
        ? foreign
        : undefined);
    return {
      key,
      parts: partsOf(key),
      isStored: found !== undefined,
      state: snapshot?.current ?? null,
      scene: snapshot?.scene ?? null,
      data: shownData({ ...snapshot?.data, ...(snapshot?.log && { log: snapshot.log }) }, redact),
      session:
        seen && Object.keys(seen.session).length > 0 ? shownData(seen.session, redact) : undefined,
      seen,
      problem,
      deadlineIn: found?.deadlineIn,
      moves: watched.moves(key).slice(0, latest),
      targets: targetsOf(snapshot?.scene ?? null),
      canWrite: write,
      notice,
    };
  }

  /** Plain states, scenes, and the questions of the flow that it is in. */
  function targetsOf(present: string | null): readonly string[] {
    const { scenes, states } = description;
    const owned = new Set(scenes.flatMap((scene) => scene.states));
    const near = scenes.find(({ id }) => id === present)?.states ?? [];
    const steps = near.filter((id) => id !== present && !/:.*\.|\..*:/.test(id));
    const plain = states.map(({ id }) => id).filter((id) => !owned.has(id));
    return [...steps, ...scenes.map(({ id }) => id), ...plain];
  }

  async function act(action: Action, key: string, target = ''): Promise<string> {
    if (!write)
      throw new Rejected(
        'This inspector is read-only. Start it with `write: true` to change something.',
      );
    const from = (await find(storage, machine, key))?.snapshot?.current ?? 'no state';
    const text = await perform(action, key, target, from);
    const line = { at: clock.now(), text };
    audit.unshift(line);
    audit.length = Math.min(audit.length, mostAudit);
    options.audit?.(text);
    changed();
    return text;
  }

  async function perform(
    action: Action,
    key: string,
    target: string,
    from: string,
  ): Promise<string> {
    if (action === 'clear') {
      if (!(await clear(storage, machine, key)))
        throw new Rejected(`Nothing is stored for '${key}'.`);
      return `cleared ${key}, which was in ${from}`;
    }
    if (action === 'ask') {
      await askAgain(machine, key).catch((error: unknown) => {
        if (isFsmError(error, 'NOT_CONNECTED')) throw new Rejected(error.message);
        throw error;
      });
      return `asked again in ${key}, which is in ${from}`;
    }
    if (target === '') throw new Rejected('Name the state or scene to move to.');
    await move(machine, key, target);
    return `moved ${key} from ${from} to ${target}`;
  }

  return {
    get graph() {
      return learned.graph;
    },
    get learned() {
      return learned.moves;
    },
    namespace,
    overview() {
      census.refresh();
      const stuck = census.strays.length + idle().length;
      return {
        graph: learned.graph,
        census,
        total: watched.total,
        troubles: watched.troubles.length,
        stuck,
        tally: watched.tally,
      };
    },
    list,
    conversation,
    problems() {
      census.refresh();
      const { strays } = census;
      return { faults, strays, idle: idle(), idleAfter: stuckAfter, troubles: watched.troubles };
    },
    audit,
    moves: () => watched.moves().slice(0, latest),
    act,
    settled: () => census.settled(),
    stop() {
      unobserve();
      watched.stop();
      census.stop();
    },
  };
}
