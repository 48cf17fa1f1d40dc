/** A command tree as a part of the graph: its states, and the commands that lead from one to another. */

import type { Collected } from './graph.ts';

/** The description of a command tree. */
export interface CommandTreeDescription {
  readonly kind: 'commands';
  readonly commands: readonly {
    readonly names: readonly string[];
    /** Where it works; `null` everywhere. */
    readonly state: string | null;
    readonly leadsTo: readonly string[];
    readonly options: readonly string[];
    readonly description?: string;
  }[];
}

/** Adds a command tree. Global commands are edges from its start, since they work wherever the user is. */
export function addCommandTree(
  { groups, nodes, edges }: Collected,
  id: string,
  { commands }: CommandTreeDescription,
): void {
  const start = `${id}:~start`;
  const root = `${id}:root`;
  groups.set(id, { id, label: id, kind: 'commands', parent: null, cancel: false });
  nodes.set(start, { id: start, kind: 'start', label: id, group: id });
  const addState = (state: string) => {
    if (nodes.has(state)) return;
    const label = state.slice(state.lastIndexOf(':') + 1);
    nodes.set(state, { id: state, kind: 'state', label, group: id, accepts: ['text'], open: true });
  };
  addState(root);
  edges.push({ from: start, to: root, kind: 'step' });
  for (const { names, state, leadsTo } of commands) {
    for (const target of leadsTo) {
      addState(target);
      if (state !== null) addState(state);
      const [label = ''] = names;
      const from = state ?? start;
      const everywhere = state === null ? ' (anywhere)' : '';
      edges.push({ from, to: target, kind: 'step', label: `${label}${everywhere}` });
    }
  }
}
