/**
 * @module @telefsm/core/tools
 *
 * What developer tools and tests read: clocks, keys and descriptions.
 */

export { systemClock, toMs } from './base/clock.ts';
export { errorCatalogue } from './base/error-catalogue.ts';
export type { FlowDescription, StepDescription } from './scene/flow/describe.ts';
export { subjectAt } from './update/address.ts';
export { inputKinds } from './update/input.ts';
export type { KeyParts, Migration } from './update/key.ts';
export {
  chatPrefix,
  keyLimit,
  keyOf,
  migratedKey,
  migrationOf,
  namespacePrefix,
  parseKey,
} from './update/key.ts';
export { updateTypeOf, updateTypes } from './update/subject.ts';
