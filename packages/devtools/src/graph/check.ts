/** Faults that can be seen in a graph, before any user meets them. */

import { type Fault, fault } from './fault.ts';
import { type Graph, isDeclared } from './graph.ts';
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

function unreachable(graph: Graph): readonly Fault[] {
  return apartFrom('start', graph).map((id) =>
    fault(
      'UNREACHABLE',
      id,
      `Nothing leads to '${id}'. Remove it, or add the branch, choice or move that should lead there.`,
    ),
  );
}

function endless(graph: Graph): readonly Fault[] {
  return apartFrom('end', graph).map((id) =>
    fault(
      'NO_WAY_OUT',
      id,
      `No answer leads from '${id}' to an end, so users get stuck here. Give it a way out.`,
    ),
  );
}

/** The declared nodes that no way connects with a start or an end, nor with what code may lead from anywhere. */
function apartFrom(rim: 'start' | 'end', { nodes, edges }: Graph): readonly string[] {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    const [from, to] = rim === 'start' ? [edge.from, edge.to] : [edge.to, edge.from];
    next.set(from, [...(next.get(from) ?? []), to]);
  }
  const rims = nodes.filter(({ kind, open }) => kind === rim || open);
  const reached = new Set(rims.map(({ id }) => id));
  // entries that are added while a set is walked are walked too
  for (const id of reached) for (const to of next.get(id) ?? []) reached.add(to);
  return nodes.filter((node) => isDeclared(node) && !reached.has(node.id)).map(({ id }) => id);
}

function withoutEscape({ groups, nodes }: Graph): readonly Fault[] {
  const timed = (id: string) => nodes.some(({ group, timeout }) => group === id && timeout);
  return groups
    .filter(({ kind, cancel, timeout, id }) => {
      return kind === 'flow' && cancel === false && timeout === undefined && !timed(id);
    })
    .map(({ id }) =>
      fault(
        'NO_ESCAPE',
        id,
        `The flow '${id}' can neither be canceled nor time out. Keep its cancel command, or give it a \`timeout\`.`,
      ),
    );
}

/** Finds a command that starts one flow and cancels another. The machine itself rejects two flows with the same trigger. */
function sameCommands({ groups }: Graph): readonly Fault[] {
  return groups.flatMap(({ id, cancel }) => {
    const taken = groups.find(({ trigger }) => typeof cancel === 'string' && trigger === cancel);
    if (taken === undefined) return [];
    const message = `The command /${taken.trigger} starts '${taken.id}', but cancels '${id}' while that runs. Rename one of the two commands.`;
    return [fault('DUPLICATE_COMMAND', taken.id, message)];
  });
}
