/** Where the parts of a graph are drawn: dagre places them, from the top down. */

import dagre from '@dagrejs/dagre';
import type { Graph, GraphEdge, GraphGroup, GraphNode } from './graph.ts';

/** A place on the plane, in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A box by its center. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** A drawing that is ready to be written as SVG. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly (Box & { readonly node: GraphNode })[];
  readonly groups: readonly (Box & { readonly group: GraphGroup })[];
  readonly edges: readonly {
    readonly edge: GraphEdge;
    readonly points: readonly Point[];
    readonly label: Point | undefined;
  }[];
}

/** Pixels for a letter of a node's name, of the line below it, and of a label beside a line. */
const nameLetter = 8;
const captionLetter = 6;
const labelLetter = 6.4;
/** How far an edge from a node to itself goes out. */
const loopWidth = 22;
const nodeHeight = 44;
/** Of a further line in a node. */
export const lineHeight = 14;

/** Places one part of a graph: what is in a group, or in none. */
export function layoutOf(graph: Graph, part: string | null): Layout {
  const inside = partsOf(graph, part);
  const own = graph.nodes.filter(({ group }) =>
    group === null ? part === null : inside.has(group),
  );
  const { nodes, edges } = withNeighbors(graph, own, part);
  const frames = graph.groups.filter(({ id }) => inside.has(id) && id !== part);
  const plan = new dagre.graphlib.Graph({ compound: true, multigraph: true });
  plan.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 34, edgesep: 14, marginx: 12, marginy: 12 });
  plan.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) plan.setNode(node.id, sizeOf(node));
  for (const { id, label } of frames)
    plan.setNode(`group ${id}`, { width: label.length * labelLetter, height: 20 });
  for (const { id, group } of nodes)
    if (group !== null && group !== part) plan.setParent(id, `group ${group}`);
  for (const { id, parent } of frames) {
    if (parent !== null && parent !== part) plan.setParent(`group ${id}`, `group ${parent}`);
  }
  for (const [at, edge] of edges.entries()) {
    const width = widthOf(edge) + (edge.from === edge.to ? 2 * loopWidth : 0);
    const height = width === 0 ? 0 : 16;
    plan.setEdge(edge.from, edge.to, { width, height, labelpos: 'c' }, String(at));
  }
  dagre.layout(plan);
  const { width = 0, height = 0 } = plan.graph() as { width?: number; height?: number };
  const boxAt = (id: string) => plan.node(id) as unknown as Box;
  const lines = edges.map((edge, at) => {
    if (edge.from === edge.to) return { edge, ...loopAt(boxAt(edge.from), edge) };
    const made = plan.edge(edge.from, edge.to, String(at)) as unknown as Partial<Point> & {
      readonly points: readonly Point[];
    };
    const { x, y, points } = made;
    const label =
      edge.label !== undefined && x !== undefined && y !== undefined ? { x, y } : undefined;
    return { edge, points, label };
  });
  // dagre leaves room for a label beside its node, and less than a loop takes
  const right = lines.map(({ edge, label }) =>
    edge.from === edge.to && label !== undefined ? label.x + widthOf(edge) / 2 : 0,
  );
  return {
    width: Math.ceil(Math.max(0, finite(width), ...right)),
    height: Math.max(0, Math.ceil(finite(height))),
    nodes: nodes.map((node) => ({ ...boxOf(boxAt(node.id)), node })),
    groups: frames.map((group) => ({ ...boxOf(boxAt(`group ${group.id}`)), group })),
    edges: lines,
  };
}

/** An edge from a node to itself, at its right side, with its label beside it. */
function loopAt({ x, y, width }: Box, edge: GraphEdge): { points: Point[]; label: Point } {
  const right = x + width / 2;
  const at = (dx: number, dy: number): Point => ({ x: right + dx, y: y + dy });
  const points = [at(0, -9), at(loopWidth, -12), at(loopWidth, 12), at(0, 9)];
  return { points, label: at(loopWidth + widthOf(edge) / 2, 0) };
}

function widthOf({ label = '' }: GraphEdge): number {
  return label === '' ? 0 : label.length * labelLetter + 8;
}

/**
 * The nodes of a part with the edges between them. Flows and groups that it leads to, or comes from, are boxes beside what is in no group;
 * within a group there is no room for others.
 */
function withNeighbors(
  { nodes, edges, groups }: Graph,
  own: readonly GraphNode[],
  part: string | null,
): { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] } {
  const present = new Set(own.map(({ id }) => id));
  const boxes = new Map<string, GraphNode>();
  const boxAt = (id: string): string | undefined => {
    if (present.has(id)) return id;
    let group = groups.find(({ id: each }) => each === nodes.find((node) => node.id === id)?.group);
    while (group?.parent) group = groups.find(({ id: each }) => each === group?.parent);
    if (part !== null || group === undefined) return undefined;
    const { label, kind } = group;
    const box = `${group.id}:~all`;
    boxes.set(box, { id: box, kind: 'group', label, group: null, accepts: [kind] });
    return box;
  };
  const shown = edges.flatMap((edge) => {
    if (!present.has(edge.from) && !present.has(edge.to)) return [];
    const [from, to] = [boxAt(edge.from), boxAt(edge.to)];
    return from === undefined || to === undefined ? [] : [{ ...edge, from, to }];
  });
  return { nodes: [...own, ...boxes.values()], edges: shown };
}

/** A node's name as far as there is room. */
export function nameOf({ label }: Pick<GraphNode, 'label'>): string {
  return label.length <= 28 ? label : `${label.slice(0, 27)}…`;
}

/** Returns the accepted input of a node, in a few words. */
export function captionOf({ kind, view, accepts, optional, choices }: GraphNode): string {
  const named = view ? ['view', ...(accepts ?? [])] : accepts;
  const taken = kind === 'confirm' ? 'summary' : (named?.join(', ') ?? kind);
  const offered =
    kind === 'question' && Array.isArray(choices) ? ` · ${choices.length} choices` : '';
  return `${taken}${offered}${optional ? ' · optional' : ''}`.slice(0, 36);
}

/** The widgets of a view, a line each. */
export function widgetsOf({ widgets = [] }: GraphNode): readonly string[] {
  return widgets.map(({ kind, name }) => `${kind} ${name}`.slice(0, 36));
}

/** A group with all groups in it. */
function partsOf({ groups }: Graph, part: string | null): ReadonlySet<string> {
  const inside = new Set(part === null ? [] : [part]);
  // a group is after the one around it
  for (const { id, parent } of groups) if (parent !== null && inside.has(parent)) inside.add(id);
  return inside;
}

function sizeOf(node: GraphNode): { readonly width: number; readonly height: number } {
  const { kind, label } = node;
  if (kind === 'start' || kind === 'end' || kind === 'choice') return { width: 18, height: 18 };
  const lines = [captionOf(node), ...widgetsOf(node)];
  const text = Math.max(
    nameOf({ label }).length * nameLetter,
    ...lines.map((line) => line.length * captionLetter),
  );
  const height = nodeHeight + (lines.length - 1) * lineHeight;
  return { width: Math.max(96, text + 58), height };
}

function boxOf({ x, y, width, height }: Box): Box {
  return { x, y, width, height };
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
