/** Runs the Telegraf function as a server on this machine: `BOT_TOKEN=… WEBHOOK_SECRET=… npm run start:telegraf`. */

import { serve } from 'srvx';
import { readEnvironment } from './environment.ts';
import { makeFunction } from './telegraf.ts';

const { POST, GET } = makeFunction(readEnvironment(process.env));
serve({ fetch: (request) => (request.method === 'GET' ? GET(request) : POST(request)) });
