/** The states of a flow's steps. */

import { makeState, type State } from '../../conversation/states.ts';
import { againName, namedSteps, type Step } from './steps.ts';

/** Step states by name, with those of inner levels in objects. */
export interface StepTree {
  readonly [name: string]: State | StepTree;
}

/** The states of a flow's steps. */
export interface StepStates {
  readonly tree: StepTree;
  readonly all: readonly State[];
}

/**
 * Makes the states of a flow's steps.
 *
 * @param prefix - the id of the flow
 * @param formerPrefixes - its former ids
 */
export function statesOfSteps(
  steps: readonly Step[],
  prefix: string,
  formerPrefixes: readonly string[],
): StepStates {
  const all: State[] = [];
  const tree = level(steps, { prefix, formerPrefixes, groups: [prefix] }, all);
  return { tree, all };
}

interface Level {
  readonly prefix: string;
  readonly formerPrefixes: readonly string[];
  readonly groups: readonly string[];
}

function level(steps: readonly Step[], at: Level, all: State[], withAgain = false): StepTree {
  const siblings: State[] = [];
  const tree: Record<string, State | StepTree> = {};
  const add = (name: string, formerNames: readonly string[]) => {
    const id = `${at.prefix}:${name}`;
    const names = [name, ...formerNames];
    const was = [at.prefix, ...at.formerPrefixes]
      .flatMap((prefix) => names.map((each) => `${prefix}:${each}`))
      .filter((each) => each !== id);
    const made = makeState(id, { schema: undefined, was, groups: at.groups, siblings });
    siblings.push(made);
    all.push(made);
    tree[name] = made;
  };
  for (const step of namedSteps(steps)) {
    // a name may be in several cases of one branch
    if (step.name in tree) continue;
    if (step.kind === 'ask') add(step.name, step.was);
    else if (step.kind === 'confirm' || step.kind === 'questions') add(step.name, []);
    else {
      const prefix = `${at.prefix}.${step.name}`;
      const formerPrefixes = at.formerPrefixes.map((former) => `${former}.${step.name}`);
      const inner = { prefix, formerPrefixes, groups: [prefix, ...at.groups] };
      tree[step.name] = level(step.steps, inner, all, step.kind === 'repeat');
    }
  }
  if (withAgain) add(againName, []);
  return Object.freeze(tree);
}
