/** A graph as a Mermaid state diagram, which GitHub, GitLab and most documentation tools draw. */

import { Rejected } from '../conversations/rejected.ts';
import { readableTime } from './durations.ts';
import type { Graph, GraphEdge, GraphGroup, GraphNode } from './graph.ts';

/** How a diagram is drawn. */
export interface MermaidOptions {
  /** Where it grows: down or to the right. Default `"TB"`. */
  readonly direction?: 'TB' | 'LR';
  /** Only this flow, tree or group. */
  readonly only?: string;
}

/**
 * Writes a graph as a Mermaid state diagram.
 *
 * @throws Error where `only` names no group of the graph
 */
export function mermaid(graph: Graph, options: MermaidOptions = {}): string {
  const { direction = 'TB', only } = options;
  if (only !== undefined && !graph.groups.some(({ id }) => id === only)) {
    const known = graph.groups.map(({ id }) => id).join(', ') || 'none';
    throw new Rejected(`There is no group '${only}' in this machine. It has: ${known}.`);
  }
  const names = namesOf(graph);
  const drawing: Drawing = { graph, names, lines: [] };
  drawing.lines.push('stateDiagram-v2', `  direction ${direction}`);
  if (graph.nodes.length === 0) drawing.lines.push(`  state "${noStates}" as s_none`);
  drawGroup(drawing, only ?? null, '  ', only === undefined ? undefined : only);
  return `${drawing.lines.join('\n')}\n`;
}

/** An empty diagram would be drawn as nothing at all. */
const noStates = 'This machine has no states. Pass them to fsm as states.';

interface Drawing {
  readonly graph: Graph;
  readonly names: ReadonlyMap<string, string>;
  readonly lines: string[];
}

function drawGroup(drawing: Drawing, id: string | null, indent: string, frame?: string): void {
  const { graph, names, lines } = drawing;
  const group = graph.groups.find((each) => each.id === id);
  if (group !== undefined && frame === undefined) {
    lines.push(`${indent}state "${escaped(titleOf(group))}" as ${names.get(group.id)} {`);
  }
  const inside = group !== undefined && frame === undefined ? `${indent}  ` : indent;
  for (const node of graph.nodes) if (node.group === id) declare(drawing, node, inside);
  for (const child of graph.groups) {
    if (child.parent === id) drawGroup(drawing, child.id, inside);
  }
  for (const edge of graph.edges) {
    if (sharedGroup(graph, edge) === id) draw(drawing, edge, inside);
  }
  if (group !== undefined && frame === undefined) {
    lines.push(`${indent}}`);
    const ways = waysOut(group);
    if (ways !== '') lines.push(`${indent}${names.get(group.id)} --> [*] : ${escaped(ways)}`);
    if (group.trigger !== undefined) {
      lines.push(`${indent}[*] --> ${names.get(group.id)} : /${escaped(group.trigger)}`);
    }
  }
}

function declare({ names, lines }: Drawing, node: GraphNode, indent: string): void {
  const name = names.get(node.id);
  if (node.kind === 'start' || node.kind === 'end') return;
  if (node.kind === 'choice') lines.push(`${indent}state ${name} <<choice>>`);
  else lines.push(`${indent}state "${escaped(captionOf(node))}" as ${name}`);
  for (const widget of node.widgets ?? []) {
    lines.push(`${indent}${name} : ${escaped(`${widget.kind} ${widget.name}`)}`);
  }
}

function draw({ graph, names, lines }: Drawing, edge: GraphEdge, indent: string): void {
  const label = edge.kind === 'order' ? 'next' : edge.label;
  const told = label === undefined ? '' : ` : ${escaped(label)}`;
  const isInside = sharedGroup(graph, edge);
  const nameAt = (id: string) => {
    const { kind, group = null } = graph.nodes.find((node) => node.id === id) ?? {};
    if (kind !== 'start' && kind !== 'end') return names.get(id) ?? '[*]';
    // seen from outside, the border of a group is the group
    return group === isInside ? '[*]' : (names.get(group ?? '') ?? '[*]');
  };
  lines.push(`${indent}${nameAt(edge.from)} --> ${nameAt(edge.to)}${told}`);
}

/** The innermost group around both ends: a line within it stays inside its frame. */
function sharedGroup(graph: Graph, { from, to }: GraphEdge): string | null {
  const around = (id: string) => {
    const ids: string[] = [];
    let at = graph.nodes.find((node) => node.id === id)?.group ?? null;
    while (at !== null) {
      ids.push(at);
      at = graph.groups.find((group) => group.id === at)?.parent ?? null;
    }
    return ids;
  };
  const outside = around(to);
  return around(from).find((id) => outside.includes(id)) ?? null;
}

function titleOf({ kind, label }: GraphGroup): string {
  return kind === 'repeat' ? `${label} (repeated)` : label;
}

function captionOf({ label, optional }: GraphNode): string {
  return optional ? `${label} (optional)` : label;
}

/** How a flow is left before its end. */
function waysOut({ cancel, timeout }: GraphGroup): string {
  const ways = [
    ...(typeof cancel === 'string' ? [`/${cancel}`] : []),
    ...(timeout === undefined ? [] : [`${readableTime(timeout)} without an answer`]),
  ];
  return ways.join(', ');
}

/** Names that Mermaid takes: letters, digits and underscores, each once. */
function namesOf({ nodes, groups }: Graph): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { id } of [...groups, ...nodes]) {
    if (names.has(id)) continue;
    // a leading letter: a word such as `state` or `end` would be read as Mermaid's own
    const plain = `s_${id.replace(/[^A-Za-z0-9]+/g, '_')}`;
    let name = plain;
    for (let number = 2; taken.has(name); number++) name = `${plain}_${number}`;
    taken.add(name);
    names.set(id, name);
  }
  return names;
}

/** Text without what Mermaid would read as its own (Mermaid, "Entity codes to escape characters"). */
function escaped(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/["#;:{}<>[\]\\`%]/g, (sign) => `#${sign.charCodeAt(0)};`);
}
