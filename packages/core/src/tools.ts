/**
 * @module @telefsm/core/tools
 *
 * What developer tools and tests read: clocks, keys and descriptions.
 */

import { inParts } from './conversation/long-text.ts';
import { showStream } from './conversation/show-stream.ts';
import { GroupMoves } from './machine/supergroup.ts';
import { askElsewhere } from './scene/flow/ask-elsewhere.ts';
import { pressElsewhere } from './scene/flow/press-elsewhere.ts';

export { systemClock, toMs } from './base/clock.ts';
export { errorCatalogue } from './base/error-catalogue.ts';
export type { FlowDescription, StepDescription } from './scene/flow/describe.ts';
export { subjectAt } from './update/address.ts';
export { inputKinds } from './update/input.ts';
export type { KeyParts } from './update/key.ts';
export { keyLimit, keyOf, namespacePrefix, parseKey } from './update/key.ts';
export type { Migration } from './update/migration.ts';
export { chatPrefix, migratedKey, migrationOf } from './update/migration.ts';
export { updateTypeOf, updateTypes } from './update/subject.ts';

/**
 * The parts that core loads only when they are needed. Tools and tests load it at once, so that a clock which is moved does not run
 * ahead of it.
 */
export const loadedLater: readonly unknown[] = [
  showStream,
  askElsewhere,
  pressElsewhere,
  inParts,
  GroupMoves,
];
