/** A part of a graph as SVG, with what happens at each place: links that a keyboard reaches and a screen reader names. */

import type { Graph, GraphEdge, GraphNode } from '../graph/graph.ts';
import {
  type Box,
  captionOf,
  layoutOf,
  lineHeight,
  nameOf,
  type Point,
  widgetsOf,
} from '../graph/layout.ts';
import { type Html, html } from './html.ts';

/** The marks of a diagram besides its states. */
export interface DiagramHighlights {
  /** Conversations that are at a place now. */
  count(state: string): number;
  /** Where a place leads when it is followed. */
  link(state: string): string | undefined;
  /** The place to point out. */
  readonly current?: string | null;
  /** The place before it. */
  readonly before?: string | null | undefined;
}

const layouts = new WeakMap<Graph, Map<string | null, ReturnType<typeof layoutOf>>>();

/** Draws a group, or what is in none. */
export function diagram(
  graph: Graph,
  part: string | null,
  title: string,
  marks: DiagramHighlights,
): Html {
  const known = layouts.get(graph) ?? new Map<string | null, ReturnType<typeof layoutOf>>();
  layouts.set(graph, known);
  const made = known.get(part) ?? layoutOf(graph, part);
  known.set(part, made);
  const { width, height, nodes, groups, edges } = made;
  const arrow = `arrow-${idOf(part ?? 'rest')}`;
  const isRecent = ({ from, to }: GraphEdge) =>
    marks.before !== undefined && from === marks.before && to === marks.current;
  return html`<svg class="diagram" role="group" aria-label="${title}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<defs><marker id="${arrow}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 L8 4 L0 8 z"/></marker></defs>
${groups.map(({ group, ...box }) => html`<g class="frame"><rect ${corner(box)} rx="10"/><text x="${box.x - box.width / 2 + 10}" y="${box.y - box.height / 2 + 16}">${group.label}${group.kind === 'repeat' ? ' ↻' : ''}</text></g>`)}
${edges.map(({ edge, points }) => html`<path class="way ${edge.kind}${isRecent(edge) ? ' recent' : ''}" d="${curve(points)}" marker-end="url(#${arrow})"/>`)}
${edges.map(({ edge, label }) => label && html`<text class="label" x="${round(label.x)}" y="${round(label.y + 4)}" text-anchor="middle">${edge.label}</text>`)}
${nodes.map(({ node, ...box }) => drawn(node, box, marks))}
</svg>`;
}

function drawn(node: GraphNode, box: Box, marks: DiagramHighlights): Html {
  const { x, y } = box;
  if (node.kind === 'start')
    return html`<g class="rim"><circle cx="${x}" cy="${y}" r="7"/><title>${node.label}</title></g>`;
  if (node.kind === 'end') {
    return html`<g class="rim end"><circle cx="${x}" cy="${y}" r="8"/><circle class="dot" cx="${x}" cy="${y}" r="4"/><title>${node.label}</title></g>`;
  }
  if (node.kind === 'choice') {
    return html`<path class="fork" d="M${x} ${y - 9} L${x + 9} ${y} L${x} ${y + 9} L${x - 9} ${y} z"/>`;
  }
  const count = marks.count(node.id);
  const link = marks.link(node.id);
  const isCurrent = marks.current === node.id;
  const names = ['place', node.kind, count > 0 && 'busy', isCurrent && 'current']
    .filter(Boolean)
    .join(' ');
  // begins with the visible label, so that speech control can name it
  const lines = [captionOf(node), ...widgetsOf(node)];
  const seen = `${nameOf(node)} ${lines.join(', ')}`;
  const told = `${seen} ${short(count)} ${count === 1 ? 'conversation' : 'conversations'}${isCurrent ? ', the one that is shown' : ''}`;
  const left = x - box.width / 2 + 14;
  const top = y - box.height / 2;
  const shape = html`<rect ${corner(box)} rx="12"/><text class="name" x="${left}" y="${top + 21}">${nameOf(node)}</text>${lines.map((line, at) => html` <text class="kind" x="${left}" y="${top + 35 + at * lineHeight}">${line}</text>`)}${count > 0 && html` <text class="count" x="${x + box.width / 2 - 12}" y="${y + 5}" text-anchor="end">${short(count)}</text>`}`;
  const attributes = html`id="node-${idOf(node.id)}" data-node data-count="${count}${isCurrent ? '!' : ''}" class="${names}"`;
  if (link === undefined) return html`<g ${attributes}><title>${told}</title>${shape}</g>`;
  return html`<a ${attributes} href="${link}" aria-label="${told}">${shape}</a>`;
}

function corner({ x, y, width, height }: Box): Html {
  return html`x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${round(width)}" height="${round(height)}"`;
}

/** A line through points with round corners. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points as readonly [Point, ...Point[]];
  let path = `M${round(first.x)} ${round(first.y)}`;
  for (const [at, point] of rest.entries()) {
    const next = rest[at + 1];
    if (next === undefined) path += ` L${round(point.x)} ${round(point.y)}`;
    else
      path += ` Q${round(point.x)} ${round(point.y)} ${round((point.x + next.x) / 2)} ${round((point.y + next.y) / 2)}`;
  }
  return path;
}

/** A number with few digits: 1234 reads as 1.2k. */
export function short(count: number): string {
  if (count < 1000) return String(count);
  return count < 999_950 ? `${round(count / 1000)}k` : `${round(count / 1_000_000)}M`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** An id for HTML: names may contain anything. */
function idOf(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, (sign) => `_${sign.charCodeAt(0).toString(36)}_`);
}
