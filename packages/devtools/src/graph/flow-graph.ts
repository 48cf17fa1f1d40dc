/** A flow as a part of the graph: its questions in order, with forks where the order depends on answers. */

import type { OwnCommands } from '@telefsm/core/scene-kit';
import type { FlowDescription, StepDescription } from '@telefsm/core/tools';
import { type Collected, type GraphNode, kindsOf } from './graph.ts';

/** A way out of what has been drawn so far, to whatever comes next. */
interface Exit {
  readonly from: string;
  readonly label?: string;
}

/** Where a list of steps is. */
interface Part {
  readonly into: Collected;
  readonly flow: string;
  /** Id of the group, which begins the ids of its states. */
  readonly prefix: string;
  /** Questions that were drawn, for branches on their answers. */
  readonly asked: Map<string, Question>;
}

type Question = Extract<StepDescription, { readonly kind: 'ask' }>;

/** Adds a flow with its rims. */
export function addFlow(
  into: Collected,
  id: string,
  description: FlowDescription,
  machineCommands: OwnCommands,
): void {
  const { trigger, deepLink, timeout, commands } = description;
  const cancel = commands?.cancel ?? machineCommands.cancel ?? 'cancel';
  const command = trigger?.replace(/^\//, '').toLowerCase();
  into.groups.set(id, {
    id,
    label: id,
    kind: 'flow',
    parent: null,
    ...(command !== undefined && { trigger: command }),
    ...(deepLink !== undefined && { deepLink }),
    ...(description.description !== undefined && { description: description.description }),
    cancel: cancel === false ? false : cancel.replace(/^\//, ''),
    ...(timeout !== undefined && { timeout }),
  });
  const start = `${id}:~start`;
  const end = `${id}:~end`;
  const label = command === undefined ? id : `/${command}`;
  into.nodes.set(start, { id: start, kind: 'start', label, group: id });
  const part = { into, flow: id, prefix: id, asked: new Map() };
  const exits = addSteps(part, description.steps, [{ from: start }]);
  into.nodes.set(end, { id: end, kind: 'end', label: 'done', group: id });
  connect(part, exits, end);
}

/** @returns the ways out of the last step */
function addSteps(
  part: Part,
  steps: readonly StepDescription[],
  exits: readonly Exit[],
): readonly Exit[] {
  return steps.reduce((open, step) => addStep(part, step, open), exits);
}

function addStep(part: Part, step: StepDescription, exits: readonly Exit[]): readonly Exit[] {
  switch (step.kind) {
    case 'ask':
      return addQuestion(part, step, exits);
    case 'confirm': {
      const { prompt, name } = step;
      const node = addNode(part, name, {
        kind: 'confirm',
        ...(prompt !== undefined && { prompt }),
      });
      connect(part, exits, node);
      return [{ from: node, label: 'yes' }];
    }
    case 'questions': {
      const node = addNode(part, step.name, { kind: 'question', accepts: ['text', 'button'] });
      connect(part, exits, node);
      // one after the other, as many as there are
      return [{ from: node }];
    }
    case 'include': {
      const prefix = addPart(part, step.name, 'include');
      return addSteps({ ...part, prefix, asked: new Map() }, step.steps, exits);
    }
    case 'repeat':
      return addRepeat(part, step, exits);
    case 'branch':
      return addBranch(part, step, exits);
    case 'block': {
      const from = forkOf(part, exits);
      const inside = addSteps(part, step.steps, [{ from, label: 'if' }]);
      return [...inside, { from, label: 'else' }];
    }
  }
}

function addQuestion(part: Part, step: Question, exits: readonly Exit[]): readonly Exit[] {
  const { accept, choices, labels, optional, back, timeout, prompt } = step;
  part.asked.set(step.name, step);
  const from = step.conditional ? forkOf(part, exits) : undefined;
  const accepts = accept ?? (choices === undefined ? 'text' : 'button');
  const node = addNode(part, step.name, {
    kind: 'question',
    ...(prompt !== undefined && { prompt }),
    accepts: kindsOf(accepts),
    ...(choices !== undefined && { choices: buttonsOf(choices, labels) }),
    ...(optional && { optional }),
    ...(back && { back }),
    ...(timeout !== undefined && { timeout }),
  });
  if (from === undefined) {
    connect(part, exits, node);
    return [{ from: node }];
  }
  connect(part, [{ from, label: 'if' }], node);
  return [{ from: node }, { from, label: 'else' }];
}

function addRepeat(
  part: Part,
  step: Extract<StepDescription, { readonly kind: 'repeat' }>,
  exits: readonly Exit[],
): readonly Exit[] {
  const prefix = addPart(part, step.name, 'repeat');
  const inner: Part = { ...part, prefix, asked: new Map(part.asked) };
  const again = `${prefix}:again`;
  const more: Exit = { from: again, label: 'another' };
  // without a least number the first round is offered too
  const first = step.min === 0 ? [more] : [...exits, more];
  const round = addSteps(inner, step.steps, first);
  addNode(inner, 'again', { kind: 'again', label: 'another one?' });
  connect(inner, step.min === 0 ? [...exits, ...round] : round, again);
  const label = step.max === undefined ? 'no' : `no, or after ${step.max}`;
  return [{ from: again, label }];
}

function addBranch(
  part: Part,
  step: Extract<StepDescription, { readonly kind: 'branch' }>,
  exits: readonly Exit[],
): readonly Exit[] {
  const { on, cases } = step;
  const question = part.asked.get(on);
  const values = Array.isArray(question?.choices) ? (question.choices as string[]) : undefined;
  const mayBeMissing = question === undefined || question.optional || question.conditional;
  const from = forkOf(part, exits);
  const ends = Object.entries(cases).flatMap(([value, steps]) => {
    // a case that no button leads to has no way in
    const ways = values === undefined || values.includes(value);
    return addSteps(part, steps, ways ? [{ from, label: `${on} = ${value}` }] : []);
  });
  const left = values?.filter((value) => !Object.hasOwn(cases, value));
  if (left?.length === 0 && !mayBeMissing) return ends;
  const label = left?.length === 1 && !mayBeMissing ? `${on} = ${left[0]}` : 'else';
  return [...ends, { from, label }];
}

/** One place that several ways lead to, from which a decision goes out. */
function forkOf(part: Part, exits: readonly Exit[]): string {
  const [only] = exits;
  if (only !== undefined && exits.length === 1 && only.label === undefined) return only.from;
  const { nodes } = part.into;
  const id = `${part.flow}:~if${nodes.size}`;
  nodes.set(id, { id, kind: 'choice', label: '', group: part.prefix });
  connect(part, exits, id);
  return id;
}

function addNode(
  { into, prefix }: Part,
  name: string,
  node: Omit<GraphNode, 'id' | 'label' | 'group'> & { readonly label?: string },
): string {
  const id = `${prefix}:${name}`;
  // a name may be in several cases of one branch: it is one state
  if (!into.nodes.has(id)) into.nodes.set(id, { label: name, ...node, id, group: prefix });
  return id;
}

function addPart({ into, prefix }: Part, name: string, kind: 'include' | 'repeat'): string {
  const id = `${prefix}.${name}`;
  into.groups.set(id, { id, label: name, kind, parent: prefix });
  return id;
}

function connect({ into }: Part, exits: readonly Exit[], to: string): void {
  for (const exit of exits) into.edges.push({ ...exit, to, kind: 'step' });
}

function buttonsOf(
  choices: readonly string[] | 'dynamic',
  labels: { readonly [value: string]: string } = {},
): NonNullable<GraphNode['choices']> {
  if (choices === 'dynamic') return choices;
  return choices.map((value) => ({ value, label: labels[value] ?? value }));
}
