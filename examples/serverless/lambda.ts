/** The function on AWS Lambda: behind a function URL or an HTTP API, and called by a schedule of EventBridge. */

import { readEnvironment } from './environment.ts';
import { makeFunction } from './grammy.ts';

/** The part of an event of version 2 that this handler reads; function URLs and HTTP APIs send it. */
export interface HttpEvent {
  readonly rawPath: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly requestContext: { readonly http: { readonly method: string } };
  readonly body?: string | undefined;
  readonly isBase64Encoded: boolean;
}

/** The event of an EventBridge rule. */
export interface ScheduleEvent {
  readonly 'detail-type': 'Scheduled Event';
}

const { POST, sweep } = makeFunction(readEnvironment(process.env));

/** The entry point, `lambda.handler`. */
export async function handler(event: HttpEvent | ScheduleEvent): Promise<object> {
  if ('detail-type' in event) return { fired: await sweep() };
  const { headers, requestContext, rawPath, body, isBase64Encoded } = event;
  const { method } = requestContext.http;
  if (method !== 'POST') return { statusCode: 405 };
  const request = new Request(`https://lambda${rawPath}`, {
    method,
    headers: Object.entries(headers).flatMap(([name, value]) => (value ? [[name, value]] : [])),
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  });
  const { status } = await POST(request);
  return { statusCode: status };
}
