import { expect, it } from 'vitest';
import { showsMarkup } from '../src/engine/shown-keyboard.ts';

it('removes a reply keyboard with a message that can carry the removal, and with no other call', () => {
  const methods = ['sendMessage', 'sendPhoto', 'sendPaidMedia', 'sendPoll', 'copyMessage'];
  const others = [
    ...['sendMessageDraft', 'sendRichMessageDraft', 'sendMediaGroup', 'sendChatAction'],
    ...['sendInvoice', 'sendGame', 'sendChecklist', 'sendGift', 'sendChatJoinRequestWebApp'],
    ...['copyMessages', 'forwardMessage', 'editMessageText'],
  ];
  expect([...methods, ...others].filter(showsMarkup)).toEqual(methods);
});
