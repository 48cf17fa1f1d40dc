/** The shape of a graph: states, the edges between them, and groups. */

/**
 * The kinds of nodes in a {@link Graph}. `choice` is a fork without a question; `group` stands for a group that is drawn
 * elsewhere; `start` and `end` are the borders of a part.
 */
export type NodeKind =
  | 'state'
  | 'scene'
  | 'question'
  | 'confirm'
  | 'again'
  | 'choice'
  | 'group'
  | 'start'
  | 'end';

/** A place in a conversation. */
export interface GraphNode {
  /** Id of the state; of a fork or a rim, an id that no state can have. */
  readonly id: string;
  readonly kind: NodeKind;
  /** Short name for people. */
  readonly label: string;
  /** Id of the group around it. */
  readonly group: string | null;
  /** Code may lead from here to anywhere, so that missing edges mean nothing. */
  readonly open?: true;
  /** The prompt, if it is fixed. */
  readonly prompt?: string;
  /** Kinds of input that are taken here. */
  readonly accepts?: readonly string[];
  /** Buttons: values with their labels; `'dynamic'` where code makes them. */
  readonly choices?: readonly { readonly value: string; readonly label: string }[] | 'dynamic';
  /** Whether it is shown by a view, in a message that is edited. */
  readonly view?: true;
  /** Widgets of its view that change its data, as far as they are known. */
  readonly widgets?: readonly { readonly kind: string; readonly name: string }[];
  readonly optional?: true;
  readonly back?: true;
  /** In ms. */
  readonly timeout?: number;
}

/** A way from one place to another. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** `step`: what a flow or a tree does; `order`: neighbors in a group, for `next()`; `move`: declared or seen. */
  readonly kind: 'step' | 'order' | 'move';
  /** When it is taken, or the buttons that lead there. */
  readonly label?: string;
}

/** States that belong together: a group of the code, a flow, or a part of a flow. */
export interface GraphGroup {
  readonly id: string;
  readonly label: string;
  readonly kind: 'states' | 'flow' | 'include' | 'repeat' | 'commands';
  readonly parent: string | null;
  /** Command that starts it, without the slash. */
  readonly trigger?: string;
  /** Beginning of the payload of `/start` that starts it. */
  readonly deepLink?: string;
  readonly description?: string;
  /** Command that cancels it, without the slash; `false` where it cannot be canceled. */
  readonly cancel?: string | false;
  /** In ms without progress. */
  readonly timeout?: number;
}

/** A machine as JSON that names everything in it and what leads where. */
export interface Graph {
  readonly namespace: string;
  readonly version: number;
  readonly groups: readonly GraphGroup[];
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** The nodes and edges of a graph that is being built. */
export interface Collected {
  readonly groups: Map<string, GraphGroup>;
  readonly nodes: Map<string, GraphNode>;
  readonly edges: GraphEdge[];
}

/** Whether a node is one of the code: forks and rims are only drawn. */
export function isDeclared({ kind }: GraphNode): boolean {
  return kind !== 'choice' && kind !== 'start' && kind !== 'end';
}

/** Input kinds as a list, whatever way they were declared. */
export function kindsOf(accepts: unknown): readonly string[] {
  if (typeof accepts === 'string') return [accepts];
  if (Array.isArray(accepts)) return accepts.map(String);
  const { album } = (accepts ?? {}) as { readonly album?: unknown };
  return album === undefined ? ['picker'] : kindsOf(album);
}
