/**
 * @module @telefsm/devtools
 *
 * Shows and checks what a machine is and what its conversations do: graphs, diagrams, an inspector page, a playground.
 */

export type { OperatedMachine } from './conversations/operator.ts';
// Graphs
export { check } from './graph/check.ts';
export type { Fault, FaultCode } from './graph/fault.ts';
export type { Graph, GraphEdge, GraphGroup, GraphNode, NodeKind } from './graph/graph.ts';
export type { Describable, GraphOptions } from './graph/machine-graph.ts';
export { graph } from './graph/machine-graph.ts';
export type { MermaidOptions } from './graph/mermaid.ts';
export { mermaid } from './graph/mermaid.ts';
// The inspector
export type { Inspector, InspectorOptions } from './inspector/inspector.ts';
export { inspector } from './inspector/inspector.ts';
export type { InspectedMachine } from './inspector/model-types.ts';
export type { Redact } from './inspector/redact.ts';
export type { Watchable } from './inspector/watch.ts';
// The playground
export type { Playground } from './playground/playground.ts';
export { playground } from './playground/playground.ts';
export type {
  PlaygroundBot,
  PlaygroundBotOptions,
  PlaygroundClock,
  PlaygroundExample,
  PlaygroundOptions,
  PlaygroundServer,
  PlaygroundUser,
} from './playground/world.ts';
export type { Web, WebOptions } from './web/server.ts';
