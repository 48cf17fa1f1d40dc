/** The Bot API: one call in, one answer out. */
import { type ApiAnswer, answering, reject, rejectionOf } from '../cloud/answer.ts';
import type { ApiCall, Cloud } from '../cloud/cloud.ts';
import type { Payload } from '../cloud/raw.ts';
import { stir } from '../event-loop.ts';
import { chatMethods } from './chats.ts';
import type { Call } from './contents.ts';
import {
  deleteBusinessMessages,
  deleteMessage,
  deleteMessages,
  editMessage,
  pinChatMessage,
  setMessageReaction,
  stopPoll,
} from './editing.ts';
import { fileOf } from './media.ts';
import { readParameters, textParameter, type Uploads } from './parameters.ts';
import { profileMethods } from './profile.ts';
import { answeringMethods, answerQuery } from './queries.ts';
import { copyMessage, forwardMessage, sendingMethods, sendMediaGroup, several } from './sending.ts';
import { chatOf, openChatOf } from './target.ts';

const methods: Readonly<Record<string, (call: Call) => unknown>> = {
  ...sendingMethods,
  ...profileMethods,
  ...chatMethods,
  ...Object.fromEntries(Object.keys(answeringMethods).map((name) => [name, answerQuery])),
  sendMediaGroup,
  copyMessage,
  forwardMessage,
  copyMessages: (call) => several(call, copyMessage),
  forwardMessages: (call) => several(call, forwardMessage),
  sendChatAction: inOpenChat,
  sendMessageDraft: inOpenChat,
  sendRichMessageDraft: inOpenChat,
  editMessageText: editMessage,
  editMessageCaption: editMessage,
  editMessageMedia: editMessage,
  editMessageReplyMarkup: editMessage,
  editMessageLiveLocation: editMessage,
  editMessageChecklist: editMessage,
  stopMessageLiveLocation: editMessage,
  stopPoll,
  deleteMessage,
  deleteMessages,
  deleteBusinessMessages,
  setMessageReaction,
  pinChatMessage,
  getFile: ({ cloud, payload, uploads }) => {
    const id = textParameter(payload, 'file_id');
    if (!id) return reject(400, 'Bad Request: file_id not specified');
    const { file_id, file_unique_id, file_size, file_path } = fileOf(
      cloud,
      'document',
      id,
      uploads,
    );
    return { file_id, file_unique_id, file_size, file_path };
  },
};

/** Verbs with which methods of the Bot API begin: what begins otherwise is a typing mistake. */
const plausible =
  /^(?:add|answer|approve|ban|close|convert|copy|create|decline|delete|edit|export|forward|get|gift|hide|leave|log|pin|post|promote|read|refund|remove|reopen|replace|repost|restrict|revoke|save|send|set|stop|transfer|unban|unhide|unpin|upgrade|upload|verify)[A-Z]\w*$/;

const byLowerCase = new Map(Object.keys(methods).map((name) => [name.toLowerCase(), name]));

/**
 * Answers a call as Telegram would, or lets it fail as a test has scripted.
 *
 * @returns the answer, or `"cut"` when the network fails it
 */
export async function performCall(
  cloud: Cloud,
  method: string,
  given: Payload,
  uploads: Uploads = new Map(),
): Promise<ApiAnswer | 'cut'> {
  const call: { -readonly [Field in keyof ApiCall]: ApiCall[Field] } = {
    method,
    payload: given,
    answer: undefined,
  };
  cloud.calls.push(call);
  stir();
  const failure = scripted(cloud, method);
  if (failure === 'unreachable') {
    cloud.screen.push({ kind: 'noted', what: `Bot fails: ${method} does not arrive` });
    return 'cut';
  }
  const delay = cloud.delays.get(method);
  if (delay !== undefined)
    await new Promise<void>((resolve) => cloud.clock.setTimeout(resolve, delay));
  const answer =
    typeof failure === 'object'
      ? rejectionOf(failure)
      : answering(() => {
          const payload = readParameters(given);
          call.payload = payload;
          return answerCall({ cloud, method, payload, uploads });
        });
  if (!answer.ok) {
    const { error_code, description } = answer;
    call.answer = { ok: false, error_code, description };
    cloud.screen.push({
      kind: 'noted',
      what: `Bot fails: ${method} → ${error_code} ${description}`,
    });
    return answer;
  }
  if (failure === 'lost answer') {
    cloud.screen.push({ kind: 'noted', what: `Bot fails: the answer to ${method} is lost` });
    return 'cut';
  }
  // The bot, the record of calls and the fake's own memory must not share objects.
  call.answer = structuredClone(answer);
  return structuredClone(answer);
}

function answerCall(call: Call): unknown {
  const method = byLowerCase.get(call.method.toLowerCase()) ?? call.method;
  const known = methods[method];
  if (known !== undefined) return known({ ...call, method });
  if (!plausible.test(method)) return reject(404, 'Not Found');
  if (call.payload['chat_id'] !== undefined) chatOf(call.cloud, call.payload);
  return true;
}

function inOpenChat(call: Call): true {
  openChatOf(call.cloud, call.payload);
  return true;
}

function scripted(cloud: Cloud, method: string): Cloud['failures'][number]['failure'] | undefined {
  const found = cloud.failures.find((each) => each.method === method && each.times > 0);
  if (found === undefined) return undefined;
  found.times -= 1;
  return found.failure;
}
