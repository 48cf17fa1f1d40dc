/** Checks the data of a scene against its schema. */

import { sceneError } from '../base/area-errors.ts';
import type { JsonObject } from '../base/json.ts';
import { check, describeIssues, type Schema } from '../base/schema.ts';

/**
 * Checks and converts data.
 *
 * @param scene - the id of the scene, for the error
 * @throws FsmError `DATA_INVALID`; what the schema throws passes
 */
export async function checkData(
  schema: Schema,
  scene: string,
  data: JsonObject,
): Promise<JsonObject> {
  const result = await check(schema, data);
  if (result.issues === undefined) return result.value as JsonObject;
  throw sceneError('DATA_INVALID', { state: scene, issues: describeIssues(result.issues) });
}
