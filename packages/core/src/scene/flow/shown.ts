/** A question that is ready to send: its message, and what has to be noted about it. */

import type { OutgoingMessage } from '../../conversation/outgoing.ts';
import type { FormattedStream } from '../../conversation/stream.ts';
import type { FlowMemo, SentInvoice } from './memo.ts';
import type { QuestionKeyboard } from './question-keyboard.ts';

/** A question that is ready to send. */
export interface Shown extends Partial<Pick<QuestionKeyboard, 'kind' | 'isRedrawn' | 'labels'>> {
  readonly say: OutgoingMessage | FormattedStream;
  readonly invoice: SentInvoice | undefined;
  /** In groups, the message of the user to reply to. */
  readonly heard?: FlowMemo['heard'];
}

/** A question without what telefsm adds to its message. */
export type PlainPrompt = Pick<Shown, 'say' | 'invoice'>;
