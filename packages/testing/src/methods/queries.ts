/** Methods that answer what a user waits for: presses, inline queries, checkouts. */
import { reject } from '../cloud/answer.ts';
import type { Cloud, Query } from '../cloud/cloud.ts';
import type { Payload, RawUser } from '../cloud/raw.ts';
import type { Call } from './contents.ts';
import { listOf, objectOf, textParameter } from './parameters.ts';

const tooOld = 'Bad Request: query is too old and response timeout expired or query ID is invalid';

/** The parameter that names the query, and its kind, by method. */
export const answeringMethods: Readonly<
  Record<string, readonly [parameter: string, kind: Query['kind']]>
> = {
  answerCallbackQuery: ['callback_query_id', 'callback'],
  answerInlineQuery: ['inline_query_id', 'inline'],
  answerShippingQuery: ['shipping_query_id', 'shipping'],
  answerPreCheckoutQuery: ['pre_checkout_query_id', 'checkout'],
  answerGuestQuery: ['guest_query_id', 'guest'],
  answerWebAppQuery: ['web_app_query_id', 'web_app'],
};

/** The member of an update that is a query, by its kind. */
const queryMembers = [
  ['callback_query', 'id', 'callback'],
  ['inline_query', 'id', 'inline'],
  ['shipping_query', 'id', 'shipping'],
  ['pre_checkout_query', 'id', 'checkout'],
  ['guest_message', 'guest_query_id', 'guest'],
] as const;

/** Lets the bot answer the query that an update brings. */
export function awaitAnswer(cloud: Cloud, update: Payload): void {
  for (const [member, name, kind] of queryMembers) {
    const query = objectOf(update, member);
    const id = query && textParameter(query, name);
    if (id === undefined) continue;
    cloud.queries.set(id, { id, kind, user: query?.['from'] as RawUser, answer: undefined });
  }
}

/** Keeps the answer to a query for the user who waits; a query is answered once. */
export function answerQuery(call: Call): unknown {
  const { cloud, method, payload } = call;
  const [parameter, kind] = answeringMethods[method] as (typeof answeringMethods)[string];
  const query = cloud.queries.get(textParameter(payload, parameter) ?? '');
  if (query === undefined || query.kind !== kind || query.answer !== undefined)
    return reject(400, tooOld);
  if (kind === 'callback' && (textParameter(payload, 'text') ?? '').length > 200)
    reject(400, 'Bad Request: MESSAGE_TOO_LONG');
  if (kind === 'inline' && listOf(payload, 'results').length > 50)
    reject(400, 'Bad Request: RESULTS_TOO_MUCH');
  const declines = kind === 'checkout' || kind === 'shipping';
  if (declines && payload['ok'] !== true && !textParameter(payload, 'error_message')) {
    reject(400, 'Bad Request: error message must be non-empty');
  }
  query.answer = payload;
  const alert = kind === 'callback' ? textParameter(payload, 'text') : undefined;
  if (alert)
    cloud.screen.push({ kind: 'noted', what: `Bot notifies ${query.user.first_name}: ${alert}` });
  return kind === 'guest' || kind === 'web_app'
    ? { inline_message_id: `inline-${cloud.next('inline message')}` }
    : true;
}
