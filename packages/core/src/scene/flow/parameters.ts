/** The parameters of a flow: answers that are known from the start. They are beside the answers, under names that no step has. */

import type { JsonObject } from '../../base/json.ts';
import { isSchema } from '../../base/schema.ts';
import { checkData } from '../check-data.ts';
import { givenSlot, namedSteps, type Step } from './steps.ts';

/** Splits the parameters of a flow from its answers. */
export interface FlowParameters {
  /** The parameters among some data. */
  of(data: JsonObject): JsonObject;
  /** Everything else. */
  rest(data: JsonObject): JsonObject;
  /**
   * Checks and converts the parameters; the answers stay as they are.
   *
   * @throws FsmError `DATA_INVALID` with the name of each parameter that is missing or wrong
   */
  check(data: JsonObject): Promise<JsonObject>;
}

/** Finds out which of a flow's data are parameters; `undefined` for a flow that has none. */
export function parametersOf(
  id: string,
  steps: readonly Step[],
  data: unknown,
): FlowParameters | undefined {
  if (!isSchema(data)) return undefined;
  const names = new Set<string>([givenSlot]);
  for (const step of namedSteps(steps)) {
    names.add(step.name);
    if (step.kind === 'ask') for (const former of step.was) names.add(former);
  }
  const part = (all: JsonObject, ofSteps: boolean) => {
    const found: Record<string, unknown> = {};
    for (const name of Object.keys(all)) if (names.has(name) === ofSteps) found[name] = all[name];
    return found as JsonObject;
  };
  const of = (all: JsonObject) => part(all, false);
  const rest = (all: JsonObject) => part(all, true);
  return {
    of,
    rest,
    async check(all) {
      return { ...(await checkData(data, id, of(all))), ...rest(all) };
    },
  };
}
