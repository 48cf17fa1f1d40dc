/** A machine as a graph: states, questions and scenes are nodes; what leads from one to another are edges. */

import type { Machine } from '@telefsm/core';
import type { MachineDescription } from '@telefsm/core/adapter';
import { describeMachine, type FlowDescription } from '@telefsm/core/tools';
import { addCommandTree, type CommandTreeDescription } from './command-tree-graph.ts';
import { addFlow } from './flow-graph.ts';
import { type Collected, type Graph, type GraphNode, kindsOf } from './graph.ts';
import { addMoves, type Move, machineStart } from './moves.ts';

/** A machine, as far as its description needs it. */
export type Describable = Pick<Machine, '~runtime'>;

/** Options of a graph. */
export interface GraphOptions {
  /**
   * All moves between states and scenes that handlers and buttons make: the `coverage.transitions` of `explore`, or your own.
   *
   * With them states outside flows are drawn and checked too; without them code may lead anywhere.
   */
  readonly moves?: readonly Move[];
  /** Moves that were seen so far. They are drawn and not checked, since there may be others. */
  readonly seen?: readonly Move[];
}

/**
 * Makes the graph of a machine, as JSON.
 *
 * @param machine - what `fsm()` or `createMachine()` made
 * @throws Error for declared moves from or to what the machine does not have
 *
 * @example
 * ```ts
 * import { flow } from '@telefsm/core';
 * import { createMachine } from '@telefsm/core/adapter';
 * import { graph, mermaid } from '@telefsm/devtools';
 *
 * const hello = flow('hello', { trigger: '/hello' })
 *   .ask('name', { prompt: 'What is your name?' })
 *   .done(({ name }) => `Hello, ${name}!`);
 * console.log(mermaid(graph(createMachine({ states: [hello] }))));
 * ```
 */
export function graph(machine: Describable, { moves, seen = [] }: GraphOptions = {}): Graph {
  const description = describeMachine(machine);
  const collected: Collected = { groups: new Map(), nodes: new Map(), edges: [] };
  for (const { id, details } of description.scenes) {
    if (isFlow(details)) addFlow(collected, id, details, description.commands);
    else if (isCommandTree(details)) addCommandTree(collected, id, details);
  }
  addStates(collected, description, moves === undefined);
  if (description.initial !== null) addInitial(collected, description.initial);
  addMoves(collected, [...(moves ?? []), ...seen]);
  const { namespace, version } = description;
  const [groups, nodes] = [[...collected.groups.values()], [...collected.nodes.values()]];
  return { namespace, version, groups, nodes, edges: collected.edges };
}

/** States of plain groups, nodes and scenes of the framework, whose handlers are code. */
function addStates(into: Collected, description: MachineDescription, open: boolean): void {
  const scenes = new Map(
    description.scenes.flatMap(({ id, states, details }) =>
      states.map((state) => [state, { id, details }] as const),
    ),
  );
  let before: GraphNode | undefined;
  for (const { id, groups } of description.states) {
    if (into.nodes.has(id)) continue;
    const scene = scenes.get(id);
    const own = scene?.id === id;
    const node: GraphNode = {
      id,
      kind: own ? 'scene' : 'state',
      label: id.slice(id.lastIndexOf(':') + 1),
      group: own ? null : addGroups(into, groups),
      ...(open && { open }),
      ...takenBy(scene?.details),
      ...(isView(scene?.details) && { view: true }),
    };
    into.nodes.set(id, node);
    if (open && before !== undefined && before.group !== null && before.group === node.group) {
      into.edges.push({ from: before.id, to: id, kind: 'order' });
    }
    before = node;
  }
}

function takenBy(details: object | undefined): Pick<GraphNode, 'accepts' | 'timeout'> {
  const { accepts, timeout } = (details ?? {}) as { accepts?: unknown; timeout?: unknown };
  return {
    ...(accepts !== undefined && { accepts: kindsOf(accepts) }),
    ...(typeof timeout === 'number' && { timeout }),
  };
}

/** @returns the innermost one */
function addGroups(into: Collected, ids: readonly string[]): string | null {
  for (const [at, id] of ids.entries()) {
    if (into.groups.has(id)) continue;
    const label = id.slice(id.lastIndexOf('.') + 1);
    into.groups.set(id, { id, label, kind: 'states', parent: ids[at + 1] ?? null });
  }
  return ids[0] ?? null;
}

function addInitial({ nodes, edges }: Collected, scene: string): void {
  const first = nodes.has(`${scene}:~start`) ? `${scene}:~start` : scene;
  if (!nodes.has(first)) return;
  nodes.set(machineStart, { id: machineStart, kind: 'start', label: 'a new user', group: null });
  edges.push({ from: machineStart, to: first, kind: 'step', label: 'first message' });
}

function isView(details: object | undefined): boolean {
  return details !== undefined && 'view' in details && details.view === true;
}

function isFlow(details: object): details is FlowDescription {
  return 'kind' in details && details.kind === 'flow';
}

function isCommandTree(details: object): details is CommandTreeDescription {
  return 'kind' in details && details.kind === 'commands';
}
