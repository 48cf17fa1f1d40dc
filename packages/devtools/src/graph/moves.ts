/** Moves that handlers and buttons make, as edges of a graph: those with the same ends are one, named by what leads there. */

import type { MovedBy } from '@telefsm/core/tools';
import { readableTime } from './durations.ts';
import type { Collected, GraphNode } from './graph.ts';

/** A move from one state or scene to another, by their ids; `null` is a conversation without a state. `by` names what leads there. */
export type Move = readonly [from: string | null, to: string | null, by?: MovedBy | undefined];

/** Rims of the whole machine; a name cannot begin so. */
export const machineStart = '~start';
const machineEnd = '~end';

/** So many buttons between the same states are named; of more only the first. */
const mostNames = 3;

/** Kinds of causes that are no widgets. */
const plain: ReadonlySet<string> = new Set(['button', 'command', 'deadline']);

/**
 * Adds moves to a graph.
 *
 * A press that stays in its state is a widget of it, or an edge to itself. What happens within a flow is drawn by its steps, and a command that
 * leads to the same state from everywhere is drawn once, from the start.
 *
 * @throws Error for a move from or to what the machine does not have
 */
export function addMoves(into: Collected, moves: readonly Move[]): void {
  const ways = new Map<string, { from: string; to: string; causes: (MovedBy | undefined)[] }>();
  const global = new Set(moves.flatMap(([from, to, by]) => (from === null ? [named(to, by)] : [])));
  for (const [from, to, by] of moves) {
    const ends = [endAt(into, from), endAt(into, to)] as const;
    if (isDrawnByFlow(ends, by)) continue;
    if (from !== null && by?.kind === 'command' && global.has(named(to, by))) continue;
    if (from === to) {
      if (from !== null && by !== undefined && !plain.has(by.kind)) addWidget(into, from, by);
      if (from === null || (by?.kind !== 'button' && by?.kind !== 'deadline')) continue;
    }
    const key = JSON.stringify(ends.map(({ id }) => id));
    const way = ways.get(key) ?? {
      from: startOf(into, ends[0]),
      to: endOf(into, ends[1]),
      causes: [],
    };
    ways.set(key, way);
    way.causes.push(by);
  }
  for (const { from, to, causes } of ways.values()) {
    const label = labelOf(causes, into.nodes.get(from));
    into.edges.push({ from, to, kind: 'move', ...(label !== '' && { label }) });
  }
}

/** The end of a move: a node, a flow as a whole, or the border of the machine. */
interface MoveEnd {
  readonly id: string | null;
  /** The flow that it is, or is in. */
  readonly flow: string | undefined;
  readonly trigger: string | undefined;
}

function endAt({ nodes, groups }: Collected, id: string | null): MoveEnd {
  if (id === null) return { id, flow: undefined, trigger: undefined };
  const node = nodes.get(id);
  let group = groups.get(node?.group ?? id);
  while (group?.parent) group = groups.get(group.parent);
  if (node === undefined && group === undefined) {
    const known = [...nodes.keys()].filter((each) => !each.includes('~')).join(', ');
    throw new Error(
      `'${id}' in \`moves\` is not a state or scene of this machine. It has: ${known}.`,
    );
  }
  if (group?.kind === 'flow') return { id: group.id, flow: group.id, trigger: group.trigger };
  const root = node === undefined && group !== undefined ? `${group.id}:root` : id;
  return { id: root, flow: undefined, trigger: undefined };
}

/** A flow draws its steps, its end, and the command that starts it. */
function isDrawnByFlow([from, to]: readonly [MoveEnd, MoveEnd], by: MovedBy | undefined): boolean {
  if (from.flow !== undefined && (to.id === null || to.flow === from.flow)) return true;
  return from.id === null && by?.kind === 'command' && by.name === `/${to.trigger}`;
}

function startOf(into: Collected, { id, flow }: MoveEnd): string {
  return flow === undefined ? (id ?? rim(into, machineStart, 'start', 'no state')) : `${flow}:~end`;
}

function endOf(into: Collected, { id, flow }: MoveEnd): string {
  return flow === undefined ? (id ?? rim(into, machineEnd, 'end', 'end')) : `${flow}:~start`;
}

function rim({ nodes }: Collected, id: string, kind: 'start' | 'end', label: string): string {
  if (!nodes.has(id)) nodes.set(id, { id, kind, label, group: null });
  return id;
}

function addWidget({ nodes }: Collected, id: string, { kind, name }: MovedBy): void {
  const node = nodes.get(id);
  const widgets = node?.widgets ?? [];
  if (node === undefined || widgets.some((each) => each.kind === kind && each.name === name))
    return;
  nodes.set(id, { ...node, widgets: [...widgets, { kind, name }] });
}

function named(to: string | null, by: MovedBy | undefined): string {
  return `${to} ${by?.kind} ${by?.name}`;
}

/** Names the causes of a move: a button by its label or, where that depends on data, by its id. */
function labelOf(causes: readonly (MovedBy | undefined)[], from: GraphNode | undefined): string {
  const buttons = new Map<string, string>();
  const others = new Set<string>();
  // where any text leads there, a command is one
  const isText = causes.includes(undefined);
  for (const cause of causes) {
    if (cause === undefined) continue;
    const { kind, name, label = name, list } = cause;
    if (list !== undefined) others.add(`an item of ${list}`);
    else if (kind === 'button') {
      const known = buttons.get(name);
      buttons.set(name, known === undefined || known === label ? label : name);
    } else if (kind === 'deadline') others.add(lapse(from));
    else if (kind !== 'command') others.add(`${kind} ${name}`);
    else if (!isText) others.add(name);
  }
  const named = [...new Set(buttons.values())];
  const few = named.length <= mostNames ? named : [...named.slice(0, mostNames - 1), '…'];
  return [...few, ...others].join(', ');
}

function lapse(from: GraphNode | undefined): string {
  return from?.timeout === undefined ? 'a deadline' : `after ${readableTime(from.timeout)}`;
}
