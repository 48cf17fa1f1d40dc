/** The function on Vercel: `POST` is the webhook, `GET` is called by the cron of `vercel.json`. */

import { readEnvironment } from '../environment.ts';
import { makeFunction } from '../grammy.ts';

/** Made once per instance. */
export const { GET, POST } = makeFunction(readEnvironment(process.env));
