/**
 * @module @telefsm/core/tools
 *
 * Exports for developer tools and tests: clocks, keys and descriptions.
 */

import { languages } from './conversation/languages.ts';
import { inParts } from './conversation/long-text.ts';
import { showStream } from './conversation/show-stream.ts';
import { RecentAlbums } from './engine/albums.ts';
import { sendWithout } from './engine/reply-keyboards.ts';
import { answerStale } from './engine/stale.ts';
import { answerEarly } from './machine/busy.ts';
import { look } from './machine/inspect.ts';
import type { Machine } from './machine/machine-interface.ts';
import { peek } from './machine/peek.ts';
import { GroupMoves } from './machine/supergroup.ts';
import { sweeperOf } from './machine/sweeper.ts';
import { askElsewhere } from './scene/flow/ask-elsewhere.ts';
import { handleLabel } from './scene/flow/choose.ts';
import { handleCommand } from './scene/flow/commands.ts';
import { edit } from './scene/flow/corrections.ts';
import { handleEdited } from './scene/flow/edited.ts';
import { runEnding } from './scene/flow/endings.ts';
import { startData } from './scene/flow/given.ts';
import { dropOutdated } from './scene/flow/outdated.ts';
import { collect } from './scene/flow/parts.ts';
import { bindInvoice } from './scene/flow/payment.ts';
import { press } from './scene/flow/press.ts';
import { pressElsewhere } from './scene/flow/press-elsewhere.ts';
import { dressed } from './scene/flow/prompt-keyboard.ts';
import { recheck } from './scene/flow/recheck.ts';
import { isOtherTalk } from './scene/flow/replies.ts';
import { retrigger } from './scene/flow/retrigger.ts';
import { walkRounds } from './scene/flow/rounds.ts';
import { shareButton } from './scene/flow/share.ts';
import { type Mask, type Seen, seenIn } from './scene/view/look.ts';
import { deadlineIndex } from './storage/deadline-index.ts';
import { listed } from './storage/memory-list.ts';
import { rejectInput } from './transaction/reject-input.ts';
import { sendThere } from './transaction/supergroup-calls.ts';
import { bringUpToDate } from './transaction/up-to-date.ts';

export { errorCatalogue } from './base/all-sentences.ts';
export { systemClock, toMs } from './base/clock.ts';
export { suggestion } from './base/error-catalogue.ts';
export { describeMachine } from './machine/describe.ts';
export type { FlowDescription, StepDescription } from './scene/flow/describe.ts';
export type {
  Mask,
  Seen,
  SeenButton,
  SeenMessage,
  SeenView,
  SeenWidget,
} from './scene/view/look.ts';
export type { MovedBy } from './scene/view/moved-by.ts';
export { movedBy } from './scene/view/moved-by.ts';
export type { KeyParts } from './update/key.ts';
export { botPrefix, keyLimit, keyOf, namespacePrefix, parseKey } from './update/key.ts';
export { updateTypes } from './update/subject.ts';

/**
 * The parts that core loads only when they are needed. Tools and tests load it in advance, so that a clock which is moved does not run
 * ahead of it.
 */
export const loadedLater: readonly unknown[] = [
  RecentAlbums,
  languages,
  showStream,
  askElsewhere,
  pressElsewhere,
  inParts,
  GroupMoves,
  answerEarly,
  sweeperOf,
  peek,
  bringUpToDate,
  deadlineIndex,
  listed,
  rejectInput,
  sendThere,
  answerStale,
  sendWithout,
  collect,
  handleCommand,
  handleLabel,
  dressed,
  runEnding,
  press,
  startData,
  isOtherTalk,
  retrigger,
  walkRounds,
  shareButton,
  bindInvoice,
  edit,
  handleEdited,
  dropOutdated,
  recheck,
];

/**
 * Looks at a stored conversation: renders its view as the next press would find it, without taking the conversation or changing anything.
 *
 * @param key - of the conversation, as `machine.at(…).key`
 * @param mask - replaces data that nobody may see, before the view gets it
 * @returns `undefined` if nothing is stored, or the code does not have its state
 * @throws FsmError `STORAGE_FAILED`, `RECORD_NEWER`; what a migration, a schema or `services` throws passes
 */
export async function lookAt(
  machine: Pick<Machine, '~runtime'>,
  key: string,
  mask?: Mask,
): Promise<Seen | undefined> {
  const found = await look(machine['~runtime'], key);
  return found && seenIn(found.turn, found.view, mask);
}
