import type { UpdateType } from '@telefsm/testing';

/** Updates of a user that belong to no chat. */
export const updatesWithoutChat: readonly UpdateType[] = [
  'inline_query',
  'chosen_inline_result',
  'shipping_query',
  'pre_checkout_query',
  'poll_answer',
  'purchased_paid_media',
];
