/** Faults that can be seen in a graph, before any user meets them. */

import type { Fault } from './fault.ts';
import type { Graph, GraphGroup, GraphNode } from './graph.ts';
import { limitFaults } from './limits.ts';

/**
 * Finds faults in a graph: unreachable states, states without an exit, flows that cannot be left, commands that mean two
 * things, and texts, buttons and commands that Telegram rejects.
 *
 * Only what is fixed can be seen: prompts made by functions and moves made by handlers are for tests.
 */
export function check(graph: Graph): readonly Fault[] {
  return [
    ...unreachable(graph),
    ...endless(graph),
    ...withoutEscape(graph),
    ...sameCommands(graph),
    ...limitFaults(graph),
  ];
}

/** Forks and rims are drawn and not declared: nobody could mend them. */
function declared({ kind }: GraphNode): boolean {
  return kind !== 'choice' && kind !== 'start' && kind !== 'end';
}

function unreachable({ nodes, edges }: Graph): readonly Fault[] {
  const starts = nodes.filter(({ kind, open }) => kind === 'start' || open);
  const reached = follow(
    starts.map(({ id }) => id),
    edges.map(({ from, to }) => [from, to]),
  );
  return nodes
    .filter((node) => declared(node) && !reached.has(node.id))
    .map(({ id }) => ({
      severity: 'error',
      code: 'UNREACHABLE',
      where: id,
      message: `Nothing leads to '${id}'. Remove it, or add the branch, choice or move that should lead there.`,
    }));
}

function endless({ nodes, edges }: Graph): readonly Fault[] {
  const ends = nodes.filter(({ kind, open }) => kind === 'end' || open);
  const leaving = follow(
    ends.map(({ id }) => id),
    edges.map(({ from, to }) => [to, from]),
  );
  return nodes
    .filter((node) => declared(node) && !leaving.has(node.id))
    .map(({ id }) => ({
      severity: 'error',
      code: 'NO_WAY_OUT',
      where: id,
      message: `No answer leads from '${id}' to an end, so users get stuck here. Give it a way out.`,
    }));
}

function follow(
  starts: readonly string[],
  ways: readonly (readonly [from: string, to: string])[],
): ReadonlySet<string> {
  const next = new Map<string, string[]>();
  for (const [from, to] of ways) next.set(from, [...(next.get(from) ?? []), to]);
  const reached = new Set(starts);
  // entries that are added while a set is walked are walked too
  for (const id of reached) for (const to of next.get(id) ?? []) reached.add(to);
  return reached;
}

function withoutEscape({ groups, nodes }: Graph): readonly Fault[] {
  const timed = (id: string) => nodes.some(({ group, timeout }) => group === id && timeout);
  return groups
    .filter(({ kind, cancel, timeout, id }) => {
      return kind === 'flow' && cancel === false && timeout === undefined && !timed(id);
    })
    .map(({ id }) => ({
      severity: 'error',
      code: 'NO_ESCAPE',
      where: id,
      message: `The flow '${id}' can neither be canceled nor time out. Keep its cancel command, or give it a \`timeout\`.`,
    }));
}

/** Of two flows with one command the machine is not made; but a flow may take it for its own. */
function sameCommands({ groups }: Graph): readonly Fault[] {
  return groups.flatMap(({ id, cancel }) => {
    const taken = groups.find(({ trigger }) => typeof cancel === 'string' && trigger === cancel);
    if (taken === undefined) return [];
    return [twice(taken, id, `/${taken.trigger} cancels it while it runs`)];
  });
}

function twice(group: GraphGroup, other: string, how: string): Fault {
  return {
    severity: 'error',
    code: 'DUPLICATE_COMMAND',
    where: group.id,
    message: `The command /${group.trigger} of '${group.id}' has a second meaning in '${other}': ${how}. Give one of them another name.`,
  };
}
